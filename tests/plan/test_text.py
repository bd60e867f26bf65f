from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.topology.read import read_topology

CHECKOUT = Path(__file__).parents[2]
TOPOLOGIES = (
    "topologies/km-tm-separated.toml",
    "tests/topologies/good/offsets.toml",
    "tests/topologies/good/pairs-with-offsets.toml",
    "topologies/ha-all.toml",
    "topologies/ha-control-plane.toml",
    "topologies/ha-gateway.toml",
    "topologies/ha-key-manager.toml",
    "topologies/ha-traffic-manager.toml",
    "topologies/is-key-manager.toml",
)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_plan_s_text_is_the_golden_one(topology: str):
    golden = CHECKOUT / "tests" / "golden" / Path(topology).stem / "plan.txt"
    plan = make_plan(read_topology(CHECKOUT / topology))
    assert f"{plan}\n" == golden.read_text(encoding="utf-8")
