"""What CI removes after the tests, on the real engine: its own labs' objects and nobody else's."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

CHECKOUT = Path(__file__).parents[2]
REMOVE = 'set -euo pipefail; . "$1/scripts/leftovers.sh"; remove_leftovers "$2"'


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def remove_leftovers(folder: Path) -> set[str]:
    done = subprocess.run(
        ["bash", "-c", REMOVE, "bash", str(CHECKOUT), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.fixture
def objects(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Make a network and a volume of a lab below one folder, and the like below its neighbour."""
    mine, other = (f"scripts-test-{uuid4().hex[:8]}" for _ in range(2))
    for name, folder in ((mine, tmp_path / "own" / "lab"), (other, tmp_path / "own-not" / "lab")):
        for kind in ("network", "volume"):
            docker(kind, "create", "--label", f"apim-lab.folder={folder}", name)
    yield mine, other
    for name in (mine, other):
        for kind in ("network", "volume"):
            subprocess.run(["docker", kind, "rm", name], capture_output=True, check=False)


@pytest.mark.engine
def test_only_objects_of_labs_below_the_folder_are_removed(
    objects: tuple[str, str], tmp_path: Path
) -> None:
    mine, other = objects
    assert remove_leftovers(tmp_path / "own") == {mine}
    for kind in ("network", "volume"):
        left = docker(kind, "ls", "--format", "{{.Name}}").split()
        assert other in left
        assert mine not in left


@pytest.mark.engine
def test_nothing_left_is_nothing_said(tmp_path: Path) -> None:
    assert remove_leftovers(tmp_path) == set()
