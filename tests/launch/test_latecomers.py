"""What comes after its maker was killed, and what somebody else makes meanwhile."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lab.launch import latecomers
from lab.launch.garbage import remove_leaked
from lab.launch.labels import FOLDER, LAB, OWNER
from lab.launch.latecomers import remove_latecomers, remove_left, was_cut_short
from lab.launch.ownership import Owner, this_process
from lab.launch.removal import LabObjects
from lab.launch.seen import SeenContainer

HERE = this_process()
DEAD = str(Owner(HERE.boot_id, HERE.pid_namespace, HERE.pid, HERE.start_time + 1))


def container(name: str, *, lab: str = "t", owner: str = DEAD, folder: str = "") -> SeenContainer:
    return SeenContainer(name, name, {LAB: lab, OWNER: owner, FOLDER: folder}, "created")


class Slow:
    """An engine on which containers appear by and by: with each look, the next of *coming*."""

    def __init__(self, *coming: Sequence[SeenContainer]) -> None:
        self.coming = list(coming)
        self.there: dict[str, SeenContainer] = {}

    def containers(self, label: str) -> tuple[SeenContainer, ...]:
        if self.coming:
            self.there |= {one.id: one for one in self.coming.pop(0)}
        key, _, value = label.partition("=")
        return tuple(one for one in self.there.values() if value in ("", one.labels[key]))

    def networks(self, _label: str) -> tuple[()]:
        return ()

    volumes = networks

    def remove(self, id_: str) -> None:
        del self.there[id_]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latecomers, "PAUSE", 0)


def left(*containers: SeenContainer) -> LabObjects:
    return LabObjects(containers)


def test_what_comes_of_a_killed_maker_is_removed_until_nothing_comes() -> None:
    engine: Any = Slow([container("gw")], [container("km")], [], [container("tm")])
    remove_latecomers(engine, [left(container("cp"))])
    assert sorted(engine.there) == []
    assert engine.coming == [[container("tm")]]  # a pause had brought nothing


def test_what_somebody_else_makes_meanwhile_stays() -> None:
    engine: Any = Slow([container("gw", owner=str(HERE)), container("km", lab="u")])
    remove_latecomers(engine, [left(container("cp"))])
    assert sorted(engine.there) == ["gw", "km"]


def test_nothing_is_waited_for_where_nothing_was_cut_short() -> None:
    engine: Any = Slow([container("gw")])
    remove_latecomers(engine, [])
    assert len(engine.coming) == 1


@pytest.mark.parametrize("files", [(), (".env",)])
def test_a_start_was_cut_short_until_its_folder_has_an_env(
    tmp_path: Path, files: Sequence[str]
) -> None:
    for name in files:
        (tmp_path / name).touch()
    assert was_cut_short(left(container("gw", folder=str(tmp_path)))) is not bool(files)
    assert not was_cut_short(left())


@pytest.mark.parametrize("has_env", [True, False])
def test_a_removal_looks_again_only_where_a_start_was_cut_short(
    tmp_path: Path, *, has_env: bool
) -> None:
    if has_env:
        (tmp_path / ".env").touch()
    engine: Any = Slow([container("gw", folder=str(tmp_path))], [container("km")])
    assert remove_left(engine, "t")
    assert len(engine.coming) == has_env
    assert not engine.there


def test_a_killed_start_that_appears_beside_a_collection_is_the_next_one_s() -> None:
    engine: Any = Slow([container("gw")], [container("cp", lab="u")])
    assert [remove_leaked(engine).labs, remove_leaked(engine).labs] == [("t",), ("u",)]
    assert not engine.there
