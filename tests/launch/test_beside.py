"""What a start writes beside the rendered files."""

import stat
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.launch.beside import write_beside


def test_it_is_its_owners_alone_and_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    for text in ("longer than the second", "short"):
        write_beside(path, text)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("short", 0o600)


def test_a_full_disk_is_told() -> None:
    with pytest.raises(LabError, match="/dev/full can't be written: No space left on device"):
        write_beside(Path("/dev/full"), "x")
