"""A tree that can't be written leaves everything as it was."""

import errno
import os
import stat
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.render.tree import check_folder, write_tree

TOO_LONG = {"options.json": b"{}", "x" * 300: b""}


def test_the_folders_that_were_made_for_it_go(tmp_path: Path):
    with pytest.raises(LabError, match="rr can't be written: File name too long"):
        write_tree(tmp_path / "above" / "rr", TOO_LONG)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_was_there_stays_with_its_mode(tmp_path: Path):
    folder = tmp_path / "rr"
    folder.mkdir(mode=0o755)
    with pytest.raises(LabError):
        write_tree(folder, TOO_LONG)
    assert (list(folder.iterdir()), stat.S_IMODE(folder.stat().st_mode)) == ([], 0o755)


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "free space there"),
        (errno.EDQUOT, "free some of your quota"),
        (errno.EROFS, "mount it for writing"),
        (errno.EACCES, "name a folder where you may write"),
    ],
)
def test_the_mend_is_that_of_the_cause(
    number: int, mend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(**_: object) -> str:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(LabError) as told:
        write_tree(tmp_path / "rr", {})
    assert told.value.problems[0].mend.startswith(mend)
    assert not list(tmp_path.iterdir())


def test_what_is_no_labs_folder_is_named(tmp_path: Path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(LabError) as told:
        check_folder(tmp_path)
    (problem,) = told.value.problems
    assert problem.what == f"{tmp_path} is not empty and holds no lab"
    assert problem.mend == "name an empty folder, or one made by `lab render`"
