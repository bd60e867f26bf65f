"""A row of the bench: the lab's figures beside each peer's of the same run, and its goal."""

import statistics
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Series:
    """The measurements of one program; *void* says why there are none that count."""

    name: str
    values: tuple[float, ...] = ()
    void: str = ""

    @property
    def median(self) -> float:
        """Give the middle one."""
        return statistics.median(self.values)

    def quantile(self, share: float) -> float:
        """Give the value that *share* of all don't exceed, by nearest rank."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was measured; *goal* is in words, *is_met* judges it by this run alone."""

    what: str
    unit: str
    lab: Series
    peers: tuple[Series, ...] = ()
    goal: str = ""
    is_met: bool = True
    notes: tuple[str, ...] = field(default=())

    def ratio(self, peer: Series) -> float | None:
        """Give the lab's median as a share of the peer's; below one the lab is ahead."""
        return None if peer.void else self.lab.median / peer.median

    def to_json(self) -> dict[str, Any]:
        """Give plain values, every single measurement among them."""
        return {
            "what": self.what,
            "unit": self.unit,
            "lab": list(self.lab.values),
            "void": self.lab.void,
            **self._summary(),
            "peers": [
                {"name": peer.name, "values": list(peer.values), "void": peer.void}
                | ({} if self.lab.void or peer.void else {"ratio": self.ratio(peer)})
                for peer in self.peers
            ],
            "goal": self.goal,
            "met": self.is_met,
            "notes": list(self.notes),
        }

    def _summary(self) -> dict[str, float]:
        if self.lab.void:
            return {}
        return {"median": self.lab.median, "p95": self.lab.quantile(0.95)}
