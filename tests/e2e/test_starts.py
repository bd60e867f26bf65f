"""Labs that don't come up well, or are interrupted: each says why, or leaves nothing."""

import json
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import PATIENCE, Program, interrupt, objects_of, running_since
from tests.verbs.conftest import TOPOLOGY

pytestmark = pytest.mark.engine


def topology_with(program: Program, name: str, more: str) -> str:
    # Not where it would be the topology of the folder.
    path = program.folder / "topologies" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(TOPOLOGY + more)
    return str(path)


def test_a_topology_with_one_wrong_password_ends_in_seconds_with_that_cause(
    program: Program, name: str
) -> None:
    wrong = '\n[nodes.gw.config.apim.event_hub]\npassword = "wrong"\n'
    path = topology_with(program, name, wrong)
    ran = program("up", path, "--name", name, "--format", "json", "--timeout", "100")
    told = json.loads(ran.stdout)
    assert ran.returncode == 3
    assert [cause["code"] for cause in told["causes"]] == ["LAB0220"]
    assert told["cause"]["where"].startswith("gw/deployment.toml:")
    assert told["seconds"] < 60
    assert {node["state"] for node in told["nodes"]} == {"running"}
    # It is kept, to be looked at.
    assert program("status", name).returncode == 3


def test_a_node_that_exits_ends_the_wait_with_its_last_lines(program: Program, name: str) -> None:
    clash = "\n[nodes.tm.config.transport.http.properties]\nport = 9443\n"
    path = topology_with(program, name, clash)
    ran = program("up", path, "--name", name, "--timeout", "100")
    assert ran.returncode == 3
    assert "LAB0201: tm exited with code 1: " in ran.stdout
    assert ran.stdout.count("LAB0201: ") == 1
    assert "    log: " in ran.stdout
    lines = ran.stderr.splitlines()
    exited = next(line for line in lines if "node tm exited" in line)
    looked = next(line for line in lines if "looking at every link" in line)
    assert _stamp(looked) - _stamp(exited) < 1.5


def _stamp(line: str) -> float:
    return float(line[1:].split(" s]", maxsplit=1)[0])


def test_a_node_that_is_killed_ends_the_wait(program: Program, name: str) -> None:
    running = program.begin("up", "km-tm-separated", "--name", name, "--timeout", "100")
    running_since(f"lab-{name}-km")
    subprocess.run(["docker", "kill", f"lab-{name}-km"], check=True, capture_output=True)
    killed = time.monotonic()
    out, _ = running.communicate(timeout=PATIENCE)
    assert time.monotonic() - killed < 20
    assert running.returncode == 3
    assert "LAB0201: km is stopped (exit code 137)" in out


def test_the_deadline_ends_the_wait_with_124_and_the_lab_is_kept(
    program: Program, name: str
) -> None:
    ran = program("up", "km-tm-separated", "--name", name, "--timeout", "0.1")
    assert ran.returncode == 124
    assert "is still starting" in ran.stdout
    assert "the lab is kept" in ran.stderr
    assert objects_of(name)


def test_two_ups_of_one_name_are_one_lab(program: Program, name: str) -> None:
    both = [program.begin("up", "km-tm-separated", "--name", name) for _ in range(2)]
    ends = [(run.communicate(timeout=PATIENCE), run.returncode) for run in both]
    assert sorted(code for _, code in ends) in ([0, 0], [0, 1])
    for (_, err), code in ends:
        if code:
            assert f"the lab `{name}` is " in err
    assert program("status", name).returncode == 0


@pytest.mark.parametrize("moment", ["writing", "creating", "waiting until", "node km", "node gw"])
def test_an_interrupted_up_leaves_nothing_by_either_signal(
    program: Program, name: str, moment: str
) -> None:
    # Side by side: each waits more than it works.
    with ThreadPoolExecutor(2) as pool:
        numbers = (signal.SIGINT, signal.SIGTERM)
        ends = [pool.submit(interrupted, program, name, number, moment) for number in numbers]
    for code, err, left in (end.result() for end in ends):
        assert code == 130
        assert "Traceback" not in err
        assert left == []


def interrupted(
    program: Program, name: str, number: signal.Signals, moment: str
) -> tuple[int, str, list[str]]:
    """Interrupt an `up` when it tells of that moment; give exit code, last words and what stays."""
    own = f"{name}-{number}"
    running = program.begin("up", "km-tm-separated", "--name", own)
    for line in running.stderr:
        if moment in line:
            break
    code, err = interrupt(running, number)
    left = objects_of(own)
    if (program.folder / ".lab" / own).exists():
        left.append(own)
    if left:
        program("down", own)
    return code, err, left


def test_down_removes_a_lab_twice_and_without_its_folder(program: Program, name: str) -> None:
    assert program("up", "km-tm-separated", "--name", name).returncode == 0
    for path in sorted((program.folder / ".lab" / name).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert program("down", name).returncode == 0
    assert objects_of(name) == []
    again = program("down", name)
    assert (again.returncode, again.stderr[:6]) == (1, "error:")


def test_down_removes_every_lab_that_it_knows_and_names_all_others(
    program: Program, name: str
) -> None:
    unfinished = program("up", "km-tm-separated", "--name", name, "--timeout", "0.1")
    assert (unfinished.returncode, bool(objects_of(name))) == (124, True)
    ran = program("down", f"{name}-first", name, f"{name}-last")
    assert ran.returncode == 1
    assert [line for line in ran.stderr.splitlines() if "error:" in line] == [
        f"error: no lab `{name}-first`",
        f"error: no lab `{name}-last`",
    ]
    assert objects_of(name) == []
