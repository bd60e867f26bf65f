"""Labs on three engines of one swarm, each in a container here: four nodes on two, pairs on all.

Asked for by LAB_TRY_SWARM=1.
"""

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
    pytest.mark.skipif(not os.environ.get("LAB_TRY_SWARM"), reason="takes more than a minute"),
]
SCRIPT = str(ROOT / "scripts" / "swarm_machines.sh")
CANNOT = 77  # the script's exit code on a machine that can't have engines in containers
COMES_BACK = 60  # seconds


class Swarm:
    """The machines, and the program of a user who has named some of them."""

    def __init__(self, program: Program, hosts: dict[str, str]) -> None:
        self.program = program
        self.hosts = hosts  # the container that a machine is → its engine's URL
        self.machines: dict[str, str] = {}  # its name for the lab → the container that it is

    def add(self, machine: str) -> None:
        container = list(self.hosts)[len(self.machines)]
        added = self.program("machines", "add", machine, "--host", self.hosts[container])
        assert added.returncode == 0, added.stderr
        self.machines[machine] = container

    def up(self, topology: str) -> str:
        lab = f"swarm-test-{secrets.token_hex(4)}"
        ran = self.program("up", topology, "--on", "swarm", "--name", lab)
        if "vxlan" in ran.stderr:
            pytest.skip(f"no overlay networks here: {ran.stderr}")
        assert ran.returncode == 0, ran.stderr
        return lab

    def status(self, lab: str) -> dict:
        (told,) = self.statuses(lab)
        return told

    def statuses(self, *labs: str) -> list[dict]:
        """Look at several labs at once: soon the swarm moves what ran on a lost machine."""
        looking = [self.program.begin("status", lab, "--format", "json") for lab in labs]
        told = []
        for one in looking:
            out, err = one.communicate(timeout=COMES_BACK)
            assert one.returncode in (0, 3), err
            told.append(json.loads(out))
        return told

    def until(self, lab: str, verdict: str) -> dict:
        deadline = time.monotonic() + COMES_BACK
        while (told := self.status(lab))["verdict"] != verdict and time.monotonic() < deadline:
            time.sleep(0.2)
        assert told["verdict"] == verdict, told["causes"]
        return told

    def lose(self, machine: str) -> None:
        subprocess.run(["docker", "kill", self.machines[machine]], check=True, capture_output=True)

    def bring_back(self, machine: str) -> None:
        subprocess.run(["docker", "start", self.machines[machine]], check=True, capture_output=True)

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
    """Give three machines, two of which the user has named."""
    folder = tmp_path_factory.mktemp("swarm")
    program = Program(folder)
    program.environ["XDG_CONFIG_HOME"] = str(folder / "configured")
    name = f"lab-swarm-{os.getpid()}"
    try:
        made = subprocess.run(
            [SCRIPT, "up", name, "3"], capture_output=True, text=True, check=False, timeout=300
        )
        if made.returncode == CANNOT:
            pytest.skip(f"no engine in a container here: {made.stderr.strip()}")
        assert made.returncode == 0, made.stderr
        swarm = Swarm(program, dict(line.split() for line in made.stdout.splitlines()))
        swarm.add("m1")
        swarm.add("m2")
        yield swarm
    finally:
        subprocess.run([SCRIPT, "down", name], check=True, timeout=60)


@pytest.fixture(scope="module")
def four(swarm: Swarm) -> str:
    """Give the lab on the two machines that are named by then."""
    return swarm.up("km-tm-separated")


@pytest.fixture(scope="module")
def pairs(swarm: Swarm, four: str) -> str:
    """Give the lab on all three."""
    swarm.add("m3")
    return swarm.up("ha-control-plane")


def of(told: dict, machine: str) -> set[str]:
    """Give the links of all that runs on a machine."""
    there = {node["name"] for node in told["nodes"] if node["machine"] == machine}
    there |= {one["server"] for one in told["databases"] if one["machine"] == machine}
    there |= {one["name"] for one in told["balancers"] if one["machine"] == machine}
    return {link["id"] for link in told["links"] if {link["from"], link["to"]} & there}


