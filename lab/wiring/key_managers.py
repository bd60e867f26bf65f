"""Tells key managers whose `server_role` is a control plane's, as in WSO2's charts of 4.3 and 4.4.

The product's profile of a key manager is deprecated there, so the charts start them as control
planes, which do a key manager's work, too.
"""

from collections.abc import Iterator, Mapping, Sequence

from lab.products.facts import Role
from lab.products.keys_4x import KEY_MANAGER_SERVICE
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.services import are_one
from lab.wiring.settings import Settings, role_of, steps
from lab.wiring.toml_reader import KeyPath
from lab.wiring.urls import parse_url

_HUB = steps("apim.event_hub")
_LISTENERS = steps("event_listener")
_TOKENS = steps(KEY_MANAGER_SERVICE)
_ENVIRONMENTS = "apim.gateway.environment"


def key_managers(nodes: Sequence[Settings]) -> frozenset[str]:
    """Name the nodes that call themselves control planes, and are key managers beside others.

    Such a node has no gateways, tells another's event hub of tokens and hears of that alone, is
    nobody's hub, and others ask it, or a host that no file claims, about tokens.
    """
    return frozenset(
        one.name
        for one in nodes
        if role_of(one.document) is Role.CONTROL_PLANE
        and _follows(one)
        and _is_asked(one, [other for other in nodes if other is not one])
    )


def _follows(node: Settings) -> bool:
    """Tell whether a node without gateways names hubs that are all on other machines."""
    hubs, listeners = list(_hosts(node, _HUB)), list(_hosts(node, _LISTENERS))
    is_there = bool(hubs and listeners) and node.written(_ENVIRONMENTS) is None
    return is_there and not any(_is_own(node, host) for host in (*hubs, *listeners))


def _is_asked(node: Settings, others: Sequence[Settings]) -> bool:
    """Tell whether a control plane is among the others, which ask the node for tokens alone."""
    hubs = [host for other in others for host in _hosts_of_others(other, _HUB)]
    if any(_is_own(node, host) for host in hubs):
        return False
    asked = [host for other in others for host in _hosts_of_others(other, _TOKENS)]
    hubs += _hosts(node, _HUB)
    told = any(role_of(other.document) is Role.KEY_MANAGER for other in others)
    may_be_its = [host for host in asked if not _is_one_of(host, hubs) and not _has(others, host)]
    is_asked = any(_is_own(node, host) for host in asked) or (bool(may_be_its) and not told)
    return is_asked and any(other.written(_ENVIRONMENTS) for other in others)


def _hosts_of_others(node: Settings, path: KeyPath) -> list[str]:
    return [host for host in _hosts(node, path) if not _is_own(node, host)]


def _has(nodes: Sequence[Settings], host: str) -> bool:
    return any(_is_own(one, host) for one in nodes)


def _is_one_of(host: str, hosts: Sequence[str]) -> bool:
    return any(are_one(host, other) for other in hosts)


def _is_own(node: Settings, host: str) -> bool:
    own = (node.name, node.hostname, node.text("server.node_ip"))
    return host in LOCAL_HOSTS or _is_one_of(host, own)


def _hosts(node: Settings, path: KeyPath) -> Iterator[str]:
    """Give the host of every URL at *path* or below, in small letters."""
    written = node.document.value(path)
    if isinstance(written, Mapping):
        for name in written:
            yield from _hosts(node, (*path, name))
    elif isinstance(written, list):
        for index in range(len(written)):
            yield from _hosts(node, (*path, index))
    elif isinstance(written, str):
        address = parse_url(node.resolved(path).text)
        if address:
            yield address.host.lower()
