"""A lab with a pair on three engines of one swarm, each in a container here.

All manage it, and one of them is behind TLS. With LAB_TRY_SWARM=1 it loses its leader, too.
"""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.e2e.conftest import ROOT, Program

pytestmark = pytest.mark.engine
SCRIPT = str(ROOT / "scripts" / "swarm_machines.sh")
CANNOT = 77  # the script's exit code on a machine that can't have engines in containers
COMES_BACK = 60  # seconds


class Swarm:
    """The machines, and the program of a user who has named some of them."""

    def __init__(self, program: Program, hosts: dict[str, str]) -> None:
        self.program = program
        self.hosts = hosts  # the container that a machine is → its engine's URL
        self.machines: dict[str, str] = {}  # its name for the lab → the container that it is

    def add(self, machine: str, container: str, *, context: str = "") -> None:
        way = ("--context", context) if context else ("--host", self.hosts[container])
        added = self.program("machines", "add", machine, *way)
        assert added.returncode == 0, added.stderr
        self.machines[machine] = container

    def up(self, topology: str) -> str:
        lab = f"swarm-test-{secrets.token_hex(4)}"
        ran = self.program("up", topology, "--on", "swarm", "--name", lab)
        if "vxlan" in ran.stderr:
            impossible(f"no overlay networks: {ran.stderr}")
        assert ran.returncode == 0, ran.stderr
        return lab

    def status(self, lab: str) -> dict:
        ran = self.program("status", lab, "--format", "json")
        assert ran.returncode in (0, 3), ran.stderr
        return json.loads(ran.stdout)

    def until_healthy(self, lab: str) -> dict:
        deadline = time.monotonic() + COMES_BACK
        while (told := self.status(lab))["verdict"] != "healthy":
            assert time.monotonic() < deadline, told["causes"]
            time.sleep(0.2)
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
            found += self.on("m3", kind, "ls", "--quiet")
        return found


def impossible(why: str) -> NoReturn:
    """Skip where machines in containers can't be, or fail where somebody says that they must."""
    if os.environ.get("LAB_REQUIRE_SWARM") == "1":
        pytest.fail(f"{why}; LAB_REQUIRE_SWARM=1 says that this must be possible")
    pytest.skip(why)


def context_of(swarm: Swarm, tls: Path) -> str:
    """Make a docker context that leads to the machine behind TLS, in a configuration of our own."""
    config = swarm.program.folder / "docker"
    config.mkdir()
    plugins = Path(os.environ.get("DOCKER_CONFIG", Path.home() / ".docker"), "cli-plugins")
    (config / "cli-plugins").symlink_to(plugins)
    swarm.program.environ["DOCKER_CONFIG"] = str(config)
    files = ",".join(f"{name}={tls / name}.pem" for name in ("ca", "cert", "key"))
    endpoint = f"host={list(swarm.hosts.values())[2]},{files}"
    words = ["docker", "--config", str(config), "context", "create", "far", "--docker", endpoint]
    subprocess.run(words, check=True, capture_output=True)
    return "far"


@pytest.fixture(scope="module")
def swarm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swarm]:
    """Give three machines that the user has named."""
    folder = tmp_path_factory.mktemp("swarm")
    program = Program(folder)
    program.environ["XDG_CONFIG_HOME"] = str(folder / "configured")
    name = f"lab-swarm-{os.getpid()}"
    words = [SCRIPT, "up", name, "3", "3", str(folder / "tls")]
    try:
        made = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
        if made.returncode == CANNOT:
            impossible(f"no engine in a container: {made.stderr.strip()}")
        assert made.returncode == 0, made.stderr
        swarm = Swarm(program, dict(line.split() for line in made.stdout.splitlines()))
        leader, second, behind_tls = swarm.hosts
        swarm.add("m1", second)  # the first that labs ask
        swarm.add("m2", behind_tls, context=context_of(swarm, folder / "tls"))
        swarm.add("m3", leader)
        yield swarm
    finally:
        subprocess.run([SCRIPT, "down", name], check=True, timeout=60)


@pytest.fixture(scope="module")
def pairs(swarm: Swarm) -> str:
    """Give a lab on all three."""
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


