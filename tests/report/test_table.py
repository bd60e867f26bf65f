from dataclasses import replace

import pytest

from lab.plan.observed import NodeState, State
from lab.report.findings import findings_table
from lab.report.table import report_table
from tests.diagnosis.cluster import Seen
from tests.report.reports import ALL, CRASHED, HEALTHY, STOPPED, TABLE_MISSING, TWO, report_of


def test_the_first_line_is_the_verdict_and_says_that_nodes_are_stand_ins() -> None:
    assert report_table(HEALTHY).splitlines()[0] == (
        "lab x is healthy after 2.9 s: 31 of 31 links healthy"
        "  [stand-in nodes, not the product apim 4.1.0]"
    )


def test_every_node_is_marked_as_what_it_is() -> None:
    rows = [line.split() for line in report_table(HEALTHY).splitlines()]
    nodes = [row for row in rows if row and row[-1].endswith(".wso2.com")]
    assert [(row[0], row[2]) for row in nodes] == [
        (name, "stand-in") for name in ("cp", "tm", "km", "gw")
    ]


def test_causes_come_before_everything_else_in_the_order_of_their_weight() -> None:
    lines = report_table(TWO).splitlines()
    codes = [line.split(":")[0] for line in lines if line.startswith("LAB")]
    assert codes == ["LAB0201", "LAB0230"]
    assert lines.index("LAB0201: tm is stopped (exit code 143)") < next(
        at for at, line in enumerate(lines) if line.startswith("NODE")
    )


def test_a_cause_says_what_where_and_how_to_mend_and_names_a_few_links() -> None:
    lines = report_table(STOPPED).splitlines()
    at = lines.index("LAB0201: tm is stopped (exit code 143)")
    assert lines[at + 1 : at + 3] == ["     at: container lab-x-tm", "   hint: `lab start tm`"]
    assert lines[at + 3].startswith("  links: 10: gw → tm.wso2.com:9443 https, ")
    assert lines[at + 3].endswith(", …")


def test_a_node_that_crashed_is_told_with_the_end_of_its_log() -> None:
    assert "    log: ERROR no database" in report_table(CRASHED).splitlines()


def test_a_node_that_was_stopped_needs_no_log() -> None:
    assert "    log:" not in report_table(STOPPED)


def test_a_database_row_tells_found_and_expected_tables() -> None:
    assert "apim_db    db      183 of 184  incomplete" in report_table(TABLE_MISSING)


def test_a_lab_without_a_database_server_has_no_table_of_them() -> None:
    diagnosis = replace(HEALTHY.diagnosis, schemas=())
    text = report_table(replace(HEALTHY, diagnosis=diagnosis))
    assert "DATABASE" not in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("name", ALL)
def test_no_line_ends_in_blanks(name: str) -> None:
    lines = report_table(ALL[name]).splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


def test_notes_stand_under_the_verdict() -> None:
    table = report_table(report_of(Seen(), "gw's file was edited"))
    assert table.splitlines()[1] == "note: gw's file was edited"


def test_no_findings_are_said_to_be_none() -> None:
    assert findings_table(()) == "no findings"


def test_a_lab_on_several_machines_says_where_each_node_runs_and_how_often_again() -> None:
    states = (
        NodeState("cp", State.RUNNING, machine="m1"),
        NodeState("gw", State.RUNNING, 137, machine="m2", restarts=2),
    )
    rows = report_table(report_of(Seen(states=states))).splitlines()
    (head,) = [row.split() for row in rows if row.startswith("NODE")]
    assert head == ["NODE", "ROLE", "KIND", "STATE", "MACHINE", "NAMES"]
    (gateway,) = [row for row in rows if row.startswith("gw ") and "gateway" in row]
    assert "running, restarted 2 times after exit code 137  m2  " in gateway
    assert "MACHINE" not in report_table(HEALTHY)
