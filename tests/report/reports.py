"""Reports of the default topology, healthy and not."""

from lab.report.report import Report
from tests.diagnosis.cluster import Seen, planned
from tests.diagnosis.faults import FAULTS


def report_of(seen: Seen, *notes: str) -> Report:
    return Report(planned(), seen.diagnosis(), 2.94, notes)


HEALTHY = report_of(Seen())
STOPPED = report_of(FAULTS["tm is stopped"].seen)
CRASHED = report_of(FAULTS["km exits while it starts"].seen)
TWO = report_of(
    FAULTS["tm is stopped"].seen | FAULTS["cp calls the key manager by a name that nobody has"].seen
)
TABLE_MISSING = report_of(FAULTS["a table is missing"].seen)
ALL = {
    "healthy": HEALTHY,
    **{name: report_of(fault.seen) for name, fault in FAULTS.items()},
}
