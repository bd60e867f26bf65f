"""Which members of a lab must be where; for all others the swarm itself finds a machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.launch.sizes import bytes_of
from lab.plan.containers import BALANCER_MEMORY, SERVER_MEMORY, node_memory
from lab.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Room:
    """A machine of the swarm and its memory in bytes."""

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

    A database server is, for its volume lies there; so are members that do the same work, as far
    apart as there are machines. Each takes the machine with the most memory left.
    """
    reserved = reservations(plan)
    left = {room.node: room.memory for room in rooms}
    placed: dict[str, str] = {}
    for name in (*(one.name for one in plan.servers), *(one.name for one in plan.nodes)):
        others = plan.others_of(name)
        if not others and name not in {one.name for one in plan.servers}:
            continue
        beside = [placed[other] for other in others if other in placed]
        # The fewest of its kind there, then the most memory left, then the user's order.
        best = min(left, key=lambda node: (beside.count(node), -left[node]))
        placed[name] = best
        left[best] -= reserved[name]
    return placed
