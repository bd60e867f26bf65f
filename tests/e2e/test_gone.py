"""Containers that somebody removes or freezes behind the lab's back: every verb says so."""

import subprocess

import pytest

from tests.e2e.conftest import PATIENCE, Lab, Program, objects_of, running_since

pytestmark = pytest.mark.engine


@pytest.fixture
def own(program: Program, name: str) -> Lab:
    """Bring up a lab that this test alone may spoil."""
    ran = program("up", "km-tm-separated", "--name", name, "--purpose", "person")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Lab(program, name)


def docker(*words: str) -> None:
    subprocess.run(["docker", *words], check=True, capture_output=True)


def running(lab: Lab) -> list[str]:
    """Give the ids of the lab's containers that run."""
    wanted = f"label=apim-lab.lab={lab.name}"
    return subprocess.check_output(
        ["docker", "ps", "--quiet", "--filter", wanted], text=True
    ).splitlines()


def test_a_removed_node_is_told_by_every_verb_that_needs_it(own: Lab) -> None:
    docker("rm", "--force", f"lab-{own.name}-km")
    for words in (
        ("start", "km"),
        ("stop", "km"),
        ("logs", "km"),
        ("exec", "km", "--name", own.name, "--", "ls"),
        ("fault", "cut", "gw", "km"),
    ):
        named = words if "--name" in words else (*words, "--name", own.name)
        ran = own.program(*named)
        assert ran.returncode == 1
        assert ran.stderr.splitlines() == [
            "error: km has no container: somebody removed it",
            f"   at: container lab-{own.name}-km",
            f" hint: `lab down {own.name}`, then `lab up` makes the lab again",
        ]


@pytest.mark.parametrize("removed", ["km", "prober"])
def test_a_reset_refuses_a_lab_that_lacks_a_container_and_touches_nothing(
    own: Lab, removed: str
) -> None:
    docker("rm", "--force", f"lab-{own.name}-{removed}")
    before = running(own)
    ran = own.program("reset", own.name)
    assert ran.returncode == 1
    assert f"error: {removed} has no container: somebody removed it\n" in ran.stderr
    assert "replacing" not in ran.stderr
    assert running(own) == before
    assert len(before) == 5


def test_a_reset_refuses_files_that_nobody_can_read_and_touches_nothing(own: Lab) -> None:
    (own.folder / "nodes" / "km" / "deployment.toml").unlink()
    before = running(own)
    ran = own.program("reset", own.name)
    assert ran.returncode == 2
    assert "error: node km has no configuration file\n" in ran.stderr
    assert running(own) == before
    assert len(before) == 6


def test_a_paused_prober_is_told_with_what_lets_it_go_on(own: Lab) -> None:
    docker("pause", f"lab-{own.name}-prober")
    for words in (("status", own.name), ("smoke", own.name), ("up", "--name", own.name)):
        ran = own.program(*words)
        assert ran.returncode == 1
        assert "error: prober is paused\n" in ran.stderr
        assert f"`docker unpause lab-{own.name}-prober`" in ran.stderr
    docker("unpause", f"lab-{own.name}-prober")
    assert own.program("status", own.name).returncode == 0


def test_a_command_on_a_stopped_node_is_refused_with_its_start(own: Lab) -> None:
    assert own.program("stop", "gw", "--name", own.name).returncode == 0
    ran = own.program("exec", "gw", "--name", own.name, "--", "ls")
    assert ran.returncode == 1
    assert "error: gw is not running: it is exited\n" in ran.stderr
    assert "hint: `lab start gw`" in ran.stderr


def test_nothing_of_a_spoiled_lab_stays(own: Lab) -> None:
    docker("rm", "--force", f"lab-{own.name}-prober")
    ran = own.program("status", own.name)
    assert "error: prober has no container: somebody removed it\n" in ran.stderr
    assert own.program("down", own.name).returncode == 0
    assert objects_of(own.name) == []


def test_a_start_whose_lab_is_removed_meanwhile_says_so(program: Program, name: str) -> None:
    starting = program.begin("up", "km-tm-separated", "--name", name, "--purpose", "person")
    running_since(f"lab-{name}-km")
    removing = program.apart("down", name)
    _, said = starting.communicate(timeout=PATIENCE)
    assert (removing.returncode, removing.stderr) == (0, f"{name}: removed\n")
    assert starting.returncode == 1
    assert said.splitlines()[-3:] == [
        "error: the lab was removed meanwhile",
        f"   at: lab {name}",
        " hint: `lab up` makes it again",
    ]
    assert "Traceback" not in said
    assert objects_of(name) == []
