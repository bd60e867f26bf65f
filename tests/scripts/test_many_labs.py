"""What `scripts/many_labs.py` does without an engine."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from lab.plan.make import make_plan
from lab.render.configuration import write_configuration
from lab.topology.read import parse_topology
from lab.wiring.read import read_links

SCRIPT = Path(__file__).parents[2] / "scripts" / "many_labs.py"


@pytest.fixture(scope="module")
def many() -> ModuleType:
    found = importlib.util.spec_from_file_location("many_labs", SCRIPT)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_its_two_nodes_name_nobody_else(many: ModuleType, tmp_path: Path) -> None:
    plan = make_plan(parse_topology(many._TOPOLOGY))
    assert [node.name for node in plan.nodes] == ["cp", "gw"]
    write_configuration(plan, tmp_path)
    links = read_links(tmp_path / "nodes", plan).links
    assert {link.to for link in links} == {"cp", "gw", "db"}


def test_no_further_lab_begins_when_there_is_no_room(many: ModuleType) -> None:
    begun: list[str] = []

    def up(name: str) -> object:
        begun.append(name)
        return many.Ran(name, 1.0, 0)

    def room_for(count: int) -> Callable[[], bool]:
        return lambda: len(begun) < count

    ran = many.side_by_side(up, ["a", "b", "c"], 1, may_go_on=room_for(2))
    assert [one.lab for one in ran] == begun == ["a", "b"]
