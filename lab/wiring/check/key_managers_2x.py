"""Checks of the 2.x line whether the key manager that is there is the one that is asked."""

from collections.abc import Iterator
from dataclasses import replace

from lab.products.facts import Protocol, Role
from lab.products.is_km_5x import THRIFT_PORT
from lab.products.keys_2x import (
    AUTH_MANAGER,
    KEY_VALIDATOR,
    REVOKE,
    THRIFT_SERVER_HOST,
    THRIFT_SERVER_ON,
    THRIFT_SERVER_PORT,
)
from lab.wiring.check.addresses import check_addresses
from lab.wiring.check.case import Case, error, warning
from lab.wiring.check.profiles_2x import is_traffic_manager
from lab.wiring.check.services_2x import check_paths
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.finding import Finding, Severity
from lab.wiring.reading import Reading
from lab.wiring.role_names import GATEWAY, PUBLISHER, STORE, profiles_named
from lab.wiring.settings import Settings

_NO_THRIFT = "write WSClient, and turn EnableThriftServer off"
_ASKED_BY = {AUTH_MANAGER: (PUBLISHER, STORE), KEY_VALIDATOR: (GATEWAY, STORE)}


def check_addresses_2x(case: Case) -> Iterator[Finding]:
    """Check every address, and its path where nothing else is wrong with it.

    A key manager's own revocations are a matter of their own.
    """
    own = {
        reading.link.id
        for reading in case.readings
        if reading.row is not None
        and reading.row.key == REVOKE
        and reading.link.to == reading.link.node
        and case.cluster.role_of(reading.link.node) is Role.KEY_MANAGER
    }
    found = list(check_addresses(case))
    for finding in found:
        yield _unheard(finding) if finding.link in own else finding
    yield from check_paths(case, {finding.link for finding in found})


def _unheard(finding: Finding) -> Finding:
    """LAB0173: tokens that the key manager revokes stay in the gateway's cache."""
    return replace(
        finding,
        code="LAB0173",
        severity=Severity.WARNING,
        what="RevokeAPIURL leads to the key manager itself, which has no gateway to forget a token",
        mend="write the gateway's address with its port: https://GATEWAY:8243/revoke",
    )


def check_key_managers(case: Case) -> Iterator[Finding]:
    """LAB0171: an API Manager that asks itself, though there is a key manager.

    It works all the same (measured): it has a key manager of its own on the same tables.
    """
    if not case.cluster.has_role(Role.KEY_MANAGER):
        return
    for reading in case.readings:
        link = reading.link
        if link.to != link.node or case.cluster.role_of(link.node) is not Role.API_MANAGER:
            continue
        asking = profiles_named(link.node).intersection(_ASKED_BY.get(_key_of(reading), ()))
        if not asking or is_traffic_manager(case, link.node):
            continue
        if link.protocol is Protocol.THRIFT and not _closed(case, reading):
            what = f"{link.node} validates keys over thrift at its own server, past the key manager"
            yield error("LAB0171", what, link.source, _NO_THRIFT, link)
        elif link.protocol is not Protocol.THRIFT and case.cluster.opens(link.node, link.port):
            what = f"{link.key} leads to {link.node} itself, so the key manager is never asked"
            yield error("LAB0171", what, link.source, f"write {_wanted(case)}", link)


def _key_of(reading: Reading) -> str:
    """Give the key that a reading stands for: the thrift client's is that of validation."""
    if reading.link.protocol is Protocol.THRIFT:
        return KEY_VALIDATOR
    return reading.row.key if reading.row else ""


def _wanted(case: Case) -> str:
    cluster, manager = case.cluster, case.nodes_of(Role.KEY_MANAGER)[0].name
    return f"https://{cluster.host_of(manager)}:{cluster.port_of(manager, 9443)}/services/"


def check_thrift(case: Case) -> Iterator[Finding]:
    """LAB0172: keys validated over thrift, where nobody listens.

    The node starts clean, and every call ends with 500 and 900900 (measured). One whose role no
    file tells may be none that is called.
    """
    for reading in case.readings:
        link = reading.link
        if link.protocol is not Protocol.THRIFT:
            continue
        why = _closed(case, reading)
        if why:
            what = f"{link.node} validates keys over thrift at {link.host}:{link.port}, and {why}"
            is_told = case.cluster.role_of(link.node) is not None
            say = error if is_told else warning
            yield say("LAB0172", what, link.source, _NO_THRIFT, link)


def _closed(case: Case, reading: Reading) -> str:
    """Tell why nobody answers the thrift client; nothing where somebody does, or may."""
    link = reading.link
    if link.to is None:
        return ""
    server = case.cluster.nodes.get(link.to)
    if server is None:
        return f"{link.to} is no node"
    if not server.is_on(THRIFT_SERVER_ON):
        return f"{server.name} has its thrift server off"
    port = _server_port(server)
    if link.port != port:
        return f"{server.name} listens at {port}"
    host = server.text(THRIFT_SERVER_HOST, "localhost")
    if link.to != link.node and host.lower() in LOCAL_HOSTS:
        return f"{server.name} listens at its own {host} only"
    return ""


def _server_port(server: Settings) -> int:
    written = server.text(THRIFT_SERVER_PORT)
    return int(written) if written.isdecimal() else THRIFT_PORT + server.offset
