"""The host's own links: the ports that members publish on 127.0.0.1, from the lab's folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from lab.plan.model import Plan, PlannedBalancer, PlannedNode
from lab.products.apim_4x import (
    GATEWAY_HTTP_PORT,
    GATEWAY_HTTPS_PORT,
    GATEWAY_WS_PORT,
    GATEWAY_WSS_PORT,
    WEBSUB,
    WEBSUB_HTTP_PORT,
    WEBSUB_HTTPS_PORT,
)
from lab.products.facts import Ask, Protocol, ServedPort
from lab.wiring.link import Link, Position

HOST = "host"  # the vantage of the machine that the lab runs on
FILE = "ports.json"

_SERVLET = "servlet transport"
_WHAT = {
    GATEWAY_HTTP_PORT: "API traffic",
    GATEWAY_HTTPS_PORT: "API traffic",
    GATEWAY_WS_PORT: "WebSocket APIs",
    GATEWAY_WSS_PORT: "WebSocket APIs",
    WEBSUB_HTTP_PORT: WEBSUB,
    WEBSUB_HTTPS_PORT: WEBSUB,
}
_ROOT = Ask("GET", "/", (200, 404))
_HEALTH = Ask("GET", "/health", (200,))
_API_TRAFFIC = {
    Protocol.HTTP: _ROOT,
    Protocol.HTTPS: _ROOT,
    Protocol.WS: _HEALTH,
    Protocol.WSS: _HEALTH,
}


def read_published(folder: Path, plan: Plan) -> tuple[Link, ...]:
    """Give a link for each published port, with the line of `ports.json` that says where.

    Its port is the member's, its URL has the host's. A lab whose ports aren't chosen yet has none.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    published = _read(path.read_text(encoding="utf-8"))
    return tuple(
        _link(plan, member, served, *published[member.name, served.port])
        for member, served in _served(plan)
        if (member.name, served.port) in published
    )


def _served(plan: Plan) -> Iterator[tuple[PlannedNode | PlannedBalancer, ServedPort]]:
    for node in plan.nodes:
        for served in node.ports:
            yield node, served
    for balancer in plan.balancers:
        for front in balancer.fronts:
            what = _WHAT.get(front.target, _SERVLET)
            yield balancer, ServedPort(front.port, front.protocol, what)


def _link(
    plan: Plan, node: PlannedNode | PlannedBalancer, served: ServedPort, line: int, port: int
) -> Link:
    return Link(
        id=f"{HOST}/{node.name}:{served.port}",
        node=HOST,
        to=node.name,
        host=node.hostname,
        port=served.port,
        protocol=served.protocol,
        url=f"{served.protocol}://{node.hostname}:{port}/",
        key=f"{node.name}.{served.port}",
        source=Position(FILE, line),
        why=f"{served.what}, published for programs of this machine",
        asks=_asks(plan, node, served),
    )


def _asks(plan: Plan, member: PlannedNode | PlannedBalancer, served: ServedPort) -> tuple[Ask, ...]:
    if served.what == WEBSUB:
        return ()  # no harmless question is known: a connection (and handshake) counts
    if served.what != _SERVLET:
        return (_API_TRAFFIC[served.protocol],)
    node = member if isinstance(member, PlannedNode) else plan.node(member.members[0])
    return (node.start.alive,)


def _read(text: str) -> dict[tuple[str, int], tuple[int, int]]:
    """Give line and host port of each node's port; JSON is YAML, whose parser knows its lines."""
    return {
        (member.value, int(port.value)): (port.start_mark.line + 1, int(host.value))
        for member, ports in _pairs(yaml.compose(text))
        for port, host in _pairs(ports)
    }


def _pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, Any]]:
    if isinstance(node, yaml.MappingNode):
        yield from node.value
