"""What a died start has left goes; whatever else lies there stays."""

from pathlib import Path

import pytest

from lab.errors import LabError
from lab.verbs.folder import held_folder, remove_unfinished


@pytest.mark.parametrize(
    "left", [(), (".rendering-x1/options.json",), ("options.json", "nodes/gw/deployment.toml")]
)
def test_the_folder_of_a_start_that_died_goes(tmp_path: Path, left: tuple[str, ...]) -> None:
    folder = tmp_path / ".lab" / "t"
    folder.mkdir(parents=True)
    for name in left:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert remove_unfinished(folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("left", [("options.json", ".env"), ("notes.txt",), ("nodes/gw.toml",)])
def test_the_folder_of_a_lab_that_was_there_or_of_somebody_else_stays(
    tmp_path: Path, left: tuple[str, ...]
) -> None:
    folder = tmp_path / ".lab" / "t"
    for name in left:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert not remove_unfinished(folder)
    assert all((folder / name).exists() for name in left)


@pytest.mark.parametrize("place", ["", "..", "../.."])
def test_what_lies_around_the_labs_stays(tmp_path: Path, place: str) -> None:
    (tmp_path / ".lab" / "other").mkdir(parents=True)
    (tmp_path / "notes.txt").touch()
    assert not remove_unfinished(tmp_path / ".lab" / place)
    assert (tmp_path / ".lab" / "other").exists()
    assert (tmp_path / "notes.txt").exists()


def test_a_place_where_no_folder_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / ".lab" / "t"
    with (
        pytest.raises(LabError, match="the lab's folder can't be made: Not a directory") as told,
        held_folder(folder, "t"),
    ):
        pass
    assert told.value.problems[0].where == str(folder)
