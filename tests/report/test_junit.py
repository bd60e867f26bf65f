from xml.etree import ElementTree as ET

from lab.report.junit import report_junit
from tests.report.reports import HEALTHY, STOPPED, TABLE_MISSING


def suite(report) -> ET.Element:
    (found,) = ET.fromstring(report_junit(report))  # noqa: S314  # our own words
    return found


def test_every_node_database_and_link_is_a_case() -> None:
    found = suite(HEALTHY)
    kinds = [case.get("classname") for case in found]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "lab.node": 5,
        "lab.database": 2,
        "lab.link": 31,
    }
    assert (found.get("tests"), found.get("failures"), found.get("skipped")) == ("38", "0", "0")


def test_a_node_case_says_its_kind() -> None:
    names = [case.get("name") for case in suite(HEALTHY) if case.get("classname") == "lab.node"]
    assert names[0] == "cp stand-in"


def test_links_behind_a_stopped_node_are_skipped_and_the_node_fails() -> None:
    found = suite(STOPPED)
    assert (found.get("failures"), found.get("skipped")) == ("1", "10")
    (failed,) = [case for case in found if case.find("failure") is not None]
    assert failed.get("name") == "tm stand-in"


def test_a_failed_link_says_the_cause_and_its_mend() -> None:
    cases = {case.get("name"): case for case in suite(TABLE_MISSING)}
    failure = cases["cp/apim_db"].find("failure")
    assert failure.get("message") == "LAB0210: apim_db has 183 of 184 tables: AM_API missing"
    assert "hint: `lab down`" in failure.text
