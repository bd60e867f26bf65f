from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.plan.text import plan_text
from lab.topology.read import read_topology

CHECKOUT = Path(__file__).parents[2]
TOPOLOGIES = (CHECKOUT / "tests/golden/topologies.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_plan_s_text_is_the_golden_one(topology: str):
    golden = CHECKOUT / "tests" / "golden" / Path(topology).stem / "plan.txt"
    plan = make_plan(read_topology(CHECKOUT / topology))
    assert f"{plan_text(plan)}\n" == golden.read_text(encoding="utf-8")
