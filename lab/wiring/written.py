"""Reads the URLs that stand in a node's file, databases aside."""

from collections.abc import Iterator
from dataclasses import replace

from lab.products.connection_key import ConnectionKey, Form
from lab.products.facts import Protocol
from lab.products.keys_4x import NOTIFY_KEY
from lab.wiring.accounts import credentials_of, find_account
from lab.wiring.asks import make_asks
from lab.wiring.link import Link
from lab.wiring.login_urls import find_login_url
from lab.wiring.reading import DATABASE_TABLES, Dialler, Place, Reading
from lab.wiring.settings import Settings, Value, steps
from lab.wiring.toml_reader import KeyPath, pattern, spell
from lab.wiring.urls import (
    Address,
    looks_like_url,
    parse_factory,
    parse_groups,
    parse_url,
    without_secrets,
)


def read_written(dialler: Dialler) -> Iterator[Reading]:
    """Give a reading for each URL that stands in the file, databases aside."""
    settings = dialler.settings
    # A string where a list is expected is read as a list, and so on; the check says so.
    rows = {key.replace("[]", ""): row for key, row in settings.tables.connection_keys.items()}
    for path, leaf in settings.document.leaves():
        if path[0] in DATABASE_TABLES:
            continue
        key = pattern(path)
        row = rows.get(key.replace("[]", ""))
        if row is None:
            if isinstance(leaf, str):
                yield from _read_unknown(dialler, path, key)
            continue
        row = row.kinds.get(settings.text(row.kind_key).lower(), row) if row.kinds else row
        if _counts(settings, path, row):
            account = find_account(settings, row.accounts, path)
            place = Place(path, settings.document.position(path), account=account)
            yield from read_value(dialler, row, settings.resolved(path), place)


def read_value(
    dialler: Dialler, row: ConnectionKey, value: Value, place: Place
) -> Iterator[Reading]:
    """Give a reading for each URL in one value."""
    if row.form is Form.URL:
        yield _reading(dialler, row, value, value.text, place)
        return
    if row.form is Form.FACTORY:
        brokers = parse_factory(value.text)
        account = (replace(value, text=brokers.username), replace(value, text=brokers.password))
        place, urls = replace(place, account=account), brokers.urls
    else:
        urls = tuple(url for group in parse_groups(value.text) for url in group)
    for index, url in enumerate(urls):
        yield _reading(dialler, row, value, url, replace(place, path=(*place.path, index)))


def _reading(dialler: Dialler, row: ConnectionKey, value: Value, url: str, place: Place) -> Reading:
    settings = dialler.settings
    address = parse_url(url)
    to = dialler.holder_of(address)
    link = Link(
        id=f"{settings.name}/{spell(place.path)}",
        node=settings.name,
        to=to,
        host=address.host if address else "",
        port=address.port if address else 0,
        protocol=_protocol(settings, row, address),
        url=address.url if address else without_secrets(value.raw),
        key=pattern(place.path).replace("[]", ""),
        source=place.source,
        why=_why(settings, row),
        credentials=credentials_of(place.account),
        asks=make_asks(settings, row, address, place),
        at_start=settings.role in row.needed_by and to not in (None, settings.name),
        default_of=place.default_of,
        login_url=find_login_url(settings, row, address, place),
        use_tls=address is None or address.scheme != "ldap",
        search_base=_search_base(settings, row, place.path),
    )
    return Reading(link, place.path, value, row, address, place.account)


def _search_base(settings: Settings, row: ConnectionKey, path: KeyPath) -> str:
    """Give the entry of an LDAP server that the node looks below; nothing where it isn't known."""
    own = (*path[:-1], *steps(row.base_key))
    if not row.base_key or settings.document.value(own) is None:
        return ""
    value = settings.resolved(own)
    return value.text if value.is_known else ""


def _why(settings: Settings, row: ConnectionKey) -> str:
    """Say why the node has this connection, and whether its role or a switch leaves it unused."""
    role = settings.role
    if role is None:
        return row.why
    if role in row.whys:
        return row.whys[role]
    unused = row.inert.get(role, "")
    if row.role_switch and not settings.role_is_on(row.role_switch):
        unused = f"{row.role_switch.rpartition('.')[2]} is off"
    return f"{row.why}; unused: {unused}" if unused else row.why


def _counts(settings: Settings, path: KeyPath, row: ConnectionKey) -> bool:
    """Tell whether the product reads the value: its block is on and no other key overrides it."""
    if row.switch and not settings.is_on(row.switch):
        return False
    if row.dialled_by and settings.role is not None and settings.role not in row.dialled_by:
        return False
    if _is_overridden(settings, row) or (row.may_be_empty and _is_empty(settings, path)):
        return False
    if row.key == NOTIFY_KEY:
        return settings.document.value((*path[:2], "enable")) is not False
    if path[0] == "user_store":
        kind = settings.text("user_store.type")
        return "ldap" in kind or "active_directory" in kind
    return True


def _is_empty(settings: Settings, path: KeyPath) -> bool:
    return not str(settings.document.value(path)).strip()


def _is_overridden(settings: Settings, row: ConnectionKey) -> bool:
    """Tell whether another key has the value's place; one that only asks for it leaves it that."""
    for ignored, winner in settings.tables.overridden_by.items():
        if row.key in (ignored, winner) and settings.written(winner) is not None:
            asks_for_it = settings.refers(winner, ignored)
            return asks_for_it if row.key == winner else not asks_for_it
    return False


def _read_unknown(dialler: Dialler, path: KeyPath, key: str) -> Iterator[Reading]:
    settings = dialler.settings
    if key in settings.tables.not_dialled or key.startswith(settings.tables.not_dialled_tables):
        return
    value = settings.resolved(path)
    if not looks_like_url(value.text) or _is_claim(settings, value):
        return
    address = parse_url(value.text)
    link = Link(
        id=f"{settings.name}/{spell(path)}",
        node=settings.name,
        to=dialler.holder_of(address),
        host=address.host if address else "",
        port=address.port if address else 0,
        protocol=Protocol.UNKNOWN,
        url=address.url if address else without_secrets(value.raw),
        key=key.replace("[]", ""),
        source=settings.document.position(path),
        why="unknown key",
    )
    yield Reading(link, path, value, None, address)


def _is_claim(settings: Settings, value: Value) -> bool:
    claims = settings.tables.claims
    return bool(claims) and value.text.startswith(claims)


def _protocol(settings: Settings, row: ConnectionKey, address: Address | None) -> Protocol:
    if address is None:
        return Protocol.UNKNOWN
    spoken = row.speaks.get(address.scheme, Protocol.UNKNOWN)
    if row.tls_switch and settings.text(row.tls_switch, "false").lower() == "true":
        # The broker's TLS port offers TLS 1.0 alone (measured on 4.1.0): only its port can be seen.
        return Protocol.TCP
    return spoken
