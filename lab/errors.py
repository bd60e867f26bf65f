"""What the lab says when it can't go on: what is wrong, where, and how to mend it.

LabError                1  anything that went wrong while doing what was asked
├── TopologyError       2  the topology file, or the files made from it
├── UsageError          2  the words of the command
├── EngineError         1  the Docker Engine is missing, silent or refuses
├── DatabaseError       1  a dbscript or the database server
├── NotHealthyError     3  the lab runs, and is not wired right
└── DeadlineError     124  the time allowed has passed
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    *where* is a file with a key path or line, a container, or a link; *mend* is what the reader
    does next.
    """

    what: str
    where: str
    mend: str

    def __str__(self) -> str:
        """Give the three lines that go to stderr."""
        return f"error: {self.what}\n   at: {self.where}\n hint: {self.mend}"


class LabError(Exception):
    """Carries every problem found in a step, never only the first."""

    exit_code = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class TopologyError(LabError):
    """The topology, or a file that came from it, can't be used."""

    exit_code = 2


class UsageError(LabError):
    """The command line can't be used."""

    exit_code = 2


class EngineError(LabError):
    """The Docker Engine is missing, does not answer, or refuses."""


class DatabaseError(LabError):
    """A dbscript did not load, or the database server did not come up."""


class NotHealthyError(LabError):
    """The lab is there and is not wired right; the report says why."""

    exit_code = 3


class DeadlineError(LabError):
    """The time allowed has passed."""

    exit_code = 124
