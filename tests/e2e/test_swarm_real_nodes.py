"""Nodes of the product, and somebody's own files, on two engines of one swarm.

The distribution is the tests' own.

Asked for by LAB_TRY_SWARM=1.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Program
from tests.product.images import docker, nothing_kept, stand_in
from tests.product.make import make_distribution, make_jdk, make_product_image

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not os.environ.get("LAB_TRY_SWARM"), reason="takes most of a minute"),
]
SCRIPT = str(ROOT / "scripts" / "swarm_machines.sh")
CANNOT = 77  # the script's exit code on a machine that can't have engines in containers
JDK = f"swarm-test-jdk:{os.getpid()}"
IMAGE = f"swarm-test-product:{os.getpid()}"
LAB, OWN = "swarm-product", "swarm-own"
TROUBLE = 'trouble = "exit"'
COMES_BACK = 30  # seconds
CONF = "/home/wso2carbon/wso2am/repository/conf"


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, list[str]]]:
    """Give the program of a user who has named two machines, and the containers that they are."""
    folder = tmp_path_factory.mktemp("swarm-product")
    program = Program(folder)
    program.environ["XDG_CONFIG_HOME"] = str(folder / "configured")
    name = f"lab-product-{os.getpid()}"
    try:
        made = subprocess.run(
            [SCRIPT, "up", name, "2"], capture_output=True, text=True, check=False, timeout=300
        )
        if made.returncode == CANNOT:
            pytest.skip(f"no engine in a container here: {made.stderr.strip()}")
        assert made.returncode == 0, made.stderr
        hosts = [line.split() for line in made.stdout.splitlines()]
        for number, (_, url) in enumerate(hosts):
            assert program("machines", "add", f"m{number}", "--host", url).returncode == 0
        yield program, [container for container, _ in hosts]
    finally:
        subprocess.run([SCRIPT, "down", name], check=True, timeout=60)


@pytest.fixture(scope="module")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a lab of a product image and three homes, with a key manager whose JVM gives up."""
    folder = tmp_path_factory.mktemp("product")
    with nothing_kept(IMAGE, JDK):
        make_jdk(stand_in(), JDK)
        home = make_distribution(folder)
        # No test needs a Maven repository: nobody loads it.
        (home / "repository/components/lib/mysql-connector-j-0.jar").write_bytes(b"no driver")
        make_product_image(JDK, home, IMAGE)
        text = (ROOT / "topologies/km-tm-separated.toml").read_text()
        for node in ("gw", "tm", "km"):
            text = text.replace(f"[nodes.{node}]", f'[nodes.{node}]\nkind = "home:{home}"')
        text = text.replace("[nodes.cp]", f'[nodes.cp]\nkind = "image:{IMAGE}"')
        path = folder / "product.toml"
        path.write_text(f"{text}\n[nodes.km.config.trial]\n{TROUBLE}\n")
        yield path


@pytest.fixture(scope="module")
def given_up(machines, topology: Path) -> subprocess.CompletedProcess[str]:
    """Give the start that the key manager ends."""
    program, _ = machines
    words = ("--on", "swarm", "--name", LAB, "--jdk", JDK, "--format", "json")
    ran = program("up", str(topology), *words)
    if "vxlan" in ran.stderr:
        pytest.skip(f"no overlay networks here: {ran.stderr}")
    return ran


@pytest.fixture(scope="module")
def mended(machines, given_up) -> subprocess.CompletedProcess[str]:
    """Give the next start of the same lab, with the key manager's file mended."""
    program, _ = machines
    path = program.folder / f".lab/{LAB}/nodes/km/deployment.toml"
    path.write_text(path.read_text().replace(TROUBLE, ""))
    return program("reset", LAB, "--format", "json")


def causes_of(program: Program) -> list[dict]:
    return json.loads(program("status", LAB, "--format", "json").stdout)["causes"]


