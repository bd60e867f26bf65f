"""The start order: which links each node needs while it starts, cycles broken and said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.plan.model import Plan
from lab.products.apim_4x import MANAGEMENT_PORT
from lab.products.facts import Line, Role
from lab.wiring.link import Link

# Measured on 4.1.0: key manager → control plane → traffic manager and gateway ran without an error.
_RANK = {
    Role.KEY_MANAGER: 0,
    Role.CONTROL_PLANE: 1,
    Role.ALL_IN_ONE: 1,
    Role.TRAFFIC_MANAGER: 2,
    Role.GATEWAY: 3,
}


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
    needs = plan_start(links, plan).needs
    alone = {node.name for node in plan.nodes if node.starts_alone} if plan else set()
    return {node: () if node in alone else wanted for node, wanted in needs.items()}


def plan_start(links: Sequence[Link], plan: Plan | None) -> StartPlan:
    """Give the product's start order with what was dropped to make it possible.

    Nodes without a need for each other start side by side. Of nodes behind one balancer any one is
    enough for the others; they themselves start one after another where they share a database. In
    a circle the node whose role starts first by the measured order starts without the needs that
    lead into the circle.
    """
    roles = {node.name: node.role for node in plan.nodes} if plan else {}
    nodes = list(roles) or sorted({link.node for link in links})
    groups = _groups(plan)
    needs = {
        node: [
            *(link for link in links if link.node == node and _is_need(link, groups)),
            *_first_member(node, links, plan),
            *_whole_node(node, links, plan),
        ]
        for node in nodes
    }
    dropped: list[DroppedNeed] = []
    waiting = set(nodes)
    while waiting:
        ready = [node for node in waiting if not _unmet(needs[node], waiting, groups)]
        if not ready:
            first = min(waiting, key=lambda node: (_rank(roles.get(node)), node))
            closing = _unmet(needs[first], waiting, groups)
            circle = tuple(sorted(waiting))
            dropped += [DroppedNeed(first, link, circle) for link in closing]
            needs[first] = [link for link in needs[first] if link not in closing]
            ready = [first]
        waiting -= set(ready)
    ids = {node: tuple(link.id for link in wanted) for node, wanted in needs.items()}
    return StartPlan(ids, tuple(dropped))


def _groups(plan: Plan | None) -> Mapping[str, tuple[str, ...]]:
    """Give who can answer for each member: any node behind the same balancer."""
    groups: dict[str, tuple[str, ...]] = {}
    for balancer in plan.balancers if plan else ():
        groups |= dict.fromkeys((balancer.name, *balancer.members), balancer.members)
    return groups


def _is_need(link: Link, groups: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether a link must answer first; of several members the first stands for all."""
    if not link.at_start or link.to is None or link.to == link.node:
        return False
    members = groups.get(link.to, ())
    return link.node not in members and link.to not in members[1:]


def _first_member(node: str, links: Sequence[Link], plan: Plan | None) -> list[Link]:
    """Give what proves that an earlier member has written the first rows of a shared database."""
    balancer = next((one for one in plan.balancers if node in one.members), None) if plan else None
    if plan is None or balancer is None or node == balancer.members[0]:
        return []
    if not any(plan.node(node).databases.values()):
        return []
    first = plan.node(balancer.members[0])
    port = MANAGEMENT_PORT + first.offset
    ends = (balancer.name, first.name, port)
    return [link for link in links if (link.node, link.to, link.port) == ends]


def _whole_node(node: str, links: Sequence[Link], plan: Plan | None) -> list[Link]:
    """Give what proves that a node of the 2.x line, whose directory another needs, is up at all.

    Its directory answers long before it has written the first rows of the databases of both.
    """
    waiter = plan.node(node) if plan else None
    if plan is None or waiter is None or waiter.line is not Line.XML or not waiter.is_real:
        return []
    ends = {
        (node, one.name, MANAGEMENT_PORT + one.offset)
        for one in plan.nodes
        if one.name in waiter.starts_after
    }
    return [link for link in links if (link.node, link.to, link.port) in ends][:1]


def _unmet(
    needs: Sequence[Link], waiting: set[str], groups: Mapping[str, tuple[str, ...]]
) -> list[Link]:
    return [link for link in needs if _waits(link, waiting, groups)]


def _waits(link: Link, waiting: set[str], groups: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether nobody who could answer the link has been started yet."""
    if link.to is None or link.node in groups:
        return link.to in waiting
    return waiting.issuperset(groups.get(link.to, (link.to,)))


def _rank(role: Role | None) -> int:
    return _RANK[role] if role else len(_RANK)
