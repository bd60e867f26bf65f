"""Who manages the swarm when managers are lost."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab.errors import EngineError
from lab.launch.engine import Engine
from lab.launch.labels import LAB, MEMBER
from lab.launch.swarm import fleet, leading
from lab.launch.swarm.engine import SwarmEngine
from lab.launch.swarm.machines import Machine
from lab.launch.swarm.member import MemberEngine
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


def test_images_are_made_over_one_connection_that_ends_with_the_fleet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    class Workshop(Engine):
        is_open = True

        def close(self) -> None:
            self.is_open = False
            super().close()

    def connect(environ: Mapping[str, str]) -> Workshop:
        made.append(Workshop.connect(environ))
        return made[-1]

    monkeypatch.setattr(fleet, "Engine", SimpleNamespace(connect=connect))
    with machines(tmp_path, Script("m2")) as named:
        environ = {"DOCKER_HOST": named[1].host}
        with SwarmEngine.of(named, environ) as engine:
            assert engine.workshop is engine.workshop
            assert made[0].is_open
    assert [one.is_open for one in made] == [False]


@pytest.mark.parametrize("others", [(), (Script("m2"),)])
def test_who_answers_and_does_not_tell_what_it_is_is_not_left_connected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: tuple[Script, ...]
) -> None:
    class Mute(Script):
        def answer(self, path: str) -> tuple[int, object]:
            return (500, {}) if path.endswith("/info") else super().answer(path)

    connected = set()

    class Member(MemberEngine):
        def __init__(self, *told: Any, **more: Any) -> None:
            super().__init__(*told, **more)
            connected.add(self)

        def close(self) -> None:
            super().close()
            connected.discard(self)

    monkeypatch.setattr(fleet, "MemberEngine", Member)
    with machines(tmp_path, Mute("m3"), *others) as named, suppress(EngineError):
        SwarmEngine.of(named, {}).close()
    assert connected == set()
