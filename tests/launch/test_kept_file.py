"""What a start keeps beside the rendered files."""

import stat
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.launch.kept_file import write_kept


def test_it_is_its_owners_alone_and_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    for text in ("longer than the second", "short"):
        write_kept(path, text)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("short", 0o600)


def test_what_cant_be_written_is_told_and_the_one_of_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    write_kept(path, "before")
    (tmp_path / "ports.json.new").mkdir()
    with pytest.raises(LabError, match=r"ports\.json can't be written: Is a directory"):
        write_kept(path, "after")
    assert path.read_text() == "before"
