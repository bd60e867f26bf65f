"""A pair of all-in-one nodes behind HAProxy: wired right, of use with one less, faults named."""

import json
import os
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import ROOT, Lab, Program, objects_of

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def pair(program: Program) -> Iterator[Lab]:
    """Bring the pair up once; nothing of it stays."""
    own = f"all-in-one-e2e-{os.getpid()}"
    ran = program("up", str(ROOT / "topologies/ha-all-in-one.toml"), "--name", own)
    try:
        assert ran.returncode == 0, ran.stdout + ran.stderr
        yield Lab(program, own)
    finally:
        down = program("down", own)
    assert down.returncode == 0
    assert objects_of(own) == []


def test_each_member_proves_what_it_asks_of_itself_and_of_the_other(pair: Lab) -> None:
    told = pair.status()
    assert told["verdict"] == "healthy", told["causes"]
    assert {node["role"] for node in told["nodes"]} == {"all-in-one"}
    for own, other in (("am-1", "am-2"), ("am-2", "am-1")):
        asked = {(link["key"], link["to"]) for link in told["links"] if link["from"] == own}
        assert {
            ("apim.key_manager.service_url", own),
            ("apim.event_hub.service_url", own),
            ("apim.event_hub.event_listening_endpoints", own),
            ("apim.throttling.throttle_decision_endpoints", own),
            ("apim.throttling.event_duplicate_url", other),
            ("apim.throttling.url_group.traffic_manager_urls", own),
            ("apim.throttling.url_group.traffic_manager_urls", other),
            ("apim.gateway.environment.https_endpoint", "am-lb"),
            ("database.apim_db", "db"),
        } <= asked


def test_an_api_is_made_called_and_throttled_through_the_balancer(pair: Lab) -> None:
    ran = pair.program("smoke", pair.name, "--format", "json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    came = {step["name"]: step["came"] for step in json.loads(ran.stdout)["steps"]}
    assert came["traffic managers have them"] == "am-1, am-2: 10PerMin is used up"
    assert came["get a token for calls"] == "from https://am.wso2.com/oauth2/token"


def test_with_one_member_less_the_pair_is_degraded_and_that_is_the_one_cause(pair: Lab) -> None:
    assert pair.program("stop", "am-2", "--name", pair.name).returncode == 0
    try:
        told = pair.status()
    finally:
        assert pair.program("start", "am-2", "--name", pair.name).returncode == 0
    pair.healthy_again()
    assert told["verdict"] == "degraded"
    assert [(cause["code"], cause["where"][-5:]) for cause in told["causes"]] == [
        ("LAB0201", "-am-2")
    ]


def test_a_wrong_port_to_the_other_member_is_named_at_its_line(pair: Lab) -> None:
    copies = 'event_duplicate_url = ["tcp://am-2.wso2.com:5672"]'
    with pair.edited("am-1", copies, copies.replace("5672", "5673")) as line:
        told = pair.status()
    assert [(cause["code"], cause["where"].split()[0]) for cause in told["causes"]] == [
        ("LAB0240", line)
    ]
