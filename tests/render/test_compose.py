import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from lab.data import data_folder
from lab.plan.containers import SERVER_SOCKET
from lab.plan.make import make_plan
from lab.render.compose import compose_model, compose_yaml
from lab.render.write import render
from lab.topology.read import read_topology

CHECKOUT = Path(__file__).parents[2]
PLAN = make_plan(read_topology(CHECKOUT / "topologies/km-tm-separated.toml"))
SHIFTED = make_plan(read_topology(CHECKOUT / "tests/topologies/good/offsets.toml"))
STORES = {node.name: ["wso2carbon.jks"] for node in PLAN.nodes}
FRAGMENTS = sorted(data_folder("compose").glob("*.yaml"))


def test_every_service_has_a_health_check_of_one_second_that_can_be_set():
    services = compose_model(PLAN, STORES)["services"]
    intervals = {service["healthcheck"]["interval"] for service in services.values()}
    assert intervals == {"${LAB_HEALTH_INTERVAL:-1s}"}


def test_the_pace_before_the_first_success_is_set_only_when_asked_for():
    assert "start_interval" not in compose_yaml(PLAN, STORES)
    services = yaml.safe_load(compose_yaml(PLAN, STORES, "100ms"))["services"]
    assert {service["healthcheck"]["start_interval"] for service in services.values()} == {"100ms"}


def test_a_service_waits_for_the_health_of_what_its_node_starts_after():
    cp, *others = PLAN.nodes
    waiting = replace(PLAN, nodes=(replace(cp, starts_after=("db", "km")), *others))
    services = compose_model(waiting, STORES)["services"]
    healthy = {"condition": "service_healthy"}
    assert services["cp"]["depends_on"] == {"db": healthy, "km": healthy}
    assert "depends_on" not in services["km"]


def test_no_port_of_the_database_or_the_prober_is_published_and_all_others_on_loopback_only():
    services = compose_model(PLAN, STORES)["services"]
    published = {name: service.get("ports", []) for name, service in services.items()}
    assert {name for name, ports in published.items() if ports} == {"cp", "gw", "km"}
    assert all(port.startswith("127.0.0.1::") for ports in published.values() for port in ports)


def test_every_mount_is_read_only():
    services = compose_model(PLAN, STORES)["services"]
    mounts = [mount for service in services.values() for mount in service.get("volumes", [])]
    assert mounts
    assert all(mount["read_only"] for mount in mounts)


def test_an_offset_moves_the_port_that_the_health_check_asks():
    services = compose_model(SHIFTED, STORES)["services"]
    assert services["gw"]["healthcheck"]["test"][-1].endswith("/9445")
    assert "127.0.0.1::8245" in services["gw"]["ports"]


def test_the_database_s_health_check_asks_on_the_server_s_own_socket():
    service = compose_model(PLAN, STORES)["services"]["db"]
    assert f"--socket={SERVER_SOCKET}" in service["command"]
    assert f"--socket={SERVER_SOCKET}" in service["healthcheck"]["test"]


def test_the_prober_has_no_more_than_it_needs_to_enter_a_node_s_network():
    prober = compose_model(PLAN, STORES)["services"]["prober"]
    assert prober["cap_drop"] == ["ALL"]
    assert sorted(prober["cap_add"]) == ["SYS_ADMIN", "SYS_PTRACE"]
    assert prober["security_opt"] == ["no-new-privileges:true"]
    assert prober["read_only"] is True
    assert prober["network_mode"] == "none"
    assert "ports" not in prober
    assert "networks" not in prober


def config(path: Path, *options: str) -> str:
    argv = ["docker", "compose", "-f", path, *options, "config"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.engine
@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.stem)
def test_docker_compose_takes_each_fragment_on_its_own(fragment: Path):
    config(fragment, "--profile", "prober")


@pytest.mark.engine
@pytest.mark.parametrize("plan", [PLAN, SHIFTED], ids=lambda plan: plan.lab)
def test_docker_compose_takes_the_rendered_file_and_reads_the_same_out_of_it(plan, tmp_path: Path):
    render(plan, tmp_path)
    read = yaml.safe_load(config(tmp_path / "compose.yaml", "--profile", "prober"))
    assert set(read["services"]) == {"db", "cp", "gw", "tm", "km", "prober"}
    assert read["name"] == f"lab-{plan.lab}"
    for service in read["services"].values():
        for mount in service.get("volumes", []):
            assert Path(mount["source"]).is_file()
    aliases = read["services"]["cp"]["networks"]["lab"]["aliases"]
    assert aliases == list(plan.node("cp").aliases)
