from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import EngineError, Problem
from lab.launch.seen import EngineFacts, Membership
from lab.launch.swarm.machines import Machine
from lab.launch.swarm.member import SwarmNode
from lab.launch.swarm.placement import Room
from lab.launch.swarm.requirements import (
    lacking,
    memory_problems,
    problems_of,
    rooms_of,
    unsupported,
)
from lab.launch.swarm.survey import SeenMachine, Survey
from lab.launch.swarm.ways import without_vxlan
from lab.plan.make import make_plan
from lab.plan.model import PlannedMachine
from lab.topology.read import read_topology

TOPOLOGY = Path(__file__).parents[3] / "topologies" / "km-tm-separated.toml"
GIB, MIB = 1 << 30, 1 << 20
MEMBER = Membership("active", "node-a", "10.0.0.1", is_manager=True)
FACTS = EngineFacts("20.10.24+dfsg1", "overlay2", (), "x86_64", 4 * GIB, 2, swarm=MEMBER)
NODES = (SwarmNode("node-a", "a", "ready", "active"), SwarmNode("node-b", "b", "ready", "active"))
WORKER = replace(FACTS, swarm=Membership("active", "node-b", "10.0.0.2"))


def seen(name: str, facts: EngineFacts | None) -> SeenMachine:
    return SeenMachine(Machine(name, host=f"ssh://{name}"), facts, "" if facts else "no route")


def surveyed(worker: EngineFacts | None = WORKER, nodes: tuple[SwarmNode, ...] = NODES) -> Survey:
    return Survey((seen("a", FACTS), seen("b", worker)), nodes)


def test_two_machines_of_one_swarm_lack_nothing() -> None:
    assert lacking(surveyed()) == {"a": (), "b": ()}
    assert problems_of(surveyed()) == []


@pytest.mark.parametrize(
    ("worker", "nodes", "said"),
    [
        (None, NODES, "does not answer: no route"),
        (replace(WORKER, swarm=Membership()), NODES, "in no swarm (`inactive`)"),
        (WORKER, NODES[:1], "in another swarm than the first manager here"),
        (
            WORKER,
            (NODES[0], replace(NODES[1], state="down")),
            "`down` to its manager: open TCP 2377",
        ),
        (WORKER, (NODES[0], replace(NODES[1], availability="drain")), "takes no work (`drain`)"),
        (replace(WORKER, ahead=-95.0), NODES, "its clock is 95 s behind this machine's"),
        (replace(WORKER, version="19.03.8"), NODES, "engine 19.03.8: 20.10 is the oldest"),
    ],
)
def test_what_a_machine_lacks_is_named(
    worker: EngineFacts | None, nodes: tuple[SwarmNode, ...], said: str
) -> None:
    (told,) = lacking(surveyed(worker, nodes))["b"]
    assert said in told
    (problem,) = problems_of(surveyed(worker, nodes))
    assert (problem.where, said in problem.what) == ("machine b", True)


def test_all_that_is_missing_is_told_at_once() -> None:
    worker = replace(WORKER, ahead=95.0, version="19.03.8", architecture="aarch64")
    told = [problem.what for problem in problems_of(surveyed(worker))]
    assert [what.split(":")[0] for what in told] == [
        "the machine engine 19.03.8",
        "the machine its clock is 95 s before this machine's",
        "the machines are of several architectures",
    ]


def test_without_a_manager_nothing_can_be_deployed() -> None:
    (problem,) = problems_of(Survey((seen("b", WORKER),)))
    assert problem.what == "no machine manages the swarm"


def test_no_machine_at_all_is_a_problem() -> None:
    (problem,) = problems_of(Survey(()))
    assert problem.what == "no machine is known"


def test_the_memory_that_is_missing_is_a_number() -> None:
    rooms = rooms_of(surveyed(), {})
    fits = {"cp": 2 * GIB, "gw": 2 * GIB}
    assert memory_problems(rooms, fits, {}) == []
    (problem,) = memory_problems(rooms, {**fits, "tm": 2 * GIB}, {})
    assert "reserves 6144 MiB and the machines have 7680 MiB" in problem.what
    assert problem.what.endswith("no machine has more than 1792 MiB left: 256 MiB are missing")


def test_what_other_labs_reserve_is_not_there() -> None:
    rooms = rooms_of(surveyed(), {"node-a": 3 * GIB, "node-b": 5 * GIB})
    assert [(room.node, room.memory // MIB) for room in rooms] == [("node-a", 768), ("node-b", 0)]


def test_a_member_counts_where_it_is_placed() -> None:
    rooms = (Room("a", 2 * GIB), Room("b", 3 * GIB))
    wanted = {"cp": 2 * GIB, "gw": 2 * GIB}
    assert memory_problems(rooms, wanted, {"cp": "a"}) == []
    assert memory_problems(rooms, wanted, {"cp": "b", "gw": "a"}) == []
    assert memory_problems(rooms, wanted, {"cp": "a", "gw": "a"}) != []


def test_a_kernel_without_vxlan_is_named_and_any_other_error_stays() -> None:
    told = EngineError(Problem("error creating vxlan interface: not supported", "container", ""))
    (problem,) = without_vxlan("b", told).problems
    assert "the machine b can't have an overlay network" in problem.what
    other = EngineError(Problem("no space left", "container", ""))
    assert without_vxlan("b", other) is other


@pytest.mark.parametrize("kind", ["home", "zip", "image", "stand-in"])
def test_nodes_of_the_product_are_not_refused(kind: str) -> None:
    plan = make_plan(read_topology(TOPOLOGY))
    plan = replace(plan, nodes=tuple(replace(node, kind=kind) for node in plan.nodes))
    assert unsupported(plan) == []


def test_members_beside_each_other_are_refused() -> None:
    plan = make_plan(read_topology(TOPOLOGY))
    machine = PlannedMachine("lab-x-m", "m", ("m",), (), ("cp", "gw"))
    (problem,) = unsupported(replace(plan, machines=(machine,)))
    assert "need one engine's networks" in problem.what