def test_a_jvm_that_ends_in_its_start_is_told_and_not_hidden_by_another_start(
    machines, given_up
) -> None:
    program, _ = machines
    assert given_up.returncode == 3, given_up.stderr
    (cause,) = json.loads(given_up.stdout)["causes"]
    assert ": the product can't read its deployment.toml" in cause["what"]
    (cause,) = causes_of(program)
    assert cause["what"].startswith("km exited with code 1: the product can't read its ")


def test_images_go_only_where_their_node_runs(machines, given_up) -> None:
    assert given_up.stderr.count("images on their way, about ") == 2
    _, containers = machines
    there = [docker("exec", one, "docker", "images", "-q", "apim-lab/node") for one in containers]
    assert sum(len(images.split()) for images in there) == 3  # the control plane's is its own
    assert all(images.split() for images in there)


def test_four_nodes_of_the_product_are_healthy_on_two_machines(machines, mended) -> None:
    assert mended.returncode == 0, mended.stdout + mended.stderr
    nodes = json.loads(mended.stdout)["nodes"]
    assert [node["kind"] for node in nodes] == ["image", "home", "home", "home"]
    assert {node["machine"] for node in nodes} == {"m0", "m1"}
    program, _ = machines
    # The product's user reads what is its own, and writes beside it.
    words = ("sh", "-c", f"cat {CONF}/deployment.toml >/dev/null && touch {CONF}/carbon.xml")
    assert program("exec", "gw", "--name", LAB, "--", *words).returncode == 0


def test_a_stopped_jvm_ends_cleanly(machines, mended) -> None:
    program, _ = machines
    for node in ("cp", "tm"):  # a product image, and a home
        following = program.begin("logs", node, "--name", LAB, "--follow")
        assert following.stdout is not None
        following.stdout.readline()
        assert program("stop", node, "--name", LAB).returncode == 0
        assert "Halting JVM" in following.communicate(timeout=20)[0]
        assert program("start", node, "--name", LAB).returncode == 0


def test_a_jvm_that_ends_later_is_one_cause(machines, mended) -> None:
    program, _ = machines
    kill = "kill -KILL $(cat /home/wso2carbon/wso2am/wso2carbon.pid)"
    program("exec", "gw", "--name", LAB, "--", "sh", "-c", kill)
    deadline = time.monotonic() + COMES_BACK  # of the nodes that were just started
    while len(causes := causes_of(program)) != 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert [cause["code"] for cause in causes] == ["LAB0201"]
    assert causes[0]["what"].startswith("gw exited with code 1: The start script has ended")
    assert "and nobody had asked it to" in program("logs", "gw", "--name", LAB).stdout


def test_a_lab_of_somebody_s_own_files_has_no_way_out_of_any_machine(machines, mended) -> None:
    program, containers = machines
    own = str(ROOT / "tests/importing/customers/balanced")
    assert program("import", own, "-o", "own.toml").returncode == 0
    ran = program("up", "own.toml", "--on", "swarm", "--name", OWN)
    assert ran.returncode == 0, ran.stderr
    for one in containers:
        listed = ("docker", "ps", "-q", "--filter", f"label=apim-lab.lab={OWN}")
        for container in docker("exec", one, *listed).split():
            looked = docker("exec", one, "docker", "exec", container, "cat", "/proc/net/route")
            (route,) = looked.splitlines()[1:]
            assert route.split()[2] == "00000000", "the one route leads to its own network"
    assert program("down", OWN).returncode == 0


def test_down_leaves_nothing_on_any_machine(machines, given_up) -> None:
    program, containers = machines
    assert program("down", LAB).returncode == 0
    for one in containers:
        asked = (("ps", "-aq"), ("volume", "ls", "-q"), ("network", "ls", "-qf", "name=lab-"))
        assert [docker("exec", one, "docker", *words) for words in asked] == ["", "", ""]
    for kind in ("service", "config", "secret"):
        assert docker("exec", containers[0], "docker", kind, "ls", "-q") == ""
    assert list(program.folder.glob(".lab/*")) == []
