"""Nodes of a distribution with the product's layout, whose JVM is a stand-in of the tests.

Every step is the one that a real product takes: its image, its profile, its start script, its stop.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab.launch.engine import Engine
from lab.launch.homes.images import real_images
from lab.launch.homes.need import check_real_nodes
from lab.launch.labels import Ownership, Purpose
from lab.launch.ownership import this_process
from lab.launch.sources import Sources
from lab.plan.make import read_plan
from tests.product.images import docker, nothing_kept, stand_in
from tests.product.make import (
    ROOT,
    make_classic,
    make_distribution,
    make_jdk,
    make_product_image,
    zipped,
)

pytestmark = pytest.mark.engine

JDK = f"nodes-test-jdk:{os.getpid()}"
JDK_8 = f"nodes-test-jdk-8:{os.getpid()}"
IMAGE = f"nodes-test-product:{os.getpid()}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a distribution, with the image that its JDK is from; all images of it go at the end."""
    with nothing_kept(IMAGE, JDK, JDK_8):
        make_jdk(stand_in(), JDK)
        make_jdk(stand_in(), JDK_8, "1.8.0_99")
        folder = tmp_path_factory.mktemp("product")
        # The lab's own, so that no test needs a Maven repository: nobody loads it.
        home = make_distribution(folder)
        (home / "repository/components/lib/mysql-connector-j-0.jar").write_bytes(b"no driver")
        zipped(home, folder / "wso2am-4.1.0.zip")
        make_product_image(JDK, home, IMAGE)
        yield home


@pytest.fixture(scope="module")
def brought_up(program, home: Path) -> Iterator[Callable[..., subprocess.CompletedProcess]]:
    names: list[str] = []

    def up(name: str, *words: str, jdk: str = JDK) -> subprocess.CompletedProcess:
        names.append(name)
        return program("up", *words, "--name", name, "--jdk", jdk, "--format", "json")

    yield up
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda name: program("down", name), names))


@pytest.fixture(scope="module")
def at_home(program, home: Path, brought_up) -> subprocess.CompletedProcess:
    return brought_up("nodes-home", "km-tm-separated", "--nodes", f"home:{home}")


def moment(log: str, line: str) -> int:
    assert line in log, log
    return log.index(line)


def test_four_roles_of_one_distribution_come_up(at_home: subprocess.CompletedProcess):
    assert at_home.returncode == 0, at_home.stdout + at_home.stderr
    report = json.loads(at_home.stdout)
    assert report["verdict"] == "healthy"
    assert {node["kind"] for node in report["nodes"]} == {"home"}


def test_each_node_is_released_by_what_it_needs(at_home: subprocess.CompletedProcess):
    log = at_home.stderr
    assert moment(log, "starting km") < moment(log, "starting cp")
    answered = [moment(log, f"{node}: Carbon has started") for node in ("km", "cp")]
    assert max(answered) < min(moment(log, f"starting {node}") for node in ("tm", "gw"))
    # The rows come before the answer: the control plane's JVM starts beside the key manager's end.
    assert "km: registry is up: [" in log


def test_a_node_has_its_role_s_files_and_the_generated_configuration(program, at_home):
    webapps = "/home/wso2carbon/wso2am/repository/deployment/server/webapps"
    assert docker("exec", "lab-nodes-home-gw", "ls", webapps).split() == ["api#am#gateway#v2.war"]
    assert "publisher" in docker("exec", "lab-nodes-home-cp", "ls", webapps)
    inside = "/home/wso2carbon/wso2am/repository/conf/deployment.toml"
    generated = program.folder / ".lab/nodes-home/nodes/gw/deployment.toml"
    assert docker("exec", "lab-nodes-home-gw", "cat", inside) == generated.read_text()
    assert "gateway-worker.toml" in generated.read_text()


def test_a_node_runs_as_the_product_s_user_with_its_role_s_memory(program, at_home):
    ran = program("logs", "tm", "--name", "nodes-home")
    quick = "-XX:+UnlockDiagnosticVMOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    assert f"-Xms512m -Xmx512m {quick}" in ran.stdout
    assert docker("exec", "lab-nodes-home-tm", "id", "-u").strip() == "802"


