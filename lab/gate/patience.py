"""How long the gate waits for what: the one place where a default time stands."""

from dataclasses import dataclass


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
