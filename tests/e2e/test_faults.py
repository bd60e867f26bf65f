"""One thing goes wrong, by hand, after `up`: the report names that one thing first."""

import contextlib
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Lab

pytestmark = pytest.mark.engine

HELD = "/home/wso2carbon/wso2am/repository/conf/deployment.toml"
PASSWORD = ('password = "admin"', 'password = "wrong"')
PORT = ("tcp://cp.wso2.com:5672", "tcp://cp.wso2.com:5673")
ALIAS = ("https://km.wso2.com:9443", "https://kn.wso2.com:9443")
PATH = ("/internal/data/v1/notify", "/internal/data/v1/notifyx")

DATABASE = 'hostname = "db.wso2.com"\nname = "apim_db"'
DECISIONS = 'throttle_decision_endpoints = ["tcp://tm.wso2.com:5672"]'
SERVICE = 'service_url = "https://km.wso2.com:9443/services/"'


def causes(told: dict) -> list[tuple[str, str]]:
    return [(cause["code"], cause["where"].split()[0]) for cause in told["causes"]]


def followers(told: dict) -> set[str]:
    return {link["id"] for link in told["links"] if link["verdict"] != "healthy"}


@pytest.fixture(autouse=True)
def _mended(lab: Lab) -> Iterator[None]:
    """Hold every test to leaving the lab as it was."""
    yield
    lab.healthy_again()


def test_one_wrong_password_is_named_with_all_that_it_breaks(lab: Lab) -> None:
    with lab.edited("gw", *PASSWORD) as line:
        told = lab.status()
    assert causes(told) == [("LAB0220", line)]
    assert len(told["cause"]["explains"]) > 5
    assert set(told["cause"]["explains"]) == followers(told)
    assert {link.split("/")[0] for link in followers(told)} == {"gw"}


def test_one_wrong_port_is_named_with_the_right_one(lab: Lab) -> None:
    with lab.edited("gw", *PORT) as line:
        told = lab.status()
    assert causes(told) == [("LAB0240", line)]
    assert "5672" in told["cause"]["mend"]
    assert len(followers(told)) == 1


def test_one_wrong_alias_is_named_with_the_right_one(lab: Lab) -> None:
    with lab.edited("cp", *ALIAS) as line:
        told = lab.status()
    assert causes(told) == [("LAB0230", line)]
    assert "km.wso2.com" in told["cause"]["mend"]


def test_one_wrong_path_breaks_a_link_and_its_flow_with_one_cause(lab: Lab) -> None:
    with lab.edited("km", *PATH) as line:
        told = lab.status()
    assert causes(told) == [("LAB0260", line)]
    assert {link["protocol"] for link in told["links"] if link["verdict"] != "healthy"} == {
        "https",
        "revocation",
    }


def test_one_wrong_database_password_is_named(lab: Lab) -> None:
    with lab.edited("km", 'password = "root"', 'password = "wrong"') as line:
        told = lab.status()
    assert causes(told) == [("LAB0220", line)]


@pytest.mark.parametrize(
    ("node", "old", "new", "code"),
    [
        ("km", DATABASE, ('url = "mysql://db.wso2.com:3306/apim_db"', ""), "LAB0230"),
        ("km", DATABASE, ('url = "jdbc:mysql://db.wso2.com:3306"', ""), "LAB0262"),
        ("gw", DECISIONS, ("throttle_decision_endpoints = []",), "LAB0230"),
        ("gw", SERVICE, ("service_url = 9443",), "LAB0230"),
    ],
    ids=["no-jdbc", "no-schema", "an-empty-list", "a-number"],
)
def test_what_no_connection_can_be_made_of_is_a_link_that_fails(
    lab: Lab, node: str, old: str, new: tuple[str, ...], code: str
) -> None:
    links = len(lab.status()["links"])
    with lab.edited(node, old, "\n".join(new)) as line:
        told = lab.status()
    assert causes(told) == [(code, line)]
    assert (len(told["links"]), len(followers(told))) == (links, 1)


OWN_BROKER = ("tcp://cp.wso2.com:5672", "tcp://localhost:5672")
NOBODY = ("tcp://cp.wso2.com:5672", "tcp://203.0.113.7:5672")
RECEIVER = ("tcp://tm.wso2.com:5672", "tcp://tm.wso2.com:9611")


def test_a_gateway_that_listens_to_its_own_broker_is_named_though_that_answers(lab: Lab) -> None:
    with lab.edited("gw", *OWN_BROKER) as line:
        told = lab.status()
    assert (told["verdict"], causes(told)) == ("unhealthy", [("LAB0109", line)])
    [failed] = [link for link in told["links"] if link["verdict"] != "healthy"]
    assert (failed["host"], failed["detail"]) == (
        "localhost",
        "answers, and can't be what is meant",
    )


