"""Reads the members behind each balancer as links of the balancer's own: one that is down is seen.

A link through the balancer goes on while one member answers; only these tell which one doesn't.
"""

from collections.abc import Iterator
from dataclasses import replace

from lab.products.apim_4x import WEBSUB
from lab.products.facts import Ask, Protocol, ServedPort
from lab.products.keys_4x import HEALTH, VERSION
from lab.wiring.cluster import Cluster
from lab.wiring.haproxy_reader import Server
from lab.wiring.link import Link

_VERSION = (replace(VERSION, path="/services/Version"),)
_ASKS: dict[Protocol, tuple[Ask, ...]] = {
    Protocol.HTTPS: _VERSION,
    Protocol.HTTP: _VERSION,
    Protocol.WS: HEALTH,
    Protocol.WSS: HEALTH,
}


def read_members(cluster: Cluster) -> Iterator[Link]:
    """Give a link for each server line of each balancer."""
    for name, file in cluster.balancers.items():
        for server in file.servers:
            yield _link(cluster, name, server)


def _link(cluster: Cluster, balancer: str, server: Server) -> Link:
    to = cluster.holder_of(server.host, balancer, server.port)
    served = _served(cluster, to, server.port)
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
        # No harmless question is known for WebSub: a connection (and handshake) counts.
        asks=() if served.what == WEBSUB else _ASKS.get(served.protocol, ()),
    )


def _served(cluster: Cluster, node: str | None, port: int) -> ServedPort:
    """Give what the member opens at this port; where it opens none, a connection must do."""
    nodes = cluster.plan.nodes if cluster.plan else ()
    served = (one for member in nodes if member.name == node for one in member.ports)
    return next((one for one in served if one.port == port), ServedPort(port, Protocol.TCP, ""))
