"""Judges when a failing answer will not change by waiting, so that the wait can end with it."""

from dataclasses import dataclass, field

from lab.gate.patience import Patience
from lab.products.facts import Protocol
from lab.wiring.link import Link
from probes.result import Outcome, Phase, Result

_DEFINITE = frozenset(
    {
        Outcome.NAME_UNKNOWN,
        Outcome.CREDENTIALS_REFUSED,
        Outcome.NO_LOGIN_KEY,
        Outcome.CERTIFICATE_INVALID,
        Outcome.WRONG_PROTOCOL,
    }
)


@dataclass(frozen=True, slots=True)
class Streak:
    """Equal answers in a row on one link."""

    outcome: Outcome
    phase: Phase | None
    count: int
    since: float  # seconds, on the loop's clock


@dataclass(slots=True)
class Peer:
    """What is known of a node or server that others dial."""

    served: frozenset[int]  # by its role
    ports: frozenset[int] | None = None  # in LISTEN; None until the prober has told
    has_answered: bool = False
    changed: float = field(default=0.0)  # when it was started or last opened a port
    took: float = 0.0  # seconds from its start until it last opened a port

    @property
    def is_up(self) -> bool:
        """Tell whether it does some of its work, so that what it doesn't do counts."""
        return self.has_answered or bool(self.served & (self.ports or frozenset()))

    def is_shut(self, port: int) -> bool:
        """Tell whether *port* is one that it serves and isn't known to have opened."""
        return port in self.served and port not in (self.ports or ())


def lengthen(streak: Streak | None, result: Result, now: float) -> Streak:
    """Count *result* to the streak, or begin another."""
    phase = next(reversed(list(result.phases)), None)
    if streak is not None and (streak.outcome, streak.phase) == (result.outcome, phase):
        return Streak(streak.outcome, phase, streak.count + 1, streak.since)
    return Streak(result.outcome, phase, 1, now)


def is_final(link: Link, streak: Streak, peer: Peer, now: float, patience: Patience) -> bool:
    """Tell whether waiting on will not help *link*, as far as can be seen.

    Who took long to open its ports takes as long with the rest: many start on this machine.
    """
    if streak.count < patience.tries:
        return False
    steady = now - max(streak.since, peer.changed)
    if _is_definite(link, streak.outcome, peer):
        return steady >= patience.settle
    return peer.is_up and steady >= max(patience.reluctance, peer.took)


def _is_definite(link: Link, outcome: Outcome, peer: Peer) -> bool:
    if outcome is Outcome.REFUSED:
        return peer.is_up and link.port not in peer.served
    if outcome is Outcome.WRONG_ANSWER:
        # A web app that is still being deployed answers wrongly too; a database doesn't.
        return link.protocol is Protocol.MYSQL
    return outcome in _DEFINITE
