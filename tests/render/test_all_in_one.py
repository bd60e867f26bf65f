"""An all-in-one's file: it asks itself, unless a node is there for that part alone."""

from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.render.comments import deployment_comments
from lab.render.deployment import deployment_values
from lab.topology.read import parse_topology

TOPOLOGIES = Path(__file__).parents[2] / "topologies"
SINGLE = (TOPOLOGIES / "all-in-one.toml").read_text(encoding="utf-8")
PAIR = (TOPOLOGIES / "ha-all-in-one.toml").read_text(encoding="utf-8")
OWN = "https://localhost:${mgt.transport.https.port}"
GATEWAY = '\n[nodes.gw]\nrole = "gateway"\nhostname = "gw.wso2.com"\noffset = 1\n'
KEY_MANAGER = '\n[nodes.km]\nrole = "key-manager"\nhostname = "km.wso2.com"\n'


def apim(node: str, text: str) -> dict:
    plan = make_plan(parse_topology(text))
    return deployment_values(plan, plan.node(node))["apim"]


def test_it_asks_itself_for_everything() -> None:
    found = apim("am", SINGLE)
    assert found["key_manager"]["service_url"] == f"{OWN}/services/"
    assert found["throttling"]["service_url"] == f"{OWN}/services/"
    assert found["throttling"]["throttle_decision_endpoints"] == ["tcp://localhost:5672"]
    assert found["event_hub"]["service_url"] == f"{OWN}/services/"
    assert found["event_hub"]["event_listening_endpoints"] == ["tcp://localhost:5672"]
    assert "event_duplicate_url" not in found["throttling"] | found["event_hub"]
    [environment] = found["gateway"]["environment"]
    assert environment["service_url"] == f"{OWN}/services/"
    assert environment["https_endpoint"] == "https://am.wso2.com:8243"
    assert found["sync_runtime_artifacts"]["gateway"]["gateway_labels"] == ["Default"]


def test_its_tokens_are_reported_to_itself() -> None:
    plan = make_plan(parse_topology(SINGLE))
    [listener] = deployment_values(plan, plan.node("am"))["event_listener"]
    assert listener["properties"]["notification_endpoint"] == f"{OWN}/internal/data/v1/notify"


def test_it_starts_with_the_profile_that_is_every_profile() -> None:
    plan = make_plan(parse_topology(SINGLE))
    assert deployment_values(plan, plan.node("am"))["server"]["server_role"] == "default"


@pytest.mark.parametrize("version", ["4.1.0", "4.2.0", "4.3.0", "4.6.0"])
@pytest.mark.parametrize(("node", "other"), [("am-1", "am-2"), ("am-2", "am-1")])
def test_of_a_pair_each_tells_both_and_copies_to_the_other(
    version: str, node: str, other: str
) -> None:
    found = apim(node, PAIR.replace("4.1.0", version))
    receivers = [
        (group["traffic_manager_urls"], group["traffic_manager_auth_urls"])
        for group in found["throttling"]["url_group"]
    ]
    assert receivers == [
        ([f"tcp://am-{number}.wso2.com:9611"], [f"ssl://am-{number}.wso2.com:9711"])
        for number in (1, 2)
    ]
    assert [group["urls"] for group in found["event_hub"]["publish"]["url_group"]] == [
        ["tcp://am-1.wso2.com:9611"],
        ["tcp://am-2.wso2.com:9611"],
    ]
    assert found["throttling"]["event_duplicate_url"] == [f"tcp://{other}.wso2.com:5672"]
    assert found["throttling"]["throttle_decision_endpoints"] == ["tcp://localhost:5672"]
    assert found["event_hub"]["event_listening_endpoints"] == ["tcp://localhost:5672"]


def test_a_pair_is_called_by_its_balancer_s_name() -> None:
    plan = make_plan(parse_topology(PAIR))
    values = deployment_values(plan, plan.node("am-2"))
    assert values["server"]["hostname"] == "am.wso2.com"
    assert values["transport"]["https"]["properties"]["proxyPort"] == 443
    [environment] = values["apim"]["gateway"]["environment"]
    assert environment["https_endpoint"] == "https://am.wso2.com:8243"
    assert environment["wss_endpoint"] == "wss://am.wso2.com:8099"


def test_gateways_beside_it_go_to_it_and_serve_its_environment() -> None:
    found = apim("gw", SINGLE + GATEWAY)
    assert found["key_manager"]["service_url"] == "https://am.wso2.com:9443/services/"
    assert found["event_hub"]["event_listening_endpoints"] == ["tcp://am.wso2.com:5672"]
    assert found["throttling"]["throttle_decision_endpoints"] == ["tcp://am.wso2.com:5672"]
    [environment] = apim("am", SINGLE + GATEWAY)["gateway"]["environment"]
    assert environment["service_url"] == "https://gw.wso2.com:9444/services/"
    assert environment["https_endpoint"] == "https://gw.wso2.com:8244"


def test_an_environment_that_its_own_gateway_alone_serves_stays_its_own() -> None:
    text = SINGLE.replace('hostname = "am', 'environments = ["Internal"]\nhostname = "am')
    served = {
        environment["name"]: environment["https_endpoint"]
        for environment in apim("am", text + GATEWAY)["gateway"]["environment"]
    }
    assert served == {
        "Default": "https://gw.wso2.com:8244",
        "Internal": "https://am.wso2.com:8243",
    }


def test_a_key_manager_beside_it_is_asked_for_tokens() -> None:
    text = SINGLE + KEY_MANAGER
    assert apim("am", text)["key_manager"]["service_url"] == "https://km.wso2.com:9443/services/"
    hub = apim("km", text)["event_hub"]
    assert hub["event_listening_endpoints"] == ["tcp://am.wso2.com:5672"]


def test_its_comments_say_that_a_connection_stays_in_the_node() -> None:
    plan = make_plan(parse_topology(SINGLE))
    told = deployment_comments(plan, plan.node("am"))
    assert told["apim", "key_manager"] == "To this node's own key manager: tokens and their keys."
    assert told["apim", "throttling"].startswith("To this node's own traffic manager:")
    assert told["apim", "event_hub"].startswith("To this node's own event hub")
    beside = make_plan(parse_topology(SINGLE + KEY_MANAGER))
    told = deployment_comments(beside, beside.node("am"))
    assert told["apim", "key_manager"] == "To the key manager (km): tokens and their keys."
