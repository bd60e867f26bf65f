import json
from dataclasses import replace

import pytest

from lab.plan.fault import ActiveFault, Fault, FaultKind
from lab.plan.observed import NodeState, State
from lab.report.findings import findings_json
from lab.report.json import report_json
from lab.wiring.finding import Finding, Severity
from lab.wiring.link import Position
from tests.diagnosis.cluster import BY_ID, LINKS, Seen
from tests.report.reports import ALL, HEALTHY, STOPPED, TABLE_MISSING, TWO, report_of


def values(report) -> dict:
    return json.loads(report_json(report))


def test_the_keys_are_those_that_scripts_rely_on() -> None:
    told = values(STOPPED)
    assert list(told) == [
        *("schema", "lab", "verdict", "seconds", "cause", "causes", "faults"),
        *("nodes", "balancers", "databases", "links", "findings"),
    ]
    assert list(told["cause"]) == ["code", "what", "where", "mend", "explains"]
    assert list(told["nodes"][0]) == ["name", "role", "kind", "state", "aliases"]
    assert list(told["databases"][0]) == [
        *("name", "server", "tables", "expected_tables", "verdict"),
    ]
    assert list(told["links"][0]) == [
        *("id", "from", "to", "host", "port", "protocol", "source", "key"),
        *("why", "verdict", "cause", "detail", "phases"),
    ]


def test_a_healthy_lab_has_no_cause() -> None:
    told = values(HEALTHY)
    assert (told["schema"], told["lab"], told["verdict"]) == (1, "x", "healthy")
    assert (told["seconds"], told["cause"], told["causes"]) == (2.94, None, [])
    assert len(told["links"]) == len(LINKS)
    assert {link["cause"] for link in told["links"]} == {None}


def test_a_fault_that_was_made_on_purpose_is_told() -> None:
    fault = Fault(FaultKind.SLOW, "gw", "cp", 5672, 300)
    told = values(replace(HEALTHY, faults=(ActiveFault(2, fault, scoped=False, owner=""),)))
    assert told["faults"] == [
        {
            "number": 2,
            "kind": "slow",
            "at": "gw",
            "towards": "cp",
            "port": 5672,
            "delay": 300,
            "what": "answers of cp:5672 to gw come 300 ms late",
        }
    ]


def test_a_link_is_told_with_its_line_and_the_time_of_each_phase() -> None:
    (link,) = [it for it in values(HEALTHY)["links"] if it["id"] == "gw/hub.listen"]
    assert link == {
        "id": "gw/hub.listen",
        "from": "gw",
        "to": "cp",
        "host": "cp.wso2.com",
        "port": 5672,
        "protocol": "amqp",
        "source": "gw/deployment.toml:61",
        "key": "hub.listen",
        "why": "a test",
        "verdict": "healthy",
        "cause": None,
        "detail": "ok",
        "phases": {"dns": 0.4, "tcp": 0.2},
    }


def test_a_stopped_nodes_links_are_skipped_with_its_cause() -> None:
    told = values(STOPPED)
    assert told["cause"]["code"] == "LAB0201"
    skipped = {link["id"] for link in told["links"] if link["verdict"] == "skipped"}
    assert skipped == set(told["cause"]["explains"])
    assert {link["cause"] for link in told["links"] if link["id"] in skipped} == {"LAB0201"}
    assert {node["name"]: node["state"] for node in told["nodes"]}["tm"] == "exited"


def test_the_cause_is_the_first_of_the_causes() -> None:
    told = values(TWO)
    assert [cause["code"] for cause in told["causes"]] == ["LAB0201", "LAB0230"]
    assert told["cause"] == told["causes"][0]


def test_a_database_is_told_with_found_and_expected_tables() -> None:
    assert values(TABLE_MISSING)["databases"][0] == {
        "name": "apim_db",
        "server": "db",
        "tables": 183,
        "expected_tables": 184,
        "verdict": "incomplete",
    }


@pytest.mark.parametrize("name", ALL)
def test_every_link_that_a_cause_explains_is_one_of_the_links(name: str) -> None:
    told = values(ALL[name])
    assert {link for cause in told["causes"] for link in cause["explains"]} <= set(BY_ID)


def test_findings_stand_alone_for_a_check() -> None:
    finding = Finding(
        "LAB0101",
        Severity.WARNING,
        "odd",
        Position("gw/deployment.toml", 31),
        "write it",
        key="apim.cors",
    )
    assert json.loads(findings_json((finding,))) == {
        "schema": 1,
        "findings": [
            {
                "code": "LAB0101",
                "severity": "warning",
                "what": "odd",
                "where": "gw/deployment.toml:31",
                "file": "gw/deployment.toml",
                "line": 31,
                "key": "apim.cors",
                "mend": "write it",
            }
        ],
    }


def test_only_a_lab_on_several_machines_says_where_a_node_runs() -> None:
    states = (NodeState("gw", State.RUNNING, 137, machine="m2", restarts=2),)
    nodes = {
        node["name"]: node
        for node in json.loads(report_json(report_of(Seen(states=states))))["nodes"]
    }
    gateway = nodes["gw"]
    assert (gateway["machine"], gateway["restarts"], gateway["exit_code"]) == ("m2", 2, 137)
    assert "machine" not in nodes["cp"]
