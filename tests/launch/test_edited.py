"""Which files of a lab's folder are younger than what the lab has written."""

import os
from pathlib import Path

import pytest

from lab.launch.edited import touched_files

AT_START, LATER = 100, 120


def write(path: Path, moment: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (moment, moment))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "nodes" / "cp" / "deployment.toml", AT_START - 1)
    write(tmp_path / "nodes" / "gw" / "deployment.toml", AT_START - 1)
    write(tmp_path / ".env", AT_START)
    return tmp_path


def test_files_as_the_lab_wrote_them_are_untouched(folder: Path) -> None:
    assert list(touched_files(folder)) == []


def test_a_younger_file_is_told_with_its_node(folder: Path) -> None:
    path = write(folder / "nodes" / "gw" / "deployment.toml", LATER)
    assert list(touched_files(folder)) == [("gw", path)]


def test_each_file_of_a_node_counts(folder: Path) -> None:
    path = write(folder / "nodes" / "cp" / "api-manager.xml", LATER)
    assert list(touched_files(folder)) == [("cp", path)]


def test_a_lab_that_is_being_made_has_none(folder: Path) -> None:
    (folder / ".env").unlink()
    assert list(touched_files(folder)) == []
