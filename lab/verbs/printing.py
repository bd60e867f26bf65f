"""Prints a report in the wanted format and gives the exit code that belongs to it."""

from lab.diagnosis.verdict import Verdict
from lab.errors import NotHealthyError
from lab.report.report import Report
from lab.verbs.shell import Format, Shell


def print_report(report: Report, wanted: Format, shell: Shell) -> None:
    """Print the report as data."""
    match wanted:
        case Format.JSON:
            from lab.report.json import report_json  # noqa: PLC0415  # one format a run

            shell.say(report_json(report))
        case Format.JUNIT:
            from lab.report.junit import report_junit  # noqa: PLC0415

            shell.say(report_junit(report))
        case Format.TABLE:
            from lab.report.table import report_table  # noqa: PLC0415

            shell.say(report_table(report))


def exit_code_of(report: Report, *, allow_degraded: bool) -> int:
    """Give 0 for a healthy lab, else the code of a lab that isn't."""
    fine = {Verdict.HEALTHY, Verdict.DEGRADED} if allow_degraded else {Verdict.HEALTHY}
    return 0 if report.diagnosis.verdict in fine else NotHealthyError.exit_code