def test_nothing_is_built_when_all_is_there(program, at_home):
    plan = read_plan(program.folder / ".lab/nodes-home")
    owner = Ownership(plan.lab, Purpose.TEST, this_process(), program.folder)
    told: list[str] = []
    with Engine.connect() as engine:
        found = check_real_nodes(engine, plan)
        images = real_images(engine, plan, found, owner, Sources(engine, told.append))
    assert told == []
    assert len(set(images.values())) == 4
    homes = {
        tuple(json.loads(docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", i))[:-1])
        for i in images.values()
    }
    assert len(homes) == 1, "the distribution's layer is shared by all roles"


def test_a_stopped_node_s_jvm_ends_cleanly_and_it_starts_again(program, at_home):
    began = time.monotonic()
    assert program("stop", "gw", "--name", "nodes-home").returncode == 0
    assert time.monotonic() - began < 15
    assert "Halting JVM" in program("logs", "gw", "--name", "nodes-home").stdout
    told = json.loads(program("status", "nodes-home", "--format", "json").stdout)
    assert told["cause"]["code"] == "LAB0201"
    assert "is stopped" in told["cause"]["what"]
    assert program("start", "gw", "--name", "nodes-home").returncode == 0


def test_databases_alone_are_not_reset_below_nodes_of_the_product(program, at_home):
    ran = program("reset", "nodes-home", "--databases")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("error: cp, km would miss users")
    assert "`lab reset`" in ran.stderr


def test_down_does_not_wait_for_a_jvm(program, at_home):
    began = time.monotonic()
    assert program("down", "nodes-home").returncode == 0
    assert time.monotonic() - began < 15


def test_zip_image_and_stand_in_nodes_make_one_cluster(program, home: Path, brought_up):
    text = (ROOT / "topologies/km-tm-separated.toml").read_text()
    kinds = {"cp": f"image:{IMAGE}", "tm": f"image:{IMAGE}", "km": f"zip:{home}.zip"}
    for node, kind in kinds.items():
        text = text.replace(f"[nodes.{node}]", f'[nodes.{node}]\nkind = "{kind}"')
    (program.folder / "nodes-mixed.toml").write_text(text)
    ran = brought_up("nodes-mixed", "nodes-mixed.toml")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report = json.loads(ran.stdout)
    assert {node["name"]: node["kind"] for node in report["nodes"]} == {
        "cp": "image", "gw": "stand-in", "tm": "image", "km": "zip",
    }  # fmt: skip
    assert "Optimizing WSO2 Carbon Server" in program("logs", "cp", "--name", "nodes-mixed").stdout
    began = time.monotonic()
    assert program("stop", "tm", "--name", "nodes-mixed").returncode == 0
    assert time.monotonic() - began < 15
    assert "Halting JVM" in program("logs", "tm", "--name", "nodes-mixed").stdout


def test_all_in_ones_start_one_after_the_other_without_a_profile(program, home: Path, brought_up):
    text = (ROOT / "topologies/ha-all-in-one.toml").read_text()
    for node, kind in {"am-1": f"home:{home}", "am-2": f"image:{IMAGE}"}.items():
        text = text.replace(f"[nodes.{node}]", f'[nodes.{node}]\nkind = "{kind}"')
    (program.folder / "nodes-whole.toml").write_text(text)
    ran = brought_up("nodes-whole", "nodes-whole.toml")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["verdict"] == "healthy"
    assert moment(ran.stderr, "am-1: registry is up: [") < moment(ran.stderr, "starting am-2")
    assert "-Xms1024m -Xmx1024m" in program("logs", "am-1", "--name", "nodes-whole").stdout
    webapps = "/home/wso2carbon/wso2am/repository/deployment/server/webapps"
    held = docker("exec", "lab-nodes-whole-am-1", "ls", webapps)
    assert "publisher" in held  # nothing of either part is taken away
    assert "api#am#gateway#v2.war" in held
    said = program("logs", "am-2", "--name", "nodes-whole").stdout
    assert "Optimizing WSO2 Carbon Server" not in said


@pytest.fixture(scope="module")
def troubled(program, home: Path, brought_up) -> dict[str, subprocess.CompletedProcess]:
    """Let two starts go wrong, side by side."""
    text = (ROOT / "topologies/km-tm-separated.toml").read_text()
    text = text.replace("[nodes.km]", f'[nodes.km]\nkind = "home:{home}"')

    def start(trouble: str) -> subprocess.CompletedProcess:
        (program.folder / f"{trouble}.toml").write_text(
            f'{text}\n[nodes.km.config.trial]\ntrouble = "{trouble}"\n'
        )
        return brought_up(f"nodes-{trouble}", f"{trouble}.toml")

    troubles = ("duplicate", "exit")
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(troubles, pool.map(start, troubles), strict=True))


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        ("duplicate", ("LAB0207", "km will not serve: another node wrote the first rows")),
        ("exit", ("LAB0201", "km exited with code 1: the product can't read its deployment.toml")),
    ],
)
def test_a_start_that_goes_wrong_ends_the_wait_with_its_line_and_mend(
    troubled: dict[str, subprocess.CompletedProcess], trouble: str, cause: tuple[str, str]
):
    ran = troubled[trouble]
    assert ran.returncode == 3, ran.stdout + ran.stderr
    report = json.loads(ran.stdout)
    assert report["cause"]["code"] == cause[0]
    assert report["cause"]["what"].startswith(cause[1])
    assert report["seconds"] < 60


