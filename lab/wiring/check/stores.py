"""Checks the databases against each other: shared by those who must, present, made to fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.products.facts import Protocol
from lab.products.user_stores_4x import USER_STORE_TYPES
from lab.products.versions_4x import (
    CHARSET_MATTERS_SINCE,
    DISTRIBUTIONS_SINCE,
    NEEDED_DATABASES,
    NEEDED_UNTIL,
    SHARED_DATABASES,
    SHARING_ROLES,
)
from lab.wiring.check.case import Case, error, remark, warning
from lab.wiring.finding import Finding
from lab.wiring.jdbc import is_embedded, jdbc_parameters
from lab.wiring.link import Position
from lab.wiring.reading import Reading
from lab.wiring.settings import Settings, steps
from lab.wiring.urls import is_host, is_port

_FILE = "a file of its own"
_USER_STORE = "user_store.type"
_TABLES, _TABLES_WITH_IDS = "database", "database_unique_id"  # the first is the default
_APIM_SCRIPT = "apimgt/mysql.sql"


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a node keeps a database, and the line that says so."""

    node: str
    place: str
    at: Position


def check_shared(case: Case) -> Iterator[Finding]:
    """LAB0132, LAB0133: nodes that keep one state in two places."""
    nodes = case.cluster.nodes.values()
    yield from _check_group(case, [node for node in nodes if node.role in SHARING_ROLES])
    # From 4.5 on, `default` is any distribution's role; before, it is an all-in-one's.
    if case.version is not None and case.version < DISTRIBUTIONS_SINCE:
        yield from _check_group(case, [node for node in nodes if node.role is None])


def _check_group(case: Case, sharing: Sequence[Settings]) -> Iterator[Finding]:
    if len(sharing) < 2:  # noqa: PLR2004  # nobody to share with
        return
    for name in SHARED_DATABASES:
        homes = [home for settings in sharing if (home := _home(case, settings, name))]
        first = next((home for home in homes if home.place != _FILE), None)
        for home in homes:
            if home.place == _FILE:
                yield _embedded(home, name, len(sharing))
            elif first is not None and home.place != first.place:
                what = (
                    f"{home.node} keeps {name} in {home.place}, and {first.node} in {first.place}"
                )
                mend = "name the same server and schema on every control plane and key manager"
                yield error("LAB0132", what, home.at, mend, key=f"database.{name}")


def _embedded(home: _Home, name: str, count: int) -> Finding:
    what = f"{home.node} keeps {name} in {_FILE} (H2), and {count} nodes must share it"
    mend = "name the database server that the others use"
    return error("LAB0133", what, home.at, mend, key=f"database.{name}")


def _home(case: Case, settings: Settings, name: str) -> _Home | None:
    """Tell where a node keeps a database; None when it isn't known or has a finding already."""
    path = ("database", name)
    if settings.document.value(path) is None:
        return None
    at = settings.document.position(path)
    of_node = [
        reading
        for reading in case.readings
        if reading.link.node == settings.name and reading.path == path
    ]
    if not of_node:
        return _Home(settings.name, _FILE, at) if _is_embedded(settings, name) else None
    place = place_of(case, of_node[0])
    return _Home(settings.name, place, of_node[0].value.used_at) if place else None


def place_of(case: Case, reading: Reading) -> str:
    """Give a database's server and name; nothing where they have a finding already."""
    link = reading.link
    is_usable = is_host(link.host) and is_port(link.port) and link.database
    if reading.value.troubles or not is_usable or not _is_planned(case, reading):
        return ""
    machine = case.cluster.machine_of(link.to or link.host.lower())
    return f"{machine}:{link.port}/{link.database}"


def _is_embedded(settings: Settings, name: str) -> bool:
    url = settings.value(f"database.{name}.url")
    kind = settings.text(f"database.{name}.type", "h2")
    return kind == "h2" or (url is not None and is_embedded(url.text))


def _is_planned(case: Case, reading: Reading) -> bool:
    """Tell whether the plan has the database; without a plan every one may be right."""
    if case.cluster.plan is None:
        return True
    link = reading.link
    return any(
        server.name == link.to
        and server.port == link.port
        and link.database in [schema.name for schema in server.schemas]
        for server in case.cluster.plan.servers
    )


def check_user_tables(case: Case) -> Iterator[Finding]:
    """LAB0177: nodes that read one database's users in different ways."""
    first: dict[str, tuple[str, str]] = {}
    for settings in case.cluster.nodes.values():
        home, kind = _home(case, settings, "shared_db"), settings.text(_USER_STORE, _TABLES)
        if home is None or home.place == _FILE or kind not in USER_STORE_TYPES:
            continue
        node, of_first = first.setdefault(home.place, (settings.name, kind))
        if kind != of_first:
            place = f"both in {home.place}"
            what = f"{settings.name} keeps users as {kind}, and {node} as {of_first}: {place}"
            tell = error if {kind, of_first} <= {_TABLES, _TABLES_WITH_IDS} else warning
            at = settings.document.position(steps(_USER_STORE))
            yield tell("LAB0177", what, at, "give both the same type", key=_USER_STORE)


def check_left_out(case: Case) -> Iterator[Finding]:
    """LAB0134: a database without which the node doesn't start."""
    version = case.version
    if version is None or version >= NEEDED_UNTIL:
        return
    for settings in case.cluster.nodes.values():
        for name in NEEDED_DATABASES[settings.role] if settings.role else ():
            if settings.written(f"database.{name}") is None:
                what = f"{settings.name} has no [database.{name}], and doesn't start without"
                mend = f"add [database.{name}]; a gateway's may be H2"
                at = settings.document.position(("database", name))
                yield error("LAB0134", what, at, mend, key=f"database.{name}")


def check_charset(case: Case) -> Iterator[Finding]:
    """LAB0135: an apim_db whose keys outgrow 3072 bytes, because a character takes four."""
    if case.version is not None and case.version < CHARSET_MATTERS_SINCE:
        return
    plan = case.cluster.plan
    for server in plan.servers if plan else ():
        for schema in server.schemas:
            if schema.script == _APIM_SCRIPT and schema.charset.startswith("utf8"):
                what = f"{schema.name} has the charset {schema.charset}, too wide for its keys"
                at = Position(plan.topology_path if plan else "", 1)
                yield error("LAB0135", what, at, "make it latin1", key=schema.name)
    for reading in case.readings:
        if reading.path != ("database", "apim_db"):
            continue
        if jdbc_parameters(reading.value.text).get("createDatabaseIfNotExist") == "true":
            what = "the driver creates apim_db with the server's charset, utf8mb4 since MySQL 8"
            mend = "create the database with CHARACTER SET latin1, and leave the parameter out"
            yield warning("LAB0135", what, reading.value.used_at, mend, reading.link)


def check_login_key(case: Case) -> Iterator[Finding]:
    """LAB0136: without TLS a MySQL 8 hands its login key only to a driver that may ask for it."""
    for reading in case.readings:
        link = reading.link
        if link.protocol is not Protocol.MYSQL or link.use_tls or link.may_retrieve_key:
            continue
        what = f"{link.key} turns TLS off, and MySQL 8 and later may refuse the login"
        mend = "add &amp;allowPublicKeyRetrieval=true, or leave TLS on"
        # A lab's server is always one of those; a customer's may be older.
        tell = remark if case.cluster.plan is None else warning
        yield tell("LAB0136", what, reading.value.used_at, mend, link)