def test_a_pair_is_on_two_of_three_machines(swarm: Swarm, pairs: str) -> None:
    told = swarm.status(pairs)
    assert told["verdict"] == "healthy"
    at = {node["name"]: node["machine"] for node in told["nodes"]}
    assert at["cp-1"] != at["cp-2"]
    listed = json.loads(swarm.program("machines", "list", "--format", "json").stdout)
    assert [row["missing"] for row in listed["machines"]] == [[], [], []]


def test_an_api_goes_its_whole_way_through_machines_that_publish_nothing(
    swarm: Swarm, pairs: str
) -> None:
    ran = swarm.program("smoke", pairs)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_databases_begin_anew_in_their_volume(swarm: Swarm, pairs: str) -> None:
    (server,) = swarm.on("m1", "ps", "--quiet", "--filter", f"name=lab-{pairs}-db")
    ask = ("exec", server, "mysql", "--user=root", "--socket=/tmp/mysqld.sock", "-e")
    swarm.on("m1", *ask, "CREATE TABLE apim_db.USED (ID INT)")
    assert swarm.status(pairs)["causes"][0]["code"] == "LAB0211"
    assert swarm.program("reset", pairs, "--databases").returncode == 0
    assert swarm.until_healthy(pairs)["verdict"] == "healthy"


FAULTS = (("cut", "km", "db:3306"), ("pause", "tm"), ("kill", "gw"), ("password", "cp-1"))


def test_faults_are_named_and_healed(swarm: Swarm, pairs: str) -> None:
    try:
        for fault in FAULTS:
            ran = swarm.program("fault", *fault, "--name", pairs)
            assert ran.returncode == 0, ran.stderr
        told = swarm.status(pairs)
    finally:  # a machine here can't be killed while one of its processes is paused
        healed = swarm.program("fault", "heal", "--name", pairs)
    assert healed.returncode == 0, healed.stderr
    codes = {cause["code"] for cause in told["causes"]}
    assert codes >= {"LAB0263", "LAB0204", "LAB0201", "LAB0221"}, told["causes"]
    assert [one["kind"] for one in told["faults"]] == [fault[0] for fault in FAULTS]
    assert swarm.until_healthy(pairs)["faults"] == []


def test_the_next_manager_stands_in_for_a_lost_one_and_the_lab_heals_when_it_is_back(
    swarm: Swarm, pairs: str
) -> None:
    swarm.lose("m1")
    assert is_lost(swarm.status(pairs), "m1")
    refused = swarm.program("reset", pairs)
    assert refused.stderr.startswith("error: the machine m1 does not answer; on it: "), refused
    assert swarm.program("stop", "cp-2", "--name", pairs).returncode == 0
    assert swarm.program("start", "cp-2", "--name", pairs).returncode == 0
    swarm.bring_back("m1")
    databases = swarm.until_healthy(pairs)["databases"]
    assert {one["machine"] for one in databases} == {"m1"}


@pytest.mark.skipif(not os.environ.get("LAB_TRY_SWARM"), reason="managers wait most of a minute")
def test_without_a_leader_looking_goes_on_and_nothing_is_changed(swarm: Swarm, pairs: str) -> None:
    swarm.lose("m2")
    swarm.lose("m3")
    refused = swarm.program("down", pairs)  # it waits until the manager knows that it is alone
    assert refused.stderr.startswith("error: no manager leads the swarm: m2 does not"), refused
    assert is_lost(swarm.status(pairs), "m2 or m3")
    swarm.bring_back("m2")
    swarm.bring_back("m3")
    nodes = swarm.until_healthy(pairs)["nodes"]
    # The members of a pair are bound to their machines; the engine's end was theirs.
    ended = [one for one in nodes if one["name"] in ("cp-1", "cp-2")]
    assert [(one["exit_code"], one["restarts"] > 0) for one in ended] == [(255, True)] * 2


def test_down_leaves_nothing_on_any_machine(swarm: Swarm, pairs: str) -> None:
    assert swarm.program("down", pairs).returncode == 0
    assert swarm.left() == []
    assert list(swarm.program.folder.glob(".lab/*")) == []