def is_lost(told: dict, machine: str) -> bool:
    """Tell whether a machine is the one cause of all that isn't healthy, its links among them."""
    causes = [(cause["code"], cause["where"]) for cause in told["causes"]]
    assert causes == [("LAB0208", f"machine {machine}")], told["causes"]
    failing = {link["id"] for link in told["links"] if link["verdict"] != "healthy"}
    return of(told, machine) <= set(told["causes"][0]["explains"]) == failing


def test_four_nodes_are_healthy_on_the_two_named_machines(swarm: Swarm, four: str) -> None:
    told = swarm.status(four)
    assert told["verdict"] == "healthy"
    assert {node["machine"] for node in told["nodes"]} == {"m1", "m2"}


def test_a_pair_is_on_two_of_three_machines(swarm: Swarm, pairs: str) -> None:
    told = swarm.status(pairs)
    assert told["verdict"] == "healthy"
    at = {node["name"]: node["machine"] for node in told["nodes"]}
    assert at["cp-1"] != at["cp-2"]
    listed = json.loads(swarm.program("machines", "list", "--format", "json").stdout)
    assert [row["missing"] for row in listed["machines"]] == [[], [], []]


def test_an_api_goes_its_whole_way_through_machines_that_publish_nothing(
    swarm: Swarm, four: str
) -> None:
    ran = swarm.program("smoke", four)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_databases_begin_anew_in_their_volume(swarm: Swarm, four: str) -> None:
    (server,) = swarm.on("m1", "ps", "--quiet", "--filter", f"name=lab-{four}-db")
    ask = ("exec", server, "mysql", "--user=root", "--socket=/tmp/mysqld.sock", "-e")
    swarm.on("m1", *ask, "CREATE TABLE apim_db.USED (ID INT)")
    assert swarm.status(four)["causes"][0]["code"] == "LAB0211"
    assert swarm.program("reset", four, "--databases").returncode == 0
    assert swarm.until(four, "healthy")["verdict"] == "healthy"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (("cut", "gw", "cp:5672"), "LAB0242"),
        (("pause", "gw"), "LAB0204"),
        (("kill", "km"), "LAB0201"),
        (("password", "cp"), "LAB0221"),
    ],
)
def test_a_fault_is_named_and_healed(
    swarm: Swarm, four: str, fault: tuple[str, ...], code: str
) -> None:
    assert swarm.program("fault", *fault, "--name", four).returncode == 0
    told = swarm.status(four)
    assert [cause["code"] for cause in told["causes"]] == [code]
    assert [one["kind"] for one in told["faults"]] == [fault[0]]
    assert swarm.program("fault", "heal", "--name", four).returncode == 0
    assert swarm.until(four, "healthy")["faults"] == []


def test_a_lost_machine_is_one_cause_and_the_labs_heal_when_it_is_back(
    swarm: Swarm, four: str, pairs: str
) -> None:
    swarm.lose("m2")
    for told in swarm.statuses(four, pairs):
        assert is_lost(told, "m2")
    swarm.bring_back("m2")
    swarm.until(four, "healthy")
    nodes = swarm.until(pairs, "healthy")["nodes"]
    # The members of a pair are bound to their machines; the engine's end was theirs.
    (again,) = [one for one in nodes if one["role"] == "control-plane" and one["machine"] == "m2"]
    assert (again["restarts"], again["exit_code"]) == (1, 255)


def test_the_only_managers_machine_is_one_cause_too(swarm: Swarm, four: str, pairs: str) -> None:
    swarm.lose("m1")
    for told in swarm.statuses(four, pairs):
        assert is_lost(told, "m1")
    assert "no manager of the swarm answers: m1" in swarm.program("down", four).stderr
    swarm.bring_back("m1")
    swarm.until(four, "healthy")


def test_down_leaves_nothing_on_any_machine(swarm: Swarm, four: str, pairs: str) -> None:
    for lab in (four, pairs):
        assert swarm.program("down", lab).returncode == 0
    assert swarm.left() == []
    assert list(swarm.program.folder.glob(".lab/*")) == []
