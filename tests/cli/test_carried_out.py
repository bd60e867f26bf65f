"""A verb's surroundings: the working folder may have been deleted under the caller's shell."""

from pathlib import Path

import pytest

from tests.launch.swarm.scripted import Script, serving
from tests.verbs.conftest import Line

GONE = "error: the folder that this is called in was deleted"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Call from a folder that is deleted."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    return Line()


def test_a_verb_that_needs_no_folder_works_in_a_deleted_one(lab: Line, tmp_path: Path) -> None:
    ran = lab("plan", "all-in-one")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert lab("render", "all-in-one", "-o", str(tmp_path / "out")).exit_code == 0
    assert lab("check", str(tmp_path / "out")).exit_code == 0
    assert lab("graph", str(tmp_path / "out")).exit_code == 0


def test_labs_are_listed_looked_for_and_removed_from_a_deleted_folder(
    lab: Line, tmp_path: Path
) -> None:
    with serving(Script("here"), tmp_path) as engine:
        there = {"DOCKER_HOST": engine.host}
        assert lab("list", **there).exit_code == 0
        for verb in ("status", "down"):
            ran = lab(verb, "mine", **there)
            assert (ran.exit_code, "error: no lab `mine`" in ran.stderr) == (1, True), ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("import", "nodes", "-o", "topology.toml"),
        ("plan", "all-in-one", "--nodes", "home:product"),
        ("plan", "all-in-one", "--driver", "mysql.jar"),
    ],
)
def test_a_verb_that_needs_the_deleted_folder_says_so(lab: Line, words: tuple[str, ...]) -> None:
    ran = lab(*words)
    assert (ran.exit_code, ran.stderr.splitlines()[0]) == (1, GONE)


def test_nothing_is_rendered_into_a_deleted_folder(lab: Line) -> None:
    ran = lab("render", "all-in-one", "-o", "out")
    assert (ran.exit_code, "can't be written: No such file or directory" in ran.stderr) == (1, True)
