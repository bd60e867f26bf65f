"""Which members of a lab must be where; for all others the swarm itself finds a machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.launch.sizes import bytes_of
from lab.plan.containers import BALANCER_MEMORY, SERVER_MEMORY, node_memory
from lab.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Room:
    """A machine of the swarm and the memory in bytes that a lab may reserve there."""

    node: str  # its id in the swarm
    memory: int


def reservations(plan: Plan) -> Mapping[str, int]:
    """Give the memory that each member reserves, in bytes."""
    quick = plan.java.quick_start
    texts = {node.name: node_memory(node, quick=quick) for node in plan.nodes}
    texts |= {balancer.name: BALANCER_MEMORY for balancer in plan.balancers}
    texts |= {server.name: SERVER_MEMORY for server in plan.servers}
    return {name: bytes_of(text) for name, text in texts.items()}


def place(plan: Plan, rooms: Sequence[Room]) -> Mapping[str, str]:
    """Give the node of each member that is bound to one.

    A database server is, for its volume lies there; a node of the product, for its image is large
    and its memory counted; and members that do the same work, as far apart as there are machines.
    """
    reserved = reservations(plan)
    left = {room.node: room.memory for room in rooms}
    placed: dict[str, str] = {}
    for name in sorted(_bound(plan), key=lambda name: -reserved[name]):
        beside = [placed[other] for other in plan.others_of(name) if other in placed]
        needed = reserved[name]
        # Where it fits, the fewest of its kind are, and the most memory is left; else as named.
        best = min(left, key=lambda node: (left[node] < needed, beside.count(node), -left[node]))
        placed[name] = best
        left[best] -= reserved[name]
    return placed


def _bound(plan: Plan) -> list[str]:
    nodes = [one.name for one in plan.nodes if one.is_real or plan.others_of(one.name)]
    return [*(one.name for one in plan.servers), *nodes]
