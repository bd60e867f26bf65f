"""Turns one node's settings into readings: each link with the value and the row behind it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lab.products.connection_key import Base, ConnectionKey, Form
from lab.products.defaults_4x import OVERRIDDEN_BY
from lab.products.facts import Ask, Protocol
from lab.products.keys_4x import (
    CONNECTION_KEYS,
    NOT_DIALLED,
    NOT_DIALLED_TABLES,
    NOTIFY_KEY,
)
from lab.wiring.cluster import Cluster
from lab.wiring.link import Credentials, Link, Position
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

DATABASE_TABLES = ("database", "datasource")
_LOGIN_OFFSET = 100  # the agent's rule where no login URL is given: same host, port + 100, ssl
_JSON = ("Content-Type", "application/json")

Account = tuple[Value, Value]


@dataclass(frozen=True, slots=True)
class Reading:
    """A link with what it was read from; *row* is None for a database or an unknown key."""

    link: Link
    path: KeyPath
    value: Value
    row: ConnectionKey | None = None
    address: Address | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Dialler:
    """The node whose file is read, among the others."""

    cluster: Cluster
    settings: Settings

    def holder_of(self, address: Address | None) -> str | None:
        """Name whom an address leads to from this node."""
        if address is None:
            return None
        return self.cluster.holder_of(address.host, self.settings.name)


@dataclass(frozen=True, slots=True)
class Place:
    """The key that a URL is read for, where it stands, and the login that goes with it."""

    path: KeyPath
    source: Position
    default_of: str = ""
    account: Account | None = None


def read_written(dialler: Dialler) -> Iterator[Reading]:
    """Give a reading for each URL that stands in the file, databases aside."""
    settings = dialler.settings
    for path, leaf in settings.document.leaves():
        if not isinstance(leaf, str) or path[0] in DATABASE_TABLES:
            continue
        key = pattern(path)
        # A string where a list is expected is read as a list of one; the check says so.
        row = CONNECTION_KEYS.get(key) or CONNECTION_KEYS.get(key + "[]")
        if row is None:
            yield from _read_unknown(dialler, path, key)
        elif _counts(settings, path, row):
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


def find_account(
    settings: Settings, accounts: tuple[tuple[str, str], ...], path: KeyPath
) -> Account | None:
    """Give the first pair of user name and password that is defined."""
    for username_key, password_key in accounts:
        username = _setting(settings, username_key, path)
        password = _setting(settings, password_key, path)
        if username and password:
            return username, password
    return None


def _setting(settings: Settings, key: str, path: KeyPath) -> Value | None:
    if not key.startswith("."):
        return settings.value(key)
    sibling = (*path[:-1], *steps(key))
    return settings.resolved(sibling) if settings.document.value(sibling) is not None else None


def credentials_of(account: Account | None) -> Credentials | None:
    """Give what the node logs in with; None when it can't be known from the files."""
    if account is None or not (account[0].is_known and account[1].is_known):
        return None
    username, password = account
    return Credentials(username.text, password.text, username.at, password.at)


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
        asks=_asks(settings, row, address, place),
        at_start=settings.role in row.needed_by and to not in (None, settings.name),
        default_of=place.default_of,
        login_url=_login_url(settings, row, address, place),
        use_tls=address is None or address.scheme != "ldap",
    )
    return Reading(link, place.path, value, row, address, place.account)


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
    other = OVERRIDDEN_BY.get(row.key)
    if other and settings.written(other) is not None:
        return False
    if row.key == NOTIFY_KEY:
        return settings.document.value((*path[:2], "enable")) is not False
    if path[0] == "user_store":
        kind = settings.text("user_store.type")
        return "ldap" in kind or "active_directory" in kind
    return True


def _read_unknown(dialler: Dialler, path: KeyPath, key: str) -> Iterator[Reading]:
    if key in NOT_DIALLED or key.startswith(NOT_DIALLED_TABLES):
        return
    settings = dialler.settings
    value = settings.resolved(path)
    if not looks_like_url(value.text):
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


def _protocol(settings: Settings, row: ConnectionKey, address: Address | None) -> Protocol:
    if address is None:
        return Protocol.UNKNOWN
    spoken = row.speaks.get(address.scheme, Protocol.UNKNOWN)
    if row.tls_switch and settings.text(row.tls_switch, "false").lower() == "true":
        # The broker's TLS port offers TLS 1.0 alone (measured on 4.1.0): only its port can be seen.
        return Protocol.TCP
    return spoken


def _asks(
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


def _login_url(
    settings: Settings, row: ConnectionKey, address: Address | None, place: Place
) -> str:
    """Give the login URL of a receiver URL; the agent makes one where none is given."""
    if not row.partner or address is None:
        return ""
    partner = _partner(settings, row, place)
    if partner is None:
        return f"ssl://{address.host}:{address.port + _LOGIN_OFFSET}"
    login = parse_url(partner)
    return login.url if login and login.port_is_usable else ""


def _partner(settings: Settings, row: ConnectionKey, place: Place) -> str | None:
    if row.form is Form.GROUP:
        raw = settings.value(row.partner)
        index = place.path[-1]
        urls = [url for group in parse_groups(raw.text) for url in group] if raw else []
        known = isinstance(index, int) and index < len(urls)
        return urls[int(index)] if known else "" if raw else None
    path = _partner_path(row, place)
    group: Any = settings.document.value(path[:-1])
    if group is None:
        return None
    return settings.resolved(path).text if settings.document.value(path) is not None else ""


def _partner_path(row: ConnectionKey, place: Place) -> KeyPath:
    """Give the path of the login URL in the same group, where the values are really written."""
    if place.default_of:
        written = steps(place.default_of)
        return (*written[:-2], "traffic_manager_auth_urls", written[-1])
    if not isinstance(place.path[-1], int):
        return (*place.path[:-1], row.partner)
    return (*place.path[:-2], row.partner, place.path[-1])
