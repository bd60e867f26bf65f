"""The stopwatch of one attempt: how long it stayed in each phase."""

import time

from probes.result import Phase


class Phases:
    """Adds up the time spent in each phase; the phase entered last stands last."""

    def __init__(self) -> None:
        self._spent: dict[Phase, float] = {}
        self._entered_at = 0.0
        self.current: Phase | None = None

    def enter(self, phase: Phase) -> None:
        """Stop the running phase and go on in *phase*, which may be entered more than once."""
        now = time.perf_counter()
        self._stop(now)
        self._spent[phase] = self._spent.pop(phase, 0.0)
        self.current = phase
        self._entered_at = now

    def milliseconds(self) -> dict[Phase, float]:
        """Stop the running phase and give the time of each phase, in the order of entering."""
        self._stop(time.perf_counter())
        return {phase: round(spent * 1000, 3) for phase, spent in self._spent.items()}

    def _stop(self, now: float) -> None:
        if self.current is not None:
            self._spent[self.current] += now - self._entered_at
            self._entered_at = now
