"""A control plane's file where nobody else is key manager or traffic manager: it is both."""

from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.render.deployment import deployment_values
from lab.topology.read import parse_topology

CHECKOUT = Path(__file__).parents[2]
TWO = (CHECKOUT / "tests/topologies/good/gateway-and-control-plane.toml").read_text()
DISTRIBUTED = (CHECKOUT / "topologies/distributed.toml").read_text(encoding="utf-8")
PAIR = (
    TWO.replace("[nodes.cp]", "[nodes.cp-1]").replace('"cp.wso2.com"', '"cp-1.wso2.com"')
    + '[nodes.cp-2]\nrole = "control-plane"\nhostname = "cp-2.wso2.com"\n'
    + '[balancers.cp-lb]\nrole = "control-plane"\nhostname = "cp.wso2.com"\n'
)
OWN = "https://localhost:${mgt.transport.https.port}/services/"


def apim(node: str, text: str) -> dict:
    plan = make_plan(parse_topology(text))
    return deployment_values(plan, plan.node(node))["apim"]


def test_without_a_key_manager_it_asks_itself_and_the_gateway_asks_it() -> None:
    assert apim("cp", DISTRIBUTED)["key_manager"]["service_url"] == OWN
    assert apim("gw", DISTRIBUTED)["key_manager"]["service_url"] == (
        "https://cp.wso2.com:9443/services/"
    )


def test_a_traffic_manager_that_is_there_is_told_and_heard() -> None:
    for node in ("cp", "gw"):
        throttling = apim(node, DISTRIBUTED)["throttling"]
        assert throttling["throttle_decision_endpoints"] == ["tcp://tm.wso2.com:5672"]
        assert throttling["service_url"] == "https://tm.wso2.com:9443/services/"


def test_without_a_traffic_manager_decisions_come_from_its_broker() -> None:
    own = apim("cp", TWO)["throttling"]
    assert own["throttle_decision_endpoints"] == ["tcp://localhost:5672"]
    assert own["service_url"] == OWN
    seen = apim("gw", TWO)["throttling"]
    assert seen["throttle_decision_endpoints"] == ["tcp://cp.wso2.com:5672"]
    assert seen["url_group"] == own["url_group"]


@pytest.mark.parametrize("version", ["4.1.0", "4.3.0"])
def test_of_a_pair_each_counts_what_both_are_told_and_copies_to_the_other(version: str) -> None:
    text = PAIR.replace("4.1.0", version)
    own = apim("cp-1", text)
    assert own["throttling"]["throttle_decision_endpoints"] == ["tcp://localhost:5672"]
    assert own["throttling"]["event_duplicate_url"] == ["tcp://cp-2.wso2.com:5672"]
    assert "event_duplicate_url" not in own["event_hub"]
    seen = apim("gw", text)
    assert seen["key_manager"]["service_url"] == "https://cp.wso2.com/services/"
    assert seen["throttling"]["throttle_decision_endpoints"] == [
        "tcp://cp-1.wso2.com:5672",
        "tcp://cp-2.wso2.com:5672",
    ]
