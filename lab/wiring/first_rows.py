"""Real nodes that share an empty database: the second starts when the first one's rows are there.

Started side by side, both write the first user-store rows, and one in five times the second hangs
for ever (measured on 4.1.0). Waiting for the first one to answer costs half a minute more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.plan.model import Plan, SchemaPlace
from lab.products.facts import Role
from lab.wiring.link import Link

_STORE = "shared_db"
_FOLLOWERS = (Role.TRAFFIC_MANAGER, Role.GATEWAY)


@dataclass(frozen=True, slots=True)
class FirstRows:
    """What a node waits for: the rows that *writer* makes."""

    writer: str
    place: SchemaPlace


def release_by_rows(
    plan: Plan, links: Sequence[Link], needs: Mapping[str, tuple[str, ...]]
) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, FirstRows]]:
    """Give the needs of each node, and the rows that some wait for instead of an answer.

    What then starts earlier must not be missed later: gateways and traffic managers wait until the
    first writer answers too.
    """
    ends = {link.id: link for link in links}
    changed = dict(needs)
    rows: dict[str, FirstRows] = {}
    for node in plan.real_nodes:
        place = node.databases.get(_STORE)
        kept = []
        for need in needs.get(node.name, ()):
            writer = _real(plan, ends[need].to)
            if place is not None and writer and plan.node(writer).databases.get(_STORE) == place:
                rows[node.name] = FirstRows(writer, place)
            else:
                kept.append(need)
        changed[node.name] = tuple(kept)
    for node in plan.real_nodes:
        if node.role in _FOLLOWERS:
            own = changed[node.name]
            missed = (_proof_of(one.writer, name, links) for name, one in rows.items())
            changed[node.name] = tuple(dict.fromkeys((*own, *filter(None, missed))))
    return changed, rows


def _real(plan: Plan, name: str | None) -> str:
    return next((node.name for node in plan.real_nodes if node.name == name), "")


def _proof_of(writer: str, waiter: str, links: Sequence[Link]) -> str:
    """Give the link by which the one that waited for rows shows that their writer answers."""
    found = (link.id for link in links if (link.node, link.to) == (waiter, writer))
    return next(found, "")
