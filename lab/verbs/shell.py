"""Where a verb was called from: folder, environment and streams, handed down from the cli."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO


class Format(StrEnum):
    """How `up` and `status` report."""

    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"


class ListFormat(StrEnum):
    """How every other verb that tells something tells it."""

    TABLE = "table"
    JSON = "json"


class CheckFormat(StrEnum):
    """How `check` tells its findings."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"


class GraphFormat(StrEnum):
    """How `graph` draws."""

    SVG = "svg"
    MERMAID = "mermaid"


class FailOn(StrEnum):
    """From which weight on a finding fails `check`."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Shell:
    """The caller's side of a verb. Data goes to *out*, progress and logs to *err*."""

    folder: Path
    environ: Mapping[str, str]
    out: IO[str]
    err: IO[str]

    def say(self, text: str) -> None:
        """Print data."""
        print(text, file=self.out, flush=True)

    def tell(self, line: str) -> None:
        """Print a line of progress."""
        print(line, file=self.err, flush=True)

    @property
    def is_watched(self) -> bool:
        """Tell whether somebody looks at stderr as it is written."""
        return self.err.isatty() and self.environ.get("TERM") != "dumb"

    @property
    def has_colour(self) -> bool:
        """Tell whether colours may be used (https://no-color.org)."""
        return self.is_watched and not self.environ.get("NO_COLOR")
