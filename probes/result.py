"""What a probe saw: plain values, comparable, and never a credential."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """The steps of one attempt, in their order."""

    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    AUTH = "auth"
    APP = "app"


class Outcome(StrEnum):
    """How an attempt ended. All but `OK` and the last two are failures of the link."""

    OK = "ok"
    NAME_UNKNOWN = "name unknown"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"  # no route, network down
    TIMED_OUT = "timed out"  # no connection in time
    CLOSED = "accepted, then closed"
    SILENT = "silent"  # connected, and no answer in time
    WRONG_PROTOCOL = "wrong protocol"
    CERTIFICATE_INVALID = "certificate not valid"
    CREDENTIALS_REFUSED = "wrong credentials"
    NO_LOGIN_KEY = "no login key"  # MYSQL without TLS: the driver may not ask the server for it
    WRONG_ANSWER = "wrong answer"
    NO_VANTAGE = "no vantage"  # the dialling node isn't there to dial from
    NOT_TRIED = "not tried"  # the probe itself failed: a bug


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt on one target.

    *phases* holds milliseconds for each phase that was entered; the last one is where the attempt
    ended.
    *endpoint* is the `host:port` that decided, which for a publish is sometimes the login's.
    """

    id: str
    outcome: Outcome
    phases: Mapping[Phase, float] = field(default_factory=dict)
    expected: str = ""
    seen: str = ""
    endpoint: str = ""
    at: float = 0.0  # seconds since the epoch, on the prober's clock, when the attempt ended

    @property
    def ok(self) -> bool:
        """Tell whether the link did what its node needs of it."""
        return self.outcome is Outcome.OK

    def to_json(self) -> dict[str, Any]:
        """Give the plain values of this result."""
        return {**dataclasses.asdict(self), "phases": {str(k): v for k, v in self.phases.items()}}


def result_from_json(values: dict[str, Any]) -> Result:
    """Make a result of `Result.to_json`'s values.

    Raises `TypeError` or `ValueError` when they are none.
    """
    phases = {Phase(name): float(spent) for name, spent in values["phases"].items()}
    return Result(**{**values, "outcome": Outcome(values["outcome"]), "phases": phases})
