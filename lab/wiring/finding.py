"""What the static check says: a stable code, the line, what is wrong, the change that mends it."""

from dataclasses import dataclass
from enum import StrEnum

from lab.errors import Problem, TopologyError
from lab.wiring.link import Position


class Severity(StrEnum):
    """An error will not work, a warning may not, an info is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the files alone tell. Each code has a section in `docs/findings.md`."""

    code: str
    severity: Severity
    what: str
    where: Position
    mend: str
    link: str = ""  # the id of the link it is about, if one
    key: str = ""  # the key path it is about; empty where none is


class NotReadableError(TopologyError):
    """Files whose syntax is wrong: each problem is a finding as well."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(*(Problem(one.what, str(one.where), one.mend) for one in findings))
        self.findings = findings
