"""One machine's engine as a member of a swarm, and as its manager if it is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.launch.engine import Engine, asked


@dataclass(frozen=True, slots=True)
class SwarmNode:
    """A member of the swarm as its managers see it."""

    id: str
    host: str
    state: str  # ready, down, unknown, disconnected
    availability: str  # active, pause, drain
    address: str = ""


class MemberEngine(Engine):
    """Sees what labs on the swarm have on its machine, and not what labs of one engine have."""

    in_swarm = True

    def nodes(self) -> tuple[SwarmNode, ...]:
        """List the members of the swarm; a manager knows them."""
        with asked("the swarm's nodes"):
            rows = self._api.nodes()
        return tuple(_node(row) for row in rows)


def _node(row: Mapping[str, Any]) -> SwarmNode:
    status = row.get("Status") or {}
    return SwarmNode(
        row["ID"],
        (row.get("Description") or {}).get("Hostname", ""),
        status.get("State", "unknown"),
        row["Spec"].get("Availability", "active"),
        status.get("Addr", ""),
    )
