"""The start order: which links each node needs while it starts, cycles broken and said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.plan.model import Plan
from lab.products.facts import Role
from lab.wiring.link import Link

# Measured on 4.1.0: key manager → control plane → traffic manager and gateway ran without an error.
_RANK = {Role.KEY_MANAGER: 0, Role.CONTROL_PLANE: 1, Role.TRAFFIC_MANAGER: 2, Role.GATEWAY: 3}


@dataclass(frozen=True, slots=True)
class DroppedNeed:
    """A need that closes a circle, so the node starts without it."""

    node: str
    link: Link
    circle: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartPlan:
    """The links each node waits for, and the needs that had to be dropped."""

    needs: Mapping[str, tuple[str, ...]]
    dropped: tuple[DroppedNeed, ...]


def start_order(links: Sequence[Link], plan: Plan | None) -> Mapping[str, tuple[str, ...]]:
    """Give for each node the ids of the links that must answer before it is started."""
    return plan_start(links, plan).needs


def plan_start(links: Sequence[Link], plan: Plan | None) -> StartPlan:
    """Give the start order with what was dropped to make it possible.

    Nodes without a need for each other start side by side. In a circle the node whose role starts
    first by the measured order starts without the needs that lead into the circle.
    """
    roles = {node.name: node.role for node in plan.nodes} if plan else {}
    nodes = list(roles) or sorted({link.node for link in links})
    needs = {
        node: [link for link in links if link.node == node and _is_need(link)] for node in nodes
    }
    dropped: list[DroppedNeed] = []
    waiting = set(nodes)
    while waiting:
        ready = [node for node in waiting if not _unmet(needs[node], waiting)]
        if not ready:
            first = min(waiting, key=lambda node: (_rank(roles.get(node)), node))
            closing = _unmet(needs[first], waiting)
            circle = tuple(sorted(waiting))
            dropped += [DroppedNeed(first, link, circle) for link in closing]
            needs[first] = [link for link in needs[first] if link not in closing]
            ready = [first]
        waiting -= set(ready)
    ids = {node: tuple(link.id for link in wanted) for node, wanted in needs.items()}
    return StartPlan(ids, tuple(dropped))


def _is_need(link: Link) -> bool:
    return link.at_start and link.to is not None and link.to != link.node


def _unmet(needs: Sequence[Link], waiting: set[str]) -> list[Link]:
    return [link for link in needs if link.to in waiting]


def _rank(role: Role | None) -> int:
    return _RANK[role] if role else len(_RANK)
