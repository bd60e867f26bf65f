"""How long the gate waits for what: the one place where a default time stands."""

from dataclasses import dataclass, replace

from lab.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Patience:
    """All times in seconds.

    *settle* is how long a definite answer (wrong credentials, unknown name, …) must stay the same
    before it is believed; *reluctance* likewise for an answer that a slow start can give too
    (refused, silent, …).
    """

    within: float = 120.0  # the whole wait
    attempt: float = 5.0  # one probe
    settle: float = 1.0
    reluctance: float = 5.0
    tries: int = 3  # the least number of equal answers, whatever the time
    first_pause: float = 0.025  # grows by two each time, with as much jitter again
    longest_pause: float = 0.5
    shut_pause: float = 2.0  # while the port is yet to open, which the prober tells at once


# A node of the product takes 20 to 120 s alone, and deploys its web apps after its first port.
_REAL = Patience(within=900.0, attempt=10.0, settle=20.0, reluctance=90.0, longest_pause=1.0)


def patience_for(plan: Plan, within: float | None) -> Patience:
    """Give the usual patience with the nodes of a plan; *within* is the caller's own limit."""
    usual = _REAL if plan.real_nodes else Patience()
    return usual if within is None else replace(usual, within=within)
