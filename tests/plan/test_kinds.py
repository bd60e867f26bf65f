from pathlib import Path

import pytest

from lab.errors import UsageError
from lab.plan.kinds import Kind, parse_kind
from lab.plan.make import make_plan, read_plan
from lab.render.write import render
from lab.topology.read import parse_topology

TOPOLOGY = (Path(__file__).parents[2] / "topologies/km-tm-separated.toml").read_text()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("stand-in", Kind()),
        ("home:wso2am-4.1.0", Kind("home", "/here/wso2am-4.1.0")),
        ("zip:/there/wso2am-4.1.0.zip", Kind("zip", "/there/wso2am-4.1.0.zip")),
        ("image:wso2/wso2am:4.1.0", Kind("image", "wso2/wso2am:4.1.0")),
    ],
)
def test_a_kind_is_read_and_written(text: str, kind: Kind):
    assert parse_kind(text, Path("/here"), "--nodes") == kind
    assert parse_kind(str(kind), Path("/elsewhere"), "--nodes") == kind


@pytest.mark.parametrize("text", ["", "home", "home:", "stand-in:x", "docker:x"])
def test_what_is_no_kind_is_refused(text: str):
    with pytest.raises(UsageError) as refused:
        parse_kind(text, Path(), "nodes.cp.kind")
    (problem,) = refused.value.problems
    assert problem.where == "nodes.cp.kind"
    assert problem.mend == "use stand-in, home:PATH, zip:PATH, image:REF"


def test_a_node_s_own_kind_counts_more_than_the_call_s_and_that_more_than_the_file_s():
    text = TOPOLOGY.replace("[lab]", '[lab]\nnodes = "home:/product"', 1)
    text = text.replace("[nodes.gw]", '[nodes.gw]\nkind = "stand-in"')
    kinds = {node.name: node.kind for node in make_plan(parse_topology(text)).nodes}
    assert kinds == {"cp": "home", "gw": "stand-in", "tm": "home", "km": "home"}
    asked = make_plan(parse_topology(text), nodes="image:wso2am:4.1.0")
    assert {node.name: node.kind for node in asked.nodes} == {
        "cp": "image", "gw": "stand-in", "tm": "image", "km": "image",
    }  # fmt: skip


def test_a_kind_is_the_same_when_the_lab_is_looked_at_later(tmp_path: Path):
    text = TOPOLOGY.replace("[nodes.gw]", "[nodes.gw]\nheap = 300")
    plan = make_plan(parse_topology(text, where="sub/x.toml"))
    render(plan, tmp_path / "lab")
    assert read_plan(tmp_path / "lab") == plan


def test_nodes_of_the_product_get_a_heap_and_a_limit_that_fit_into_five_gibibytes():
    from lab.plan.containers import SERVER_MEMORY, node_environment, node_memory  # noqa: PLC0415

    plan = make_plan(parse_topology(TOPOLOGY), nodes="home:/product")
    limits = [int(node_memory(node)[:-1]) for node in plan.nodes]
    assert sum(limits) + int(SERVER_MEMORY[:-1]) <= 5 * 1024
    told = node_environment(plan.node("tm"))
    assert told["JVM_MEM_OPTS"] == "-Xms512m -Xmx512m"
    assert "-XX:TieredStopAtLevel=1" in told["JAVA_OPTS"]
    assert "JAVA_OPTS" not in node_environment(plan.node("tm"), quick=False)


def test_a_quick_start_s_diagnostic_option_is_unlocked_before_it():
    # A JDK of 13 and later refuses it otherwise: seen on 21 with 4.5.0.
    from lab.plan.containers import node_environment  # noqa: PLC0415

    plan = make_plan(parse_topology(TOPOLOGY), nodes="home:/product")
    options = node_environment(plan.node("tm"))["JAVA_OPTS"].split()
    assert options[0] == "-XX:+UnlockDiagnosticVMOptions"
    assert "-XX:-BytecodeVerificationRemote" in options
