"""`lab start`: a node that runs stays as it is, and no old file in a container stands in."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Lab

pytestmark = pytest.mark.engine

PORT = ("tcp://cp.wso2.com:5672", "tcp://cp.wso2.com:5673")
NOTE = "note: gw runs with its files as they were before the last edit"


@pytest.fixture(autouse=True)
def _mended(lab: Lab) -> Iterator[None]:
    """Hold every test to leaving the lab as it was."""
    yield
    lab.healthy_again()


def docker(*words: str) -> None:
    subprocess.run(["docker", *words], check=True, capture_output=True)


def on(lab: Lab, verb: str, node: str) -> subprocess.CompletedProcess[str]:
    return lab.program(verb, node, "--name", lab.name)


def test_a_start_of_a_node_that_runs_changes_nothing_and_tells_an_edit(lab: Lab) -> None:
    ran = on(lab, "start", "gw")
    assert (ran.returncode, ran.stderr) == (0, "gw: runs already\n")
    with lab.edited("gw", *PORT):
        ran = on(lab, "start", "gw")
        assert ran.returncode == 1
        assert "error: gw runs already, with its files as they were before" in ran.stderr
        assert "hint: `lab stop gw`, then `lab start gw` brings them in" in ran.stderr
        assert NOTE in lab.program("status", lab.name).stdout
        assert on(lab, "stop", "gw").returncode == 0
        assert on(lab, "start", "gw").returncode == 0
        assert NOTE not in lab.program("status", lab.name).stdout
    assert on(lab, "stop", "gw").returncode == 0
    assert on(lab, "start", "gw").returncode == 0


def test_files_that_are_missing_or_broken_keep_a_node_from_starting(lab: Lab) -> None:
    file = lab.folder / "nodes" / "km" / "deployment.toml"
    content = file.read_bytes()
    assert on(lab, "stop", "km").returncode == 0
    try:
        file.write_text("this is no TOML [")
        broken = on(lab, "start", "km")
        file.unlink()
        missing = on(lab, "start", "km")
    finally:
        file.write_bytes(content)
    assert (broken.returncode, missing.returncode) == (2, 2)
    assert "km/deployment.toml:1" in broken.stderr
    assert "error: node km has no configuration file\n" in missing.stderr
    assert {one["name"]: one["state"] for one in lab.status()["nodes"]}["km"] == "exited"
    assert on(lab, "start", "km").returncode == 0


def test_a_node_that_ends_at_a_broken_keystore_is_told_with_its_last_line(lab: Lab) -> None:
    file = lab.folder / "nodes" / "km" / "wso2carbon.jks"
    content = file.read_bytes()
    assert on(lab, "stop", "km").returncode == 0
    file.write_bytes(b"broken")
    try:
        ran = on(lab, "start", "km")
    finally:
        file.write_bytes(content)
    assert ran.returncode == 1
    assert "error: km ended at once with exit code 1: " in ran.stderr
    assert "keystore can't be opened" in ran.stderr
    assert on(lab, "start", "km").returncode == 0


@pytest.mark.parametrize("is_stopped", [False, True], ids=["running", "stopped"])
def test_a_node_off_its_network_is_the_one_cause_and_its_start_puts_it_on(
    lab: Lab, *, is_stopped: bool
) -> None:
    docker("network", "disconnect", "--force", f"lab-{lab.name}", f"lab-{lab.name}-gw")
    told = lab.status()
    assert [cause["code"] for cause in told["causes"]] == ["LAB0231"]
    assert told["cause"]["where"] == f"container lab-{lab.name}-gw"
    assert told["cause"]["mend"] == "`lab start gw` puts it on again"
    if is_stopped:
        assert on(lab, "stop", "gw").returncode == 0
    ran = on(lab, "start", "gw")
    assert ran.returncode == 0, ran.stderr
    lab.healthy_again()
