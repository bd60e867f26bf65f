"""A fault that was put into a lab on purpose: which kind, at whom, towards whom; values only."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class FaultKind(StrEnum):
    """What is done to a lab."""

    CUT = "cut"  # packets between two members vanish
    REFUSE = "refuse"  # connections between two members are refused
    ISOLATE = "isolate"  # no packet leaves or reaches a member
    SLOW = "slow"  # answers come late
    PAUSE = "pause"
    KILL = "kill"
    STOP = "stop"
    CERTIFICATE = "certificate"  # a certificate is shown that nobody trusts
    PASSWORD = "password"  # noqa: S105  # every login is refused


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault at *member*: in its network, or with its container.

    *peer* is whom it dials, empty where the fault is not about one. *port* 0 stands for every
    port. *delay* is in milliseconds.
    """

    kind: FaultKind
    member: str
    peer: str = ""
    port: int = 0
    delay: int = 0

    def __str__(self) -> str:
        """Say it in words."""
        port = f":{self.port}" if self.port else ""
        words = _ONE_WAY.get(self.kind) if self.port else None
        said = words or _WORDS[self.kind]
        return said.format(member=self.member, peer=self.peer, port=port, delay=self.delay)

    def to_json(self) -> dict[str, Any]:
        """Give its plain values."""
        return {**asdict(self), "kind": str(self.kind)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Make a fault of `to_json`'s values."""
        return cls(**{**values, "kind": FaultKind(values["kind"])})


_WORDS = {
    FaultKind.CUT: "packets between {member} and {peer} vanish",
    FaultKind.REFUSE: "connections between {member} and {peer} are refused",
    FaultKind.ISOLATE: "{member} is cut off from everybody",
    FaultKind.SLOW: "answers of {peer}{port} to {member} come {delay} ms late",
    FaultKind.PAUSE: "{member} is paused",
    FaultKind.KILL: "{member} is killed",
    FaultKind.STOP: "{member} is stopped",
    FaultKind.CERTIFICATE: "{member}{port} shows a certificate that nobody trusts",
    FaultKind.PASSWORD: "{member} refuses every login",
}
# About one port they tell who dials.
_ONE_WAY = {
    FaultKind.CUT: "packets from {member} to {peer}{port} vanish",
    FaultKind.REFUSE: "connections from {member} to {peer}{port} are refused",
}


@dataclass(frozen=True, slots=True)
class ActiveFault:
    """A fault that is in force, with its number in the lab.

    A *scoped* one is healed when the process that made it ends its work with it, or has died.
    """

    number: int
    fault: Fault
    scoped: bool
    owner: str  # the label's value

    def __str__(self) -> str:
        """Say it in words."""
        return f"fault {self.number} ({self.fault.kind}): {self.fault}"