def test_an_address_outside_the_lab_is_nobodys_and_is_not_dialled(lab: Lab) -> None:
    with lab.edited("gw", *NOBODY) as line:
        told = lab.status()
    assert causes(told) == [("LAB0230", line)]
    [failed] = [link for link in told["links"] if link["verdict"] != "healthy"]
    assert "leads out of the lab" in failed["detail"]
    assert list(failed["phases"]) == ["dns"]


def test_a_data_receiver_is_sent_nothing_and_the_brokers_port_is_the_mend(lab: Lab) -> None:
    with lab.edited("gw", *RECEIVER) as line:
        told = lab.status()
    assert causes(told) == [("LAB0251", line)]
    assert "tcp://tm.wso2.com:5672" in told["cause"]["mend"]


def test_a_node_that_runs_with_its_file_as_it_was_is_told(lab: Lab) -> None:
    with lab.edited("gw", *PORT):
        told = lab.program("status", lab.name).stdout
    assert "note: gw runs with its files as they were before the last edit" in told
    assert "note: " not in lab.program("status", lab.name).stdout


@contextlib.contextmanager
def stopped(lab: Lab, node: str) -> Iterator[None]:
    assert lab.program("stop", node, "--name", lab.name).returncode == 0
    try:
        yield
    finally:
        assert lab.program("start", node, "--name", lab.name).returncode == 0


def test_a_stopped_node_is_one_cause_and_not_nine_symptoms(lab: Lab) -> None:
    with stopped(lab, "tm"):
        told = lab.status()
        states = {node["name"]: node["state"] for node in told["nodes"]}
    assert causes(told) == [("LAB0201", "container")]
    assert told["cause"]["where"] == f"container lab-{lab.name}-tm"
    assert states["tm"] == "exited"
    assert {link["verdict"] for link in told["links"] if link["cause"]} == {"skipped"}


def test_a_missing_table_is_named(lab: Lab) -> None:
    lab.sql(
        "CREATE DATABASE parked; "
        "RENAME TABLE apim_db.AM_POLICY_SUBSCRIPTION TO parked.AM_POLICY_SUBSCRIPTION"
    )
    try:
        told = lab.status()
    finally:
        lab.sql(
            "RENAME TABLE parked.AM_POLICY_SUBSCRIPTION TO apim_db.AM_POLICY_SUBSCRIPTION; "
            "DROP DATABASE parked"
        )
    assert causes(told) == [("LAB0210", "db,")]
    assert "AM_POLICY_SUBSCRIPTION" in told["cause"]["what"]
    assert {link["cause"] for link in told["links"]} == {"LAB0210", None}


def test_two_faults_are_two_causes_each_with_its_links(lab: Lab) -> None:
    with lab.edited("gw", *PASSWORD) as password, lab.edited("cp", *ALIAS) as alias:
        told = lab.status()
    assert causes(told) == [("LAB0220", password), ("LAB0230", alias)]
    first, second = (set(cause["explains"]) for cause in told["causes"])
    assert first.isdisjoint(second)
    assert first | second == followers(told)
    assert {link.split("/")[0] for link in first} == {"gw"}
    assert {link.split("/")[0] for link in second} == {"cp"}


def test_a_stopped_node_and_a_wrong_port_are_two_causes(lab: Lab) -> None:
    with stopped(lab, "tm"), lab.edited("gw", *PORT) as line:
        told = lab.status()
    assert causes(told) == [("LAB0201", "container"), ("LAB0240", line)]


def test_a_node_that_was_given_another_password_is_named_and_not_its_callers(lab: Lab) -> None:
    with lab.edited("tm", *PASSWORD) as line:
        with stopped(lab, "tm"):
            pass
        told = lab.settled()
    with stopped(lab, "tm"):  # with its own file again
        pass
    assert causes(told) == [("LAB0221", line)]


def test_a_node_that_a_file_keeps_from_starting_is_told_with_its_last_line(lab: Lab) -> None:
    container = f"lab-{lab.name}-tm"
    assert lab.program("stop", "tm", "--name", lab.name).returncode == 0
    with lab.edited("tm", "[server]", "[server"):  # `lab start` would refuse it
        file = lab.folder / "nodes" / "tm" / "deployment.toml"
        for words in (["cp", str(file), f"{container}:{HELD}"], ["start", container]):
            subprocess.run(["docker", *words], check=True, capture_output=True)
    subprocess.run(["docker", "wait", container], check=True, capture_output=True)
    ran = lab.program("status", lab.name)
    assert ran.returncode == 3
    assert "LAB0201: tm exited with code 1: " in ran.stdout
    assert "can't be used" in ran.stdout
    assert lab.program("start", "tm", "--name", lab.name).returncode == 0
