"""Removal beside somebody else's: what is on its way out is waited for."""

from pathlib import Path
from typing import Any

import pytest

from lab.errors import LabError, Problem
from lab.launch import removal
from lab.launch.labels import FOLDER, LAB, PART, Part
from lab.launch.refusals import GoingError, GoneError
from lab.launch.removal import LabObjects, remove_lab_objects, remove_objects
from lab.launch.seen import SeenContainer

NODE = SeenContainer("1" * 64, "lab-t-gw", {LAB: "t", PART: str(Part.NODE)}, "removing")


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
