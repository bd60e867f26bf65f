"""Who manages the swarm when managers are lost."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lab.errors import EngineError
from lab.launch.labels import LAB, MEMBER
from lab.launch.swarm import leading
from lab.launch.swarm.engine import SwarmEngine
from lab.launch.swarm.machines import Machine
from lab.launch.swarm.requirements import lacking
from lab.launch.swarm.survey import survey
from lab.launch.swarm.told import TASK_OF
from tests.launch.swarm.scripted import Script, serving

LOST = Machine("m1", host="unix:///nowhere")


@contextmanager
def machines(folder: Path, *scripts: Script) -> Iterator[list[Machine]]:
    with ExitStack() as served:
        yield [LOST, *(served.enter_context(serving(one, folder)) for one in scripts)]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "_ELECTED_WITHIN", 1.0)


def test_a_manager_that_answers_stands_in_for_the_lost_one(tmp_path: Path) -> None:
    scripts = (Script("m2", manages=False), Script("m3"))
    with machines(tmp_path, *scripts) as named, SwarmEngine.of(named, {}) as engine:
        assert (engine.manager, set(engine.lost)) == ("m3", {"m1"})
        assert engine.services(LAB) == ()


def test_who_changes_something_waits_until_the_managers_have_elected_a_leader(
    tmp_path: Path,
) -> None:
    script = Script("m2", leads=False, leads_after=2)
    with machines(tmp_path, script) as named, SwarmEngine.of(named, {}) as engine:
        assert (engine.manager, script.leads) == ("m2", True)


def test_without_a_leader_nothing_is_changed_and_the_lost_manager_is_named(
    tmp_path: Path,
) -> None:
    with (
        machines(tmp_path, Script("m2", leads=False)) as named,
        pytest.raises(EngineError) as caught,
    ):
        SwarmEngine.of(named, {})
    (problem,) = caught.value.problems
    assert problem.what.startswith("no manager leads the swarm")
    assert "m1 does not answer" in problem.what
    assert "--force-new-cluster" in problem.mend


def test_without_a_leader_who_looks_is_told_by_the_machines(tmp_path: Path) -> None:
    script = Script("m2", leads=False)
    swarm = "com.docker.swarm"
    labels = {LAB: "x", MEMBER: "gw", TASK_OF: "s", f"{swarm}.service.name": "lab-x-gw"}
    labels |= {f"{swarm}.task.id": "t", f"{swarm}.node.id": "m2"}
    script.running = [{"Id": "c", "Created": 1, "Labels": labels}]
    with (
        machines(tmp_path, script) as named,
        SwarmEngine.of(named, {}, to_look=True) as engine,
    ):
        (found,) = engine.services(LAB)
        assert (found.name, engine.unseen_machine) == ("lab-x-gw", "m1")


def test_a_leader_that_is_lost_under_way_leaves_who_looks_to_the_machines(tmp_path: Path) -> None:
    script = Script("m2")
    with machines(tmp_path, script) as named, SwarmEngine.of(named, {}) as engine:
        script.leads = False
        assert engine.services(LAB) == ()
        with pytest.raises(EngineError, match="no manager leads the swarm"):
            engine.nodes()


def test_a_swarm_without_a_leader_is_what_its_managers_lack(tmp_path: Path) -> None:
    scripts = (Script("m2", leads=False), Script("m3", manages=False))
    with machines(tmp_path, *scripts) as named:
        told = lacking(survey(named, {}))
    assert told["m2"][0].startswith("no manager leads the swarm")
    assert told["m3"] == ()
