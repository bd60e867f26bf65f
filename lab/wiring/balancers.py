"""Reads the members behind each balancer as links of the balancer's own: one that is down is seen.

A link through the balancer goes on while one member answers; only these tell which one doesn't.
"""

from collections.abc import Iterator

from lab.plan.model import PlannedNode
from lab.products.apim_4x import WEBSUB
from lab.products.facts import Ask, Protocol, ServedPort
from lab.products.keys_4x import HEALTH
from lab.wiring.cluster import Cluster
from lab.wiring.haproxy_reader import Server
from lab.wiring.link import Link

_HEALTH = frozenset({Protocol.WS, Protocol.WSS})
_WEB = frozenset({Protocol.HTTP, Protocol.HTTPS})


def read_members(cluster: Cluster) -> Iterator[Link]:
    """Give a link for each server line of each balancer."""
    for name, file in cluster.balancers.items():
        for server in file.servers:
            yield _link(cluster, name, server)


def _link(cluster: Cluster, balancer: str, server: Server) -> Link:
    to = cluster.holder_of(server.host, balancer, server.port)
    nodes = cluster.plan.nodes if cluster.plan else ()
    member = next((node for node in nodes if node.name == to), None)
    served = _served(member, server.port)
    key = f"{server.backend}.{server.name}"
    return Link(
        id=f"{balancer}/{key}",
        node=balancer,
        to=to,
        host=server.host,
        port=server.port,
        protocol=served.protocol,
        url=f"{served.protocol}://{server.host}:{server.port}",
        key=key,
        source=server.position,
        why=f"passes requests on to {to or server.host}",
        asks=_asks(member, served),
    )


def _served(member: PlannedNode | None, port: int) -> ServedPort:
    """Give what the member opens at this port; where it opens none, a connection must do."""
    ports = member.ports if member else ()
    return next((one for one in ports if one.port == port), ServedPort(port, Protocol.TCP, ""))


def _asks(member: PlannedNode | None, served: ServedPort) -> tuple[Ask, ...]:
    if served.what == WEBSUB:
        return ()  # no harmless question is known: a connection (and handshake) counts
    if served.protocol in _HEALTH:
        return HEALTH
    return (member.start.alive,) if member and served.protocol in _WEB else ()
