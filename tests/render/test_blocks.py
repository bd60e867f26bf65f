"""The document's optional blocks, from the topology into the files of the nodes that have them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.render.deployment import deployment_values
from lab.topology.read import parse_topology, read_topology
from tests.render.test_deployment import leaves

CHECKOUT = Path(__file__).parents[2]
ALL = make_plan(read_topology(CHECKOUT / "topologies/all-blocks.toml"))
DEFAULT = (CHECKOUT / "topologies/km-tm-separated.toml").read_text(encoding="utf-8")
SAMPLE = Path(__file__).parent / "samples/blocks.toml"
DOCUMENT = tomllib.loads(SAMPLE.read_text(encoding="utf-8"))
INTERNAL = """
[nodes.gw-2]
role = "gateway"
hostname = "gw-2.wso2.com"
offset = 5
environments = ["Internal", "Partners"]
"""


def values(plan: Plan, node: str) -> dict[str, Any]:
    return deployment_values(plan, plan.node(node))


def planned(more: str) -> Plan:
    return make_plan(parse_topology(f"{DEFAULT}\n{more}"))


def environments(plan: Plan) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in values(plan, "cp")["apim"]["gateway"]["environment"]}


@pytest.mark.parametrize("node", DOCUMENT)
def test_every_value_of_the_document_s_optional_blocks_is_generated(node: str) -> None:
    expected, actual = dict(leaves(DOCUMENT[node])), dict(leaves(values(ALL, node)))
    assert expected
    assert {key: actual.get(key) for key in expected} == expected


def test_a_block_of_one_role_is_in_no_other_s_file() -> None:
    assert "skip_list" not in repr(values(ALL, "cp"))
    assert "cache_invalidation" not in repr(values(ALL, "gw"))
    assert "jwt" not in values(ALL, "km")["apim"]
    assert "skip_redeploying_policies" not in repr(values(ALL, "gw"))


def test_a_gateway_s_labels_are_its_environments() -> None:
    plan = planned(INTERNAL)
    labels = {
        node: values(plan, node)["apim"]["sync_runtime_artifacts"]["gateway"]["gateway_labels"]
        for node in ("gw", "gw-2")
    }
    assert labels == {"gw": ["Default"], "gw-2": ["Internal", "Partners"]}


def test_the_control_plane_lists_each_environment_with_the_gateway_that_serves_it() -> None:
    found = environments(planned(INTERNAL))
    assert list(found) == ["Default", "Internal", "Partners"]
    assert found["Default"]["https_endpoint"] == "https://gw.wso2.com:8243"
    for name in ("Internal", "Partners"):
        assert {key: value for key, value in found[name].items() if "://" in str(value)} == {
            "service_url": "https://gw-2.wso2.com:9448/services/",
            "ws_endpoint": "ws://gw-2.wso2.com:9104",
            "wss_endpoint": "wss://gw-2.wso2.com:8104",
            "http_endpoint": "http://gw-2.wso2.com:8285",
            "https_endpoint": "https://gw-2.wso2.com:8248",
        }


def test_gateways_of_one_environment_stand_behind_their_own_balancer() -> None:
    pair = INTERNAL + INTERNAL.replace("gw-2", "gw-3").replace("offset = 5", "")
    balancer = """
[balancers.internal]
role = "gateway"
hostname = "internal.wso2.com"
members = ["gw-2", "gw-3"]
"""
    plan = planned(pair + balancer)
    found = environments(plan)
    assert found["Partners"]["https_endpoint"] == "https://internal.wso2.com"
    assert found["Default"]["https_endpoint"] == "https://gw.wso2.com:8243"
    assert plan.others_of("gw-2") == ("gw-3",)
    assert plan.others_of("gw") == ()
    assert values(plan, "gw-3")["server"]["hostname"] == "internal.wso2.com"
    assert values(plan, "gw")["server"]["hostname"] == "gw.wso2.com"
    assert "transport" not in values(plan, "gw")


def test_what_the_topology_says_of_an_environment_lies_over_the_generated_record() -> None:
    found = environments(ALL)
    assert found["Internal"]["type"] == "production"
    assert found["Partners"]["type"] == found["Default"]["type"] == "hybrid"
    assert found["Internal"]["display_in_api_console"] is True


def test_config_is_laid_for_all_then_for_the_role_then_for_the_node() -> None:
    tables = """
[config.apim.oauth_config]
a = 1
b = 1
c = 1
[roles.gateway.config.apim.oauth_config]
b = 2
c = 2
[roles.gateway.config]
event_listener = []
"""
    own = "[nodes.gw.config.apim.oauth_config]\nc = 3\n"
    plan = planned(tables + own)
    assert values(plan, "gw")["apim"]["oauth_config"] == {"a": 1, "b": 2, "c": 3}
    assert values(plan, "gw")["event_listener"] == []
    assert values(plan, "tm")["apim"]["oauth_config"] == {"a": 1, "b": 1, "c": 1}


def test_a_database_of_one_node_lies_where_the_topology_says() -> None:
    apim, shared = (values(ALL, "cp")["database"][name] for name in ("apim_db", "shared_db"))
    assert (apim["hostname"], apim["port"], apim["name"]) == ("keys.wso2.com", "3307", "WSO2AM_DB")
    assert (shared["hostname"], shared["username"]) == ("users.wso2.com", "shared")
    assert values(ALL, "gw-internal")["database"]["shared_db"]["hostname"] == "users.wso2.com"
    assert values(ALL, "gw")["database"]["shared_db"]["type"] == "h2"