def test_an_incomplete_distribution_leaves_nothing(program, home: Path, tmp_path: Path):
    broken = shutil.copytree(home, tmp_path / "broken")
    (broken / "bin/api-manager.sh").unlink()
    ran = program("up", "km-tm-separated", "--nodes", f"home:{broken}", "--name", "nodes-broken")
    assert ran.returncode == 1
    assert "the distribution is incomplete: no bin/api-manager.sh" in ran.stderr
    assert not (program.folder / ".lab/nodes-broken").exists()


@pytest.fixture(scope="module")
def classic(home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give the homes of an API Manager 2.1 and of its key manager, by their nodes' names."""
    folder = tmp_path_factory.mktemp("classic")
    homes = {
        "am": make_classic(folder, "wso2am", "2.1.0"),
        "km": make_classic(folder, "wso2is-km", "5.3.0"),
    }
    for each in homes.values():
        (each / "repository/components/lib").mkdir()
        jar = each / "repository/components/lib/mysql-connector-java-5.1.49-bin.jar"
        jar.write_bytes(b"no driver")
    return homes


def classic_topology(kinds: dict[str, str]) -> str:
    text = (ROOT / "topologies/is-key-manager.toml").read_text()
    for node, kind in kinds.items():
        text = text.replace(f"[nodes.{node}]", f'[nodes.{node}]\nkind = "{kind}"')
    return text


@pytest.fixture(scope="module")
def classics(program, classic: dict[str, Path], brought_up) -> list[subprocess.CompletedProcess]:
    """Bring a lab of two homes and one of a zip and a stand-in up, side by side."""
    archive = zipped(classic["am"], classic["am"].with_suffix(".zip"))
    homes = classic_topology({name: f"home:{home}" for name, home in classic.items()})
    homes = homes.replace("[nodes.am]", "[nodes.am]\noffset = 2")
    made = {
        "nodes-classic": homes,
        "nodes-classic-2": classic_topology({"am": f"zip:{archive}"}),
    }
    for name, text in made.items():
        (program.folder / f"{name}.toml").write_text(text)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda name: brought_up(name, f"{name}.toml", jdk=JDK_8), made))


def test_a_2_1_and_its_key_manager_come_up_in_the_document_s_order(program, classics):
    ran, _ = classics
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report = json.loads(ran.stdout)
    assert report["verdict"] == "healthy"
    assert {node["kind"] for node in report["nodes"]} == {"home"}
    assert moment(ran.stderr, "km: Carbon has started") < moment(ran.stderr, "starting am")
    conf = "/home/wso2carbon/wso2am/repository/conf"
    inside = docker("exec", "lab-nodes-classic-am", "cat", f"{conf}/api-manager.xml")
    assert "The product's own" in inside
    assert "https://km.wso2.com:9444/services/" in inside
    assert "tcp://localhost:5674" in docker(
        "exec", "lab-nodes-classic-am", "cat", f"{conf}/jndi.properties"
    )
    assert program("stop", "am", "--name", "nodes-classic").returncode == 0
    assert "Halting JVM" in program("logs", "am", "--name", "nodes-classic").stdout


def test_a_real_2_1_takes_a_stand_in_for_its_key_manager(classics):
    _, ran = classics
    assert ran.returncode == 0, ran.stdout + ran.stderr
    kinds = {node["name"]: node["kind"] for node in json.loads(ran.stdout)["nodes"]}
    assert kinds == {"am": "zip", "km": "stand-in"}
