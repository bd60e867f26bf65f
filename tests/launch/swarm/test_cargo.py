from pathlib import Path

import pytest

from lab.errors import EngineError, Problem
from lab.launch.engine import Engine
from lab.launch.seen import EngineFacts
from lab.launch.swarm import cargo
from lab.launch.swarm.cargo import no_room, not_there, on_its_way, size_of

MIB = 1 << 20
HOME = (1, "COPY home", 600 * MIB)


class Disk(Engine):
    """An engine that tells where its images are and how they were made."""

    def __init__(self, root: Path, *, is_here: bool = True) -> None:
        self.facts = EngineFacts("27", "overlay2", (), "x86_64", root=str(root), is_here=is_here)

    def layers(self, reference: str) -> tuple[tuple[int, str, int], ...]:
        return (HOME, (2, f"profileSetup.sh {reference}", 3 * MIB))


def test_a_layer_that_images_share_counts_once(tmp_path: Path) -> None:
    assert size_of(Disk(tmp_path), ("cp", "gw")) == 606 * MIB


def test_a_disk_of_this_machine_without_room_is_told_with_what_is_free(tmp_path: Path) -> None:
    assert no_room("m1", Disk(tmp_path), MIB) == []
    (problem,) = no_room("m1", Disk(tmp_path), 1 << 60)
    assert "MiB while they get there, and" in problem.what
    assert problem.where == f"machine m1: {tmp_path}"


def test_nobody_knows_the_disk_of_a_machine_elsewhere(tmp_path: Path) -> None:
    assert no_room("m1", Disk(tmp_path, is_here=False), 1 << 60) == []


@pytest.mark.parametrize(
    ("said", "what", "mend"),
    [
        ("write /x: no space left on device", "its disk has no room for images of", "free some"),
        ("unexpected EOF", "the images don't get there: unexpected EOF", "see its log"),
    ],
)
def test_images_that_do_not_arrive_are_told_with_their_machine(
    said: str, what: str, mend: str
) -> None:
    problem = not_there(EngineError(Problem(said, "images", "see its log")), "m2", 900 * MIB)
    assert (problem.what.startswith(what), problem.where) == (True, "machine m2")
    assert problem.mend.startswith(mend)


def test_a_long_way_is_told_by_how_much_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((0.0, 9.0, 10.0, 10.0, 11.0))
    monkeypatch.setattr(cargo.time, "monotonic", lambda: next(clock))
    told: list[str] = []
    pieces = list(on_its_way(iter([b"x" * MIB] * 3), "m1", 3 * MIB, told.append))
    assert len(pieces) == 3
    assert told == ["machine m1: 2 MiB of about 3 MiB are there"]
