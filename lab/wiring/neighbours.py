"""Which nodes share a machine, where no topology tells it: `localhost` at a port of another's."""

from collections.abc import Iterable, Mapping

from lab.products.facts import Line
from lab.wiring.cluster import LOCAL_HOSTS, Cluster
from lab.wiring.reading import Reading


def find_machines(cluster: Cluster, readings: Iterable[Reading]) -> Mapping[str, str]:
    """Give the first node of its machine for each node that shares one.

    Nodes share a machine when one asks `localhost` at a port that it doesn't open itself and that
    one other node alone does, which may answer the question by its role, and not each of both has
    a host name of its own.
    """
    first = {name: name for name in cluster.nodes}
    for reading in readings:
        neighbour = _neighbour(cluster, reading)
        if neighbour:
            kept, gone = sorted((first[reading.link.node], first[neighbour]), key=list(first).index)
            first = {node: kept if of == gone else of for node, of in first.items()}
    return {node: of for node, of in first.items() if list(first.values()).count(of) > 1}


def asked_nearby(cluster: Cluster, reading: Reading) -> tuple[str, ...]:
    """Give the nodes that a question to `localhost` may be meant for, whatever its port.

    They may answer it, and their files don't tell the offset that they run with.
    """
    if reading.row is None or cluster.plan is not None:
        return ()
    untold = [name for name in cluster.nodes if not _tells_offset(cluster, name)]
    return cluster.answering(reading.row, untold)


def _tells_offset(cluster: Cluster, node: str) -> bool:
    """Tell whether a file says the offset; the XML files that are delivered all have a 0."""
    settings = cluster.nodes[node]
    if cluster.line is Line.XML:
        return settings.offset != 0
    return settings.written(settings.tables.offset) is not None


def _neighbour(cluster: Cluster, reading: Reading) -> str:
    """Name the one other node that answers a question to `localhost`; nothing where none does."""
    row, link, address = reading.row, reading.link, reading.address
    if row is None or address is None or address.host.lower() not in LOCAL_HOSTS:
        return ""
    # Whatever the scheme: a plain port that is asked for TLS is that neighbour's, too.
    opening = [
        name
        for name in cluster.nodes
        if any(cluster.port_of(name, port) == address.port for port in row.listens.values())
        and not _are_apart(cluster, link.node, name)
    ]
    answering = () if link.node in opening else cluster.answering(row, opening)
    return answering[0] if len(answering) == 1 else ""


def _are_apart(cluster: Cluster, one: str, other: str) -> bool:
    """Tell whether the files give two nodes names of their own, as nodes on two machines have."""
    names = [cluster.nodes[node].hostname.lower() for node in (one, other)]
    return len(set(names)) == len(names) and not {"", *LOCAL_HOSTS} & set(names)
