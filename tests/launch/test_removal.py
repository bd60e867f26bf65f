"""Removal: what is on its way out is waited for, and nothing else."""

import math
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.errors import LabError, Problem
from lab.launch import removal
from lab.launch.labels import FOLDER, LAB, PART, Part
from lab.launch.refusals import GoingError, GoneError, InUseError
from lab.launch.removal import LabObjects, remove_lab_objects, remove_objects
from lab.launch.seen import SeenContainer, SeenNetwork

NODE = SeenContainer("1" * 64, "lab-t-gw", {LAB: "t", PART: str(Part.NODE)}, "removing")
NETWORK = SeenNetwork("2" * 64, "lab-t", "", {LAB: "t", PART: str(Part.NETWORK)}, ())


class Going:
    """An engine that is removing a container already, and has done so after *times* refusals."""

    def __init__(self, times: int) -> None:
        self.left = times

    def remove(self, container: str) -> None:
        self.left -= 1
        kind = GoingError if self.left >= 0 else GoneError
        raise kind(Problem("the engine refuses", f"container {container}", ""))


def removed(engine: Any) -> None:
    remove_objects(engine, LabObjects((NODE,)))


def test_somebody_elses_removal_of_a_container_is_waited_for() -> None:
    engine = Going(3)
    removed(engine)
    assert engine.left < 0


def test_a_removal_that_never_ends_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "_VANISH", 0.1)
    with pytest.raises(LabError, match="the engine refuses"):
        removed(Going(1000))


class Slow:
    """An engine whose containers end only *after* their network went, or whose network never does.

    A real one refuses a network until its containers have left it, which they do before their
    files are gone.
    """

    def __init__(self, *, refusals: float) -> None:
        self.refusals = refusals
        self.network_went = threading.Event()
        self.asked = 0

    def remove(self, container: str) -> None:
        assert self.network_went.wait(5), f"the files of {container} are waited for first"

    def remove_network(self, network: str) -> None:
        self.asked += 1
        if self.asked <= self.refusals:
            raise InUseError(Problem("has active endpoints", f"network {network}", ""))
        self.network_went.set()

    def attached(self, _network: str) -> dict[str, str]:
        return {}


@pytest.mark.parametrize("refusals", [0, 3])
def test_a_network_goes_while_the_files_of_its_containers_are_removed(refusals: int) -> None:
    engine = Slow(refusals=refusals)
    remove_objects(engine, LabObjects((NODE,), (NETWORK,)))  # type: ignore[arg-type]
    assert engine.asked == refusals + 1


def test_a_network_whose_endpoints_never_vanish_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "_VANISH", 0.1)
    engine = Slow(refusals=math.inf)
    engine.network_went.set()
    with pytest.raises(LabError, match="has active endpoints"):
        remove_objects(engine, LabObjects((NODE,), (NETWORK,)))  # type: ignore[arg-type]


def test_the_prober_goes_when_all_others_have_gone() -> None:
    gone: list[str] = []

    class Engine:
        def remove(self, container: str) -> None:
            gone.append(container)

    prober = SeenContainer("0" * 64, "lab-t-prober", {PART: str(Part.PROBER)}, "running")
    others = [replace(NODE, id=digit * 64) for digit in "789"]
    remove_objects(Engine(), LabObjects((prober, *others)))  # type: ignore[arg-type]
    assert sorted(gone[:-1]) == [other.id for other in others]
    assert gone[-1] == prober.id


@pytest.mark.parametrize(("held", "stays"), [((), False), (("notes.txt",), True)])
def test_the_folder_of_a_start_that_wrote_no_file_goes_only_while_it_is_empty(
    tmp_path: Path, held: tuple[str, ...], *, stays: bool
) -> None:
    folder = tmp_path / ".lab" / "t"
    folder.mkdir(parents=True)
    for name in held:
        (folder / name).touch()
    node = SeenContainer("1" * 64, "lab-t-gw", {LAB: "t", FOLDER: str(folder)}, "created")
    remove_lab_objects(Going(0), "t", LabObjects((node,)))  # type: ignore[arg-type]
    assert folder.exists() is stays


def test_a_folder_that_somebody_else_removes_at_the_same_time_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "t"
    (folder / "nodes").mkdir(parents=True)
    (folder / "topology.toml").touch()
    (folder / "options.json").write_text('{"name": "t"}')
    remove, calls = shutil.rmtree, []

    def missing_one(path: Path) -> None:
        calls.append(path)
        if len(calls) == 1:
            raise FileNotFoundError
        remove(path)

    monkeypatch.setattr(removal.shutil, "rmtree", missing_one)
    network = replace(NETWORK, labels={LAB: "t", FOLDER: str(folder)})
    remove_lab_objects(Nobody(), "t", LabObjects(networks=(network,)))
    assert len(calls) == 2
    assert not folder.exists()


class Nobody:
    """An engine on which everything is gone already."""

    def remove_network(self, network: str) -> None:
        raise GoneError(Problem("the engine refuses", network, ""))
