"""The file that a verb's option names."""

import os
import stat
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.verbs.output import check_place, write_output
from tests.verbs.conftest import Line

PLACES = ["/nonexistent/x", "/proc/x", "", "."]


@pytest.mark.parametrize("place", PLACES)
def test_a_place_where_no_file_can_be_is_told(folder: Path, place: str) -> None:
    for attempt in (lambda: check_place(Path(place)), lambda: write_output(Path(place), b"x")):
        with pytest.raises(LabError, match="can't be written: ") as told:
            attempt()
        assert told.value.problems[0].where == str(Path(place))


def test_a_place_that_was_looked_at_is_as_it_was(folder: Path) -> None:
    check_place(folder / "absent")
    (folder / "there").write_text("mine")
    check_place(folder / "there")
    os.mkfifo(folder / "pipe")
    check_place(folder / "pipe")
    assert {path.name for path in folder.iterdir()} == {"there", "pipe"}
    assert (folder / "there").read_text() == "mine"


def test_a_file_of_secrets_is_its_owners_alone_whatever_was_there(folder: Path) -> None:
    for name in ("absent", "there"):
        (folder / "there").write_text("longer than what comes")
        write_output(folder / name, b"x", mode=0o600)
        assert (folder / name).read_bytes() == b"x"
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_a_device_takes_it_and_keeps_its_mode() -> None:
    before = Path("/dev/null").stat().st_mode
    write_output(Path("/dev/null"), b"x", mode=0o600)
    assert Path("/dev/null").stat().st_mode == before
    with pytest.raises(LabError, match="No space left on device") as told:
        write_output(Path("/dev/full"), b"x")
    assert told.value.problems[0].mend.startswith("free space there")
    assert Path("/dev/full").exists()


@pytest.mark.parametrize("place", [*PLACES, "/dev/full"])
def test_a_picture_that_cannot_be_written_is_an_error(lab: Line, place: str) -> None:
    ran = lab("graph", "all-in-one", "--no-verdicts", "-o", place)
    assert (ran.exit_code, "can't be written" in ran.stderr) == (1, True), ran.stderr


def test_a_trace_that_cannot_be_written_is_told_before_anything_starts(lab: Line) -> None:
    words = ("up", "all-in-one", "--timings-trace", "/nonexistent/t.json")
    ran = lab(*words, DOCKER_HOST="unix:///nowhere")
    assert (ran.exit_code, ran.stderr.count("error:")) == (1, 1)
    assert ran.stderr.startswith("error: /nonexistent/t.json can't be written: ")
