"""The program is killed at some of its requests: `lab gc` leaves nothing of what it had made.

`scripts/kill_points.py` does so at every request, with every signal.
"""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.conftest import PATIENCE, ROOT, Program, objects_of
from tests.e2e.slow_engine import slow_creations
from tests.verbs.conftest import TOPOLOGY as WRITTEN

pytestmark = pytest.mark.engine

TOPOLOGY = "km-tm-separated"


def killed(program: Program, number: int, when: str, *words: str) -> str:
    """Run the program until a request; give its last line."""
    dying = (str(ROOT / "scripts" / "dying.py"), str(number), when, "SIGKILL", "--")
    ran = subprocess.run(
        [sys.executable, *dying, *words],
        cwd=program.folder,
        env=program.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == -9, ran.stderr
    return ran.stderr.splitlines()[-1]


def test_what_killed_ups_have_made_goes_with_gc(program: Program, name: str) -> None:
    points = {1: "before", 6: "during", 14: "during"}
    with ThreadPoolExecutor(len(points)) as pool:  # side by side: each waits more than it works
        tried = [
            pool.submit(killed_and_collected, program, f"{name}-{n}", n, points[n]) for n in points
        ]
    for one in tried:
        had_made, collected, left, folder = one.result()
        assert had_made
        assert collected == 0
        assert left == []
        assert not folder.exists()


def killed_and_collected(
    program: Program, name: str, number: int, when: str
) -> tuple[bool, int, list[str], Path]:
    """Kill an `up` and collect: tell whether it had made anything, gc's exit code, what is left."""
    assert killed(program, number, when, "up", TOPOLOGY, "--name", name).startswith("point ")
    folder = program.folder / ".lab" / name
    had_made = bool(objects_of(name)) or folder.exists()
    collected = program("gc", name).returncode
    return had_made, collected, objects_of(name), folder


def test_a_folder_whose_files_were_being_written_goes_with_what_the_engine_has(
    program: Program, name: str
) -> None:
    killed(program, 6, "during", "up", TOPOLOGY, "--name", name)
    folder = program.folder / ".lab" / name
    shutil.rmtree(folder)
    (folder / ".rendering-1" / "nodes").mkdir(parents=True)
    assert objects_of(name)
    assert program("gc", name).returncode == 0
    assert objects_of(name) == []
    assert not folder.exists()


# Before the engine has anything, and amid its work.
@pytest.mark.parametrize(("number", "verb"), [(1, "gc"), (6, "gc"), (6, "down")])
def test_what_the_engine_makes_for_a_killed_up_afterwards_goes_too(
    program: Program, name: str, tmp_path: Path, number: int, verb: str
) -> None:
    with slow_creations(tmp_path, seconds=1.5) as host:
        slow = Program(program.folder)
        slow.environ |= {"DOCKER_HOST": host}
        killed(slow, number, "during", "up", TOPOLOGY, "--name", name)
        ran = program(verb, name)
    assert (ran.returncode, ran.stderr.splitlines()[-1][-9:]) == (0, ": removed")
    assert objects_of(name) == []
    assert not (program.folder / ".lab" / name).exists()


def test_what_a_killed_down_has_left_goes_with_gc_and_without_the_topology(
    program: Program, name: str
) -> None:
    path = program.folder / "topologies" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(WRITTEN)
    assert program("up", str(path), "--name", name).returncode == 0
    path.unlink()
    assert program("status", name).returncode == 0
    assert killed(program, 9, "during", "down", name).startswith("point 9: DELETE")
    assert objects_of(name)
    # Killed after the last object it would be all that is left: then it counts as unfinished.
    assert not (program.folder / ".lab" / name / ".env").exists()
    assert program("gc", name).returncode == 0
    assert objects_of(name) == []
    assert not (program.folder / ".lab" / name).exists()


def test_a_down_that_is_killed_while_it_kills_is_finished_by_gc(
    program: Program, name: str
) -> None:
    assert program("up", TOPOLOGY, "--name", name).returncode == 0
    assert killed(program, 4, "during", "down", name).startswith(
        "point 4: POST /containers/ID/kill"
    )
    assert objects_of(name)
    assert program("gc", name).returncode == 0
    assert objects_of(name) == []
    assert not (program.folder / ".lab" / name).exists()


def test_down_removes_the_folder_of_a_start_that_made_nothing_else(
    program: Program, name: str
) -> None:
    killed(program, 1, "before", "up", TOPOLOGY, "--name", name)
    ran = program("down", name)
    assert (ran.returncode, ran.stderr) == (0, f"{name}: removed\n")
    assert not (program.folder / ".lab" / name).exists()
