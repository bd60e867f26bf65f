"""A look at a lab as it is handed to whoever asked for it."""

from dataclasses import dataclass

from lab.report.table import report_table
from lab.report.told import JudgedLab


@dataclass(frozen=True, slots=True)
class Report(JudgedLab):
    """One look at one lab, which reads as `lab status` prints it."""

    def __str__(self) -> str:
        """Give the lines for people."""
        return report_table(self)
