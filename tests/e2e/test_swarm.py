"""One lab on two engines of one swarm, each in a container here: asked for by LAB_TRY_SWARM=1."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import ROOT, Program

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not os.environ.get("LAB_TRY_SWARM"), reason="takes a minute and more"),
]
SCRIPT = str(ROOT / "scripts" / "swarm_machines.sh")
COMES_BACK = 60  # seconds


class Swarm:
    """The machines, and the program of a user who has named them."""

    def __init__(self, program: Program, machines: dict[str, str]) -> None:
        self.program = program
        self.machines = machines  # its name for the lab → the container that it is
        self.lab = f"swarm-test-{secrets.token_hex(4)}"

    def told(self, *words: str) -> dict:
        ran = self.program(*words, "--format", "json")
        assert ran.returncode in (0, 3), ran.stderr
        return json.loads(ran.stdout)

    def status(self) -> dict:
        return self.told("status", self.lab)

    def until(self, verdict: str) -> dict:
        deadline = time.monotonic() + COMES_BACK
        while (told := self.status())["verdict"] != verdict and time.monotonic() < deadline:
            time.sleep(1)
        return told

    def on(self, machine: str, *words: str) -> list[str]:
        """Ask a machine's engine."""
        argv = ["docker", "exec", self.machines[machine], "docker", *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()

    def left(self) -> list[str]:
        """Give all that any machine has of labs."""
        found = []
        for machine in self.machines:
            for words in (("ps", "--all", "--quiet"), ("volume", "ls", "--quiet")):
                found += self.on(machine, *words)
            found += self.on(machine, "network", "ls", "--quiet", "--filter", "name=lab-")
        for kind in ("service", "config", "secret"):
            found += self.on("m1", kind, "ls", "--quiet")
        return found


@pytest.fixture(scope="module")
def swarm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swarm]:
    """Give two machines with a lab on them."""
    folder = tmp_path_factory.mktemp("swarm")
    program = Program(folder)
    program.environ["XDG_CONFIG_HOME"] = str(folder / "configured")
    name = f"lab-swarm-{os.getpid()}"
    try:
        made = subprocess.run(
            [SCRIPT, "up", name, "2"], capture_output=True, text=True, check=True, timeout=300
        )
        machines = {}
        for number, line in enumerate(made.stdout.splitlines(), 1):
            container, host = line.split()
            machines[f"m{number}"] = container
            assert program("machines", "add", f"m{number}", "--host", host).returncode == 0
        swarm = Swarm(program, machines)
        ran = program("up", "km-tm-separated", "--on", "swarm", "--name", swarm.lab)
        assert ran.returncode == 0, ran.stderr
        yield swarm
    finally:
        subprocess.run([SCRIPT, "down", name], check=True, timeout=60)


def test_the_nodes_are_healthy_on_both_machines(swarm: Swarm) -> None:
    told = swarm.status()
    assert told["verdict"] == "healthy"
    assert {node["machine"] for node in told["nodes"]} == {"m1", "m2"}
    assert {row["missing"] == [] for row in swarm.told("machines", "list")["machines"]} == {True}


def test_databases_in_place_are_refused_with_what_to_do_instead(swarm: Swarm) -> None:
    ran = swarm.program("reset", swarm.lab, "--databases")
    assert ran.returncode == 1
    assert "databases on a swarm can't begin anew in place" in ran.stderr
    assert f"`lab reset {swarm.lab}` gives it fresh ones" in ran.stderr


def test_a_node_that_the_swarm_started_again_says_so_with_its_exit_code(swarm: Swarm) -> None:
    (machine,) = [n["machine"] for n in swarm.status()["nodes"] if n["name"] == "gw"]
    (container,) = swarm.on(machine, "ps", "--quiet", "--filter", f"name=lab-{swarm.lab}-gw")
    swarm.on(machine, "kill", container)
    swarm.until("unhealthy")
    told = swarm.until("healthy")
    (gateway,) = [node for node in told["nodes"] if node["name"] == "gw"]
    assert (told["verdict"], gateway["restarts"], gateway["exit_code"]) == ("healthy", 1, 137)


def test_a_lost_machine_is_one_cause_and_the_lab_heals_when_it_is_back(swarm: Swarm) -> None:
    there = {node["name"] for node in swarm.status()["nodes"] if node["machine"] == "m2"}
    subprocess.run(["docker", "kill", swarm.machines["m2"]], check=True, capture_output=True)
    told = swarm.status()
    (cause,) = told["causes"]
    assert (cause["code"], cause["where"]) == ("LAB0208", "machine m2")
    links = {link["id"] for link in told["links"] if {link["from"], link["to"]} & there}
    assert set(cause["explains"]) == links
    subprocess.run(["docker", "start", swarm.machines["m2"]], check=True, capture_output=True)
    assert swarm.until("healthy")["verdict"] == "healthy"


def test_down_leaves_nothing_on_any_machine(swarm: Swarm) -> None:
    assert swarm.program("down", swarm.lab).returncode == 0
    assert swarm.left() == []
    assert list(swarm.program.folder.glob(".lab/*")) == []
