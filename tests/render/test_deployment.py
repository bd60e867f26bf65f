import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.render.deployment import deployment_values
from lab.topology.read import parse_topology, read_topology

CHECKOUT = Path(__file__).parents[2]
SAMPLES = Path(__file__).parent / "samples"
TEXT = (CHECKOUT / "topologies/km-tm-separated.toml").read_text(encoding="utf-8")
NODES = ("cp", "gw", "tm", "km")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, (type(value).__name__, value)


def generated(node: str, plan: Plan | None = None) -> dict[str, Any]:
    plan = plan or make_plan(parse_topology(TEXT))
    return dict(leaves(deployment_values(plan, plan.node(node))))


def sample(node: str) -> dict[str, Any]:
    return dict(leaves(tomllib.loads((SAMPLES / f"{node}.toml").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("node", NODES)
def test_every_value_of_the_document_s_sample_is_generated_and_nothing_else(node: str):
    expected, actual = sample(node), generated(node)
    assert {key: actual.get(key) for key in expected} == expected
    assert {key: expected.get(key) for key in actual} == actual


def test_the_samples_are_whole():
    assert {node: len(sample(node)) for node in NODES} == {"cp": 66, "gw": 47, "tm": 31, "km": 46}


def test_a_database_s_port_is_a_string_as_in_the_samples():
    assert generated("cp")["database.apim_db.port"] == ("str", "3306")


def shifted(offsets: dict[str, int]) -> Plan:
    text = TEXT
    for node, offset in offsets.items():
        text = text.replace(f"[nodes.{node}]", f"[nodes.{node}]\noffset = {offset}")
    return make_plan(parse_topology(text))


def addresses(values: dict[str, Any]) -> set[tuple[str, int]]:
    text = repr(values)
    return {(host, int(port)) for host, port in re.findall(r"//([a-z]+)\.wso2\.com:(\d+)", text)}


@pytest.mark.parametrize("moved", NODES)
def test_an_offset_moves_every_url_of_every_node_that_points_there_and_no_other(moved: str):
    plan = shifted({moved: 7})
    for node in NODES:
        before = addresses(generated(node))
        after = {(host, port + (7 if host == moved else 0)) for host, port in before}
        assert addresses(generated(node, plan)) == after
    assert generated(moved, plan)["server.offset"] == ("int", 7)


def test_offsets_of_all_nodes_at_once_don_t_mix():
    offsets = {"cp": 1, "gw": 2, "tm": 3, "km": 4}
    plan = shifted(offsets)
    for node in NODES:
        expected = {(host, port + offsets[host]) for host, port in addresses(generated(node))}
        assert addresses(generated(node, plan)) == expected


def test_host_names_and_the_database_are_the_topology_s():
    text = TEXT.replace("wso2.com", "example.test").replace('"root"', '"apim"')
    plan = make_plan(parse_topology(text.replace("[database]", "[database]\nport = 3310")))
    values = generated("km", plan)
    assert values["database.shared_db.hostname"] == ("str", "db.example.test")
    assert values["database.shared_db.port"] == ("str", "3310")
    assert values["database.shared_db.username"] == ("str", "apim")
    assert "wso2.com" not in repr(values).replace("org.wso2.com", "")


def test_a_node_s_own_config_is_laid_on_top():
    plan = make_plan(read_topology(CHECKOUT / "tests/topologies/good/offsets.toml"))
    values = generated("gw", plan)
    labels = "apim.sync_runtime_artifacts.gateway.gateway_labels"
    assert values[labels] == ("list", ["Default", "internal"])
    assert values["apim.sync_runtime_artifacts.gateway.skip_list.apis"] == ("list", ["api1.xml"])
    assert values["transport.https.properties.proxyPort"] == ("int", 443)
    assert values["apim.event_hub.enable"] == ("bool", True)
