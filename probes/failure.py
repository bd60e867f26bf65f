"""What ends an attempt early: the link's failure, on its way to become a result."""

from probes.result import Outcome


class LinkError(Exception):
    """Says how the link failed; *seen* is what was seen instead of the expected."""

    def __init__(self, outcome: Outcome, seen: str) -> None:
        super().__init__(seen)
        self.outcome = outcome
        self.seen = seen
