"""Turns links into what a prober is asked: what the node itself would dial and say."""

from collections.abc import Iterable, Mapping

from lab.plan.observed import SchemaState
from lab.products.facts import Ask
from lab.wiring.link import Credentials, Link
from lab.wiring.urls import parse_url
from probes.target import HttpRequest, Protocol, Target

_NOBODY = Credentials("", "")


def make_targets(
    links: Iterable[Link], schemas: Iterable[SchemaState], *, attempt: float
) -> Mapping[str, Target]:
    """Give each link's target by the link's id; *attempt* is the time of one probe, in seconds."""
    tables = {(state.server, state.name): state.expected_tables for state in schemas}
    return {link.id: make_target(link, tables, attempt=attempt) for link in links}


def make_target(link: Link, tables: Mapping[tuple[str, str], int], *, attempt: float) -> Target:
    """Give the target of *link*; *tables* are the dbscripts' counts, by server and schema."""
    own = link.credentials or _NOBODY
    hub = link.hub_credentials or _NOBODY
    hub_host, hub_port = link.hub or ("", 0)
    login = parse_url(link.login_url)
    return Target(
        id=link.id,
        protocol=Protocol(link.protocol.value),
        host=link.host,
        port=link.port,
        timeout=attempt,
        username=own.username,
        password=own.password,
        requests=tuple(_make_request(ask, link.url) for ask in link.asks),
        login_host=login.host if login else "",
        login_port=login.port if login else 0,
        database=link.database,
        tables=tables.get((link.to or "", link.database)),
        validation_query=link.validation_query,
        use_tls=link.use_tls,
        may_retrieve_key=link.may_retrieve_key,
        search_base=link.search_base,
        hub_host=hub_host,
        hub_port=hub_port,
        hub_username=hub.username,
        hub_password=hub.password,
        spared=tuple((host, port, str(spoken)) for host, port, spoken in link.spared),
    )


def _make_request(ask: Ask, url: str) -> HttpRequest:
    return HttpRequest(
        method=ask.method,
        path=_join(_path_of(url), ask.path),
        expect=ask.expect,
        authenticated=ask.authenticated,
        headers=ask.headers,
        body=ask.body,
        contains=ask.contains,
    )


def _path_of(url: str) -> str:
    address = parse_url(url)
    return address.path if address else ""


def _join(base: str, path: str) -> str:
    """Append as the product does: `services` and `services/` lead to the same place."""
    if path.startswith("/"):
        return path
    if not path:
        return base or "/"
    return f"{base.rstrip('/')}/{path}"
