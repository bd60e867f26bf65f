"""The files of one topology in each version: the same but for what the versions differ in."""

from pathlib import Path
from typing import Any

import pytest

from lab.plan.make import make_plan
from lab.products import apim_4x
from lab.render.deployment import deployment_values
from lab.topology.read import parse_topology

VERSIONS = tuple(apim_4x.RELEASES)
TOPOLOGIES = Path(__file__).parents[2] / "topologies"
SINGLE = (TOPOLOGIES / "km-tm-separated.toml").read_text(encoding="utf-8")
PAIRS = (TOPOLOGIES / "ha-all.toml").read_text(encoding="utf-8")


def files(text: str, version: str) -> dict[str, dict[str, Any]]:
    plan = make_plan(parse_topology(text.replace('"4.1.0"', f'"{version}"')))
    return {node.name: deployment_values(plan, node) for node in plan.nodes}


def differences(first: Any, second: Any, key: str = "") -> dict[str, tuple[Any, Any]]:
    """Give every key whose value differs, with both values; None where one has none."""
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second) == 1:
        return differences(first[0], second[0], f"{key}[]")
    if not isinstance(first, dict) or not isinstance(second, dict):
        return {} if first == second else {key: (first, second)}
    found: dict[str, tuple[Any, Any]] = {}
    for name in {**first, **second}:
        below = f"{key}.{name}" if key else name
        found |= differences(first.get(name), second.get(name), below)
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_single_nodes_differ_in_their_role_s_name_and_the_gateway_s_type(version: str) -> None:
    ours, theirs = files(SINGLE, "4.1.0"), files(SINGLE, version)
    found = {node: differences(ours[node], theirs[node]) for node in ours}
    roles = {
        "gw": "gateway-worker",
        "cp": "control-plane",
        "tm": "traffic-manager",
        "km": "api-key-manager-deprecated",
    }
    expected: dict[str, dict[str, tuple[Any, Any]]] = {node: {} for node in roles}
    if version >= "4.5":
        expected = {node: {"server.server_role": (role, "default")} for node, role in roles.items()}
    if version >= "4.3":
        expected["cp"]["apim.gateway.environment[].gateway_type"] = (None, "Regular")
    assert found == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_pairs_differ_in_where_a_control_plane_s_copies_stand(version: str) -> None:
    ours, theirs = files(PAIRS, "4.1.0"), files(PAIRS, version)
    copies = "event_duplicate_url"
    moved = {
        node: found
        for node in ours
        if (
            found := {k: v for k, v in differences(ours[node], theirs[node]).items() if copies in k}
        )
    }
    other = {"cp-1": ["tcp://cp-2.wso2.com:5672"], "cp-2": ["tcp://cp-1.wso2.com:5672"]}
    assert moved == (
        {
            node: {
                f"apim.throttling.{copies}": (urls, None),
                f"apim.event_hub.{copies}": (None, urls),
            }
            for node, urls in other.items()
        }
        if version >= "4.3"
        else {}
    )
