"""Removal beside somebody else's: what is on its way out is waited for."""

from typing import Any

import pytest

from lab.errors import LabError, Problem
from lab.launch import removal
from lab.launch.labels import LAB, PART, Part
from lab.launch.refusals import GoingError, GoneError
from lab.launch.removal import LabObjects, remove_objects
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
