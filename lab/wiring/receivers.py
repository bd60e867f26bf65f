"""Links that lead to a data receiver and would say there what is none of its frames.

A receiver takes any bytes for the length of a frame: those of HTTP, TLS or AMQP make a node
allocate a gigabyte and dump its heap (measured on the product). So nothing is sent there.
"""

from collections.abc import Iterator
from dataclasses import replace

from lab.products.facts import Protocol
from lab.wiring.cluster import Cluster
from lab.wiring.link import Link
from lab.wiring.urls import parse_url

_RECEIVERS = (Protocol.BINARY, Protocol.BINARY_TLS)
_WORDLESS = (Protocol.TCP, Protocol.UNKNOWN)  # proven by a connection alone


def sparing_receivers(cluster: Cluster, link: Link) -> Link:
    """Give *link* with the places at which nothing may be said; without a plan none is known."""
    spared = tuple(_spared(cluster, link))
    return replace(link, spared=spared) if spared else link


def _spared(cluster: Cluster, link: Link) -> Iterator[tuple[str, int, Protocol]]:
    for host, port, said in _dialled(link):
        heard = _heard(cluster, link.node, host, port)
        if heard in _RECEIVERS and said is not heard and said not in _WORDLESS:
            yield host, port, heard


def _dialled(link: Link) -> Iterator[tuple[str, int, Protocol]]:
    """Give every place that an attempt on the link connects to, and what it says there."""
    yield link.host, link.port, link.protocol
    login = parse_url(link.login_url)
    if login:
        yield login.host, login.port, Protocol.BINARY_TLS
    if link.hub:
        yield *link.hub, Protocol.AMQP


def _heard(cluster: Cluster, seen_from: str, host: str, port: int) -> Protocol | None:
    """Tell what is spoken at a node's port."""
    holder = cluster.holder_of(host, seen_from, port)
    nodes = cluster.plan.nodes if cluster.plan else ()
    for node in nodes:
        if node.name == holder:
            return next((one.protocol for one in node.ports if one.port == port), None)
    return None
