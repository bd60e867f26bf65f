"""Checks who logs in where: at nodes against their super admin, at databases against the plan."""

import html
from collections.abc import Iterator

from lab.plan.model import Account, PlannedServer
from lab.products.facts import Line, Protocol
from lab.wiring.check.amqp_logins import is_for_amqp_alone
from lab.wiring.check.case import Case, error, warning
from lab.wiring.finding import Finding
from lab.wiring.link import Link, Position
from lab.wiring.reading import Reading
from lab.wiring.settings import Value
from lab.wiring.urls import is_port

_LOGGING_IN = (Protocol.AMQP, Protocol.BINARY, Protocol.BINARY_TLS)
_SUPER_TENANT = "carbon.super"


def check_node_logins(case: Case) -> Iterator[Finding]:
    """LAB0104: a user name or password that the other node doesn't have."""
    for reading in case.readings:
        link, credentials = reading.link, reading.link.credentials
        peer = case.cluster.nodes.get(_answering(case, link.to or ""))
        if peer is None or credentials is None or not _logs_in(reading):
            continue
        username, password = (peer.value(key) for key in peer.tables.account)
        if not username or not password or not (username.is_known and password.is_known):
            continue
        given = [_used(case, value) for value in reading.account or ()]
        known = [_used(case, value) for value in (username, password)]
        if _plain_name(given[0]) != _plain_name(known[0]):
            what = f"{link.to} knows {known[0]}, and {link.node} logs in as {given[0]}"
            mend = f"use {known[0]}, or create {given[0]} on {link.to}"
            yield warning("LAB0104", what, credentials.username_at or link.source, mend, link)
        elif given[1] != known[1]:
            what = f"{link.node} logs in at {link.to} with a password that isn't its super_admin's"
            mend = f"use the password of {password.at}"
            yield error("LAB0104", what, credentials.password_at or link.source, mend, link)


def _used(case: Case, value: Value) -> str:
    """Give what the product logs in with: of a TOML file, what an XML parser makes of the text."""
    is_plain = case.cluster.line is Line.XML or is_for_amqp_alone(value)
    return value.text if is_plain else html.unescape(value.text)


def _answering(case: Case, name: str) -> str:
    """Give the node that judges a login: for a balancer its first member, as all are copies."""
    balancer = case.cluster.plan.balancer(name) if case.cluster.plan else None
    return balancer.members[0] if balancer else name


def check_databases(case: Case) -> Iterator[Finding]:
    """LAB0105, LAB0106, LAB0109: an account, schema or server that the topology doesn't have."""
    servers = (
        {server.name: server for server in case.cluster.plan.servers} if case.cluster.plan else {}
    )
    for reading in case.readings:
        link = reading.link
        server = servers.get(link.to or "")
        if not reading.is_database:
            continue
        if server is None:
            yield from _check_node(case, link)
            continue
        yield from _check_account(reading, server)
        if link.protocol is not Protocol.MYSQL:
            what = f"{server.name} is a MySQL server, and {link.key} is for another driver"
            yield error("LAB0106", what, link.source, 'write type = "mysql"', link)
        if link.database and link.database not in {schema.name for schema in server.schemas}:
            names = ", ".join(schema.name for schema in server.schemas)
            what = f"{server.name} has no database {link.database}"
            yield error("LAB0106", what, _line(case, reading, "name"), f"use one of {names}", link)
        if is_port(link.port) and link.port != server.port:
            what = f"{server.name} doesn't serve {link.key} at port {link.port}"
            at = _line(case, reading, "port")
            yield error("LAB0102", what, at, f"use port {server.port}", link)


def _check_node(case: Case, link: Link) -> Iterator[Finding]:
    """LAB0109: without a plan a database may be beside the node, on its host."""
    if case.cluster.plan is not None and link.to in case.cluster.nodes:
        what = f"{link.to} is no database server, and {link.key} names it"
        servers = ", ".join(server.hostname for server in case.cluster.plan.servers)
        yield error("LAB0109", what, link.source, f"name one of {servers}", link)


def _line(case: Case, reading: Reading, part: str) -> Position:
    """Give the line of a part of the address, which a JDBC URL holds all in one."""
    document = case.cluster.nodes[reading.link.node].document
    if document.value((*reading.path, "url")) is not None:
        return reading.link.source
    return document.position((*reading.path, part))


def _check_account(reading: Reading, server: PlannedServer) -> Iterator[Finding]:
    link, credentials = reading.link, reading.link.credentials
    if credentials is None:
        return
    account = _account_of(server, credentials.username)
    if account is None:
        names = ", ".join(account.username for account in server.accounts)
        what = f"{server.name} has no account {credentials.username}"
        at = credentials.username_at or link.source
        yield error("LAB0105", what, at, f"use one of {names}", link)
    elif account.password != credentials.password:
        what = f"{server.name} has another password for {credentials.username}"
        at = credentials.password_at or link.source
        yield error("LAB0105", what, at, "use the password of the topology's server", link)


def _account_of(server: PlannedServer, username: str) -> Account | None:
    return next((account for account in server.accounts if account.username == username), None)


def _logs_in(reading: Reading) -> bool:
    link = reading.link
    return link.protocol in _LOGGING_IN or any(ask.authenticated for ask in link.asks)


def _plain_name(username: str) -> str:
    """Give a super tenant's user without its tenant; JMS users write `!` for `@`."""
    name = username.replace("!", "@")
    return name.removesuffix(f"@{_SUPER_TENANT}")
