"""A lab that runs already is reported only to whom it is the one asked for."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lab.errors import UsageError
from lab.launch.cluster import Cluster
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.topology.read import parse_topology
from lab.verbs.standing import refuse_another

TEXT = (Path(__file__).parents[2] / "topologies/km-tm-separated.toml").read_text(encoding="utf-8")


def plan(text: str = TEXT, **over: Any) -> Plan:
    return make_plan(parse_topology(text), **over)


def standing(of: Plan) -> Cluster:
    return cast("Cluster", SimpleNamespace(plan=of, folder=Path("/labs/it")))


def test_comments_and_layout_make_no_other_lab() -> None:
    refuse_another(standing(plan()), plan(f"# edited\n\n{TEXT}"), None)


def test_a_lab_of_another_topology_is_told_with_the_way_out() -> None:
    edited = plan(TEXT.replace('version = "4.1.0"', 'version = "4.2.0"'))
    with pytest.raises(UsageError) as refused:
        refuse_another(standing(plan()), edited, None)
    (problem,) = refused.value.problems
    assert problem.what.startswith("the lab lab runs already, and is not what ")
    assert problem.mend.startswith("`lab down lab` first")


def test_other_nodes_count_only_where_they_are_asked_for() -> None:
    products = plan(nodes="image:wso2/wso2am:4.1.0")
    refuse_another(standing(products), plan(), None)
    with pytest.raises(UsageError, match="has other nodes than `--nodes` asks for"):
        refuse_another(standing(plan()), products, "image:wso2/wso2am:4.1.0")
