"""What a smoke test tells: one line a step, and of the failed one what was asked and what came."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lab.products.facts import Role


class StepVerdict(StrEnum):
    """A step is done, failed, or was not tried because one before it failed."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A connection that a failed step makes doubtful: who dials it, by which key of its file."""

    role: Role
    key: str


@dataclass(frozen=True, slots=True)
class Blame:
    """The likely cause of a failure, the connections to look at, and the mend."""

    why: str
    mend: str
    suspects: tuple[Suspect, ...] = ()


@dataclass(frozen=True, slots=True)
class Blames:
    """The likely causes of one product line; each takes an answer's status, 0 where none came."""

    portals: Callable[[int], Blame]
    key_generation: Callable[[int], Blame]
    token: Callable[[int], Blame]
    call: Callable[[int], Blame]
    throttling: Callable[[], Blame]


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it went; *milliseconds* is its whole time, waiting included."""

    name: str
    verdict: StepVerdict
    milliseconds: float = 0.0
    asked: str = ""
    came: str = ""
    blame: Blame | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A whole smoke test. *seconds* is its time; *left* names what could not be removed."""

    steps: tuple[Step, ...]
    seconds: float
    left: tuple[str, ...] = ()

    @property
    def failed(self) -> Step | None:
        """Give the step that failed, if one did."""
        return next((step for step in self.steps if step.verdict is StepVerdict.FAILED), None)

    @property
    def is_good(self) -> bool:
        """Tell whether every step was done and nothing was left."""
        return self.failed is None and not self.left
