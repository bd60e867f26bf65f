import pytest

from lab.report.json import report_json
from lab.report.junit import report_junit
from lab.report.table import report_table
from lab.wiring.link import Credentials, Position
from probes.result import Outcome
from tests.diagnosis.cluster import Seen
from tests.report.reports import report_of

SECRET = "h0rse-b4ttery"
AT = Position("gw/deployment.toml", 12)
WITH_SECRET = {
    id_: {"credentials": Credentials("admin", SECRET, None, AT)} for id_ in ("gw/km", "gw/tm.login")
}


@pytest.mark.parametrize("tell", [report_json, report_table, report_junit])
@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.CREDENTIALS_REFUSED, Outcome.SILENT])
def test_no_report_holds_a_password(tell, outcome: Outcome) -> None:
    report = report_of(Seen(dict.fromkeys(WITH_SECRET, outcome), WITH_SECRET))
    assert SECRET not in tell(report)
    assert SECRET not in repr(report)
