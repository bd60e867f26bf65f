from dataclasses import replace
from pathlib import Path

import pytest

from lab.launch.sizes import bytes_of
from lab.launch.swarm.placement import Room, place, reservations
from lab.launch.swarm.requirements import memory_problems
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.topology.read import read_topology

TOPOLOGIES = Path(__file__).parents[3] / "topologies"
GIB = 1 << 30
ROOMS = (Room("one", 4 * GIB), Room("two", 4 * GIB))


def plan_of(name: str) -> Plan:
    return make_plan(read_topology(TOPOLOGIES / f"{name}.toml"))


def test_of_nodes_that_differ_only_the_database_is_bound() -> None:
    assert place(plan_of("km-tm-separated"), ROOMS) == {"db": "one"}


def real(name: str) -> Plan:
    plan = plan_of(name)
    return replace(plan, nodes=tuple(replace(node, kind="home") for node in plan.nodes))


def test_every_node_of_the_product_is_bound_and_four_fit_into_twice_3_gib() -> None:
    plan = real("km-tm-separated")
    rooms = (Room("one", 3 * GIB), Room("two", 3 * GIB))
    placed = place(plan, rooms)
    assert set(placed) == {"cp", "gw", "tm", "km", "db"}
    assert memory_problems(rooms, reservations(plan), placed) == []


def test_a_pair_comes_together_where_only_one_machine_has_room() -> None:
    placed = place(real("ha-control-plane"), (Room("full", 0), Room("wide", 16 * GIB)))
    assert set(placed.values()) == {"wide"}


def test_members_of_a_pair_are_on_different_machines() -> None:
    plan = plan_of("ha-all")
    placed = place(plan, ROOMS)
    pairs = [(node.name, other) for node in plan.nodes for other in plan.others_of(node.name)]
    assert pairs
    assert [pair for pair in pairs if placed[pair[0]] == placed[pair[1]]] == []


def test_the_larger_machine_gets_the_database() -> None:
    assert place(plan_of("km-tm-separated"), (ROOMS[0], Room("large", 8 * GIB))) == {"db": "large"}


def test_one_machine_takes_a_whole_pair() -> None:
    assert set(place(plan_of("ha-all"), ROOMS[:1]).values()) == {"one"}


def test_every_member_reserves_what_its_container_may_take() -> None:
    reserved = reservations(plan_of("km-tm-separated"))
    assert reserved == {**dict.fromkeys(("cp", "gw", "tm", "km"), GIB // 4), "db": GIB // 2}


@pytest.mark.parametrize(
    ("text", "size"), [("256m", GIB // 4), ("1g", GIB), ("7", 7), ("2K", 2048)]
)
def test_sizes_are_read_as_a_container_has_them(text: str, size: int) -> None:
    assert bytes_of(text) == size
    with pytest.raises(ValueError, match="1x"):
        bytes_of("1x")
