"""Makes a link's harmless questions from its row: absolute paths, and the node's own headers."""

from collections.abc import Mapping
from dataclasses import replace

from lab.products.connection_key import Base, ConnectionKey
from lab.products.facts import Ask
from lab.products.keys_4x import NOTIFY_KEY
from lab.wiring.accounts import credentials_of
from lab.wiring.reading import Place
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath
from lab.wiring.urls import Address

_JSON = ("Content-Type", "application/json")


def make_asks(
    settings: Settings, row: ConnectionKey, address: Address | None, place: Place
) -> tuple[Ask, ...]:
    """Give the row's questions with absolute paths; without a known login only the open ones."""
    if address is None:
        return ()
    is_known = credentials_of(place.account) is not None
    headers = _headers(settings, place.path) if row.key == NOTIFY_KEY else ()
    return tuple(
        replace(
            ask,
            path=_path_of(row.base, address.path, ask.path),
            headers=(*ask.headers, *headers),
        )
        for ask in row.asks
        if is_known or not ask.authenticated
    )


def _path_of(base: Base, path: str, asked: str) -> str:
    if base is Base.HOST:
        return asked
    if base is Base.SERVICES:
        return path.partition("/services")[0].rstrip("/") + asked
    if base is Base.TEXT:
        return f"{path or '/'}{asked}"
    return f"{path.rstrip('/')}/{asked}" if asked else path or "/"


def _headers(settings: Settings, path: KeyPath) -> tuple[tuple[str, str], ...]:
    properties = settings.document.value(path[:-1])
    if not isinstance(properties, Mapping):
        return ()
    given = tuple(
        (name.removeprefix("header."), settings.resolved((*path[:-1], name)).text)
        for name, value in properties.items()
        if name.startswith("header.") and not isinstance(value, Mapping | list)
    )
    return (_JSON, *given)
