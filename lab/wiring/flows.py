"""Flows that no single URL shows: a revoked token must travel from notify to the event hub."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lab.products.facts import Protocol, Role
from lab.products.keys_4x import HUB_LISTENING, NOTIFY_KEY
from lab.wiring.cluster import Cluster
from lab.wiring.link import Credentials, Link
from lab.wiring.reading import Reading

_BROKER_PORT = "jms.port"


def read_flows(cluster: Cluster, readings: Sequence[Reading]) -> Iterator[Link]:
    """Give one flow for each notify endpoint of a node that owns tokens, and each of its hubs.

    Key managers own the tokens, and who plays one; what has no role may.
    """
    owners = cluster.players(Role.KEY_MANAGER)
    for reading in readings:
        node = reading.link.node
        is_owner = node in owners or cluster.role_of(node) is None
        is_notify = reading.row is not None and reading.row.key == NOTIFY_KEY
        if is_notify and reading.address is not None and is_owner:
            yield from _flows(cluster, reading, readings)


def _flows(cluster: Cluster, notify: Reading, readings: Sequence[Reading]) -> Iterator[Link]:
    for index, (address, credentials) in enumerate(_hubs(cluster, notify, readings)):
        yield replace(
            notify.link,
            id=f"{notify.link.id}#revocation" + (f"[{index}]" if index else ""),
            protocol=Protocol.REVOCATION,
            why="a token revoked there must be announced on the event hub",
            asks=tuple(replace(ask, body="") for ask in notify.link.asks),
            hub=address,
            hub_credentials=credentials,
        )


def _hubs(
    cluster: Cluster, notify: Reading, readings: Sequence[Reading]
) -> list[tuple[tuple[str, int], Credentials | None]]:
    """Give the event hubs that the node's own file names, else the one behind its notify URL."""
    named = [
        ((reading.link.host, reading.link.port), reading.link.credentials)
        for reading in readings
        if reading.link.node == notify.link.node
        and reading.row is not None
        and reading.row.key == HUB_LISTENING + "[]"
        and reading.address is not None
    ]
    if named:
        return named
    holder = cluster.nodes.get(notify.link.to or "")
    port = holder.port(_BROKER_PORT) if holder else 0
    return [((notify.link.host, port), notify.link.credentials)] if port else []
