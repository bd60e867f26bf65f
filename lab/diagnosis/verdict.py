"""What the lab says of itself after a sweep: a verdict a link, and the causes of what failed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lab.plan.observed import NodeState, SchemaState
from lab.wiring.finding import Finding
from lab.wiring.link import Link

if TYPE_CHECKING:
    from probes.result import Result  # the reports of `lab check` have none


class LinkVerdict(StrEnum):
    """A link is healthy, failed, or skipped because something in front of it is down."""

    HEALTHY = "healthy"
    FAILED = "failed"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """The whole lab's verdict."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong, with the ids of the links it explains."""

    code: str
    what: str
    where: str
    mend: str
    explains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedLink:
    """A link with what was seen of it, and the code of the cause if it isn't healthy."""

    link: Link
    verdict: LinkVerdict
    result: "Result | None"
    cause: str = ""

    @property
    def detail(self) -> str:
        """Say how the link's attempt ended, and what it saw."""
        if self.result is None:
            return "not tried"
        if self.result.ok and self.cause:
            return "answers, and can't be what is meant"
        outcome, seen = str(self.result.outcome), self.result.seen
        return f"{outcome}: {seen}" if seen else outcome


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything the report tells. The first of *causes* is the one to mend first."""

    verdict: Verdict
    causes: tuple[Cause, ...]
    links: tuple[JudgedLink, ...]
    nodes: tuple[NodeState, ...]
    schemas: tuple[SchemaState, ...]
    findings: tuple[Finding, ...]
