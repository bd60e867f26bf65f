from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.plan.make import make_plan
from lab.render.comments import deployment_comments
from lab.render.deployment import deployment_values
from lab.topology.read import read_topology

PLAN = make_plan(read_topology(Path(__file__).parents[2] / "topologies/km-tm-separated.toml"))


@pytest.mark.parametrize("node", PLAN.nodes, ids=lambda node: node.name)
def test_every_table_that_holds_a_url_says_which_connection_it_makes(node):
    comments = deployment_comments(PLAN, node)

    for path, value in plain(deployment_values(PLAN, node)):
        if "://" in str(value):
            assert any(path[:end] in comments for end in range(1, len(path))), path


def plain(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from plain(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from plain(inner, path)
    else:
        yield path, value


def test_a_gateway_s_listener_is_told_to_be_inert_and_the_key_manager_s_is_not():
    gateway = deployment_comments(PLAN, PLAN.node("gw"))[("event_listener",)]
    key_manager = deployment_comments(PLAN, PLAN.node("km"))[("event_listener",)]
    assert "never fires" in gateway
    assert "never fires" not in key_manager


def test_the_control_plane_s_hub_is_called_its_own():
    assert "this node's own" in deployment_comments(PLAN, PLAN.node("cp"))[("apim", "event_hub")]
    assert "control plane's" in deployment_comments(PLAN, PLAN.node("tm"))[("apim", "event_hub")]
