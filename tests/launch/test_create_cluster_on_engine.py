"""Making labs: side by side, twice, after a killed one, and not to the end."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.launch.cluster import Cluster
from lab.launch.create_cluster import create_cluster
from lab.launch.engine import Engine
from lab.launch.front import way_in_name
from lab.launch.lease import NameHeldError
from lab.launch.ownership import this_process
from lab.launch.ports import read_ports, write_ports
from lab.launch.removal import objects_of
from lab.plan.model import Plan
from tests.launch.conftest import MAKE_AND_DIE, docker, leftovers

pytestmark = pytest.mark.engine

NewCluster = Callable[..., Cluster]
NewPlan = Callable[..., Plan]
Rendered = Callable[[Plan], Path]


def test_a_second_lab_of_the_same_name_is_told_who_has_it(
    engine: Engine, new_cluster: NewCluster, tmp_path: Path
) -> None:
    first = new_cluster()
    with pytest.raises(NameHeldError, match=f"half made, by process {this_process().pid}"):
        create_cluster(engine, first.plan, first.folder, purpose="test", progress=print)
    first.complete()
    with pytest.raises(NameHeldError, match="exists, 0 of 4 nodes running"):
        create_cluster(engine, first.plan, first.folder, purpose="test", progress=print)
    assert len(objects_of(engine, first.plan.lab).containers) == 6


def test_of_several_that_make_the_same_lab_at_once_one_wins_and_the_others_leave_nothing(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    barrier = threading.Barrier(4)

    def make(_: int) -> Cluster | LabError:
        barrier.wait()
        try:
            return create_cluster(engine, plan, folder, purpose="test", progress=print)
        except LabError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(make, range(4)))
    assert sum(isinstance(each, Cluster) for each in outcomes) == 1
    assert sum(isinstance(each, NameHeldError) for each in outcomes) == 3
    objects = objects_of(engine, plan.lab)
    assert len(objects.containers) == 6
    assert len(objects.networks) == 1


def test_labs_made_in_the_same_second_never_share_a_subnet(
    engine: Engine, new_plan: NewPlan, rendered: Rendered, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All start at the same subnet, so that all but one must take another.
    monkeypatch.setattr("lab.launch.subnets.zlib.crc32", lambda _: 1000)
    plans = [new_plan() for _ in range(6)]
    folders = [rendered(plan) for plan in plans]
    barrier = threading.Barrier(len(plans))

    def make(plan: Plan, folder: Path) -> Cluster:
        barrier.wait()
        return create_cluster(engine, plan, folder, purpose="test", progress=print)

    with ThreadPoolExecutor(len(plans)) as pool:
        list(pool.map(make, plans, folders))
    subnets = {
        subnet
        for plan in plans
        for network in objects_of(engine, plan.lab).networks
        for subnet in network.subnets
    }
    assert len(subnets) == len(plans)
    assert {subnet.prefixlen for subnet in subnets} == {27}


@pytest.mark.parametrize("purpose", ["test", "person"])
def test_what_a_killed_process_left_half_made_is_removed_and_the_lab_made(
    engine: Engine, new_plan: NewPlan, rendered: Rendered, purpose: str
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MAKE_AND_DIE, str(folder), purpose], check=False
    )
    assert killed.returncode == -9
    left = {container.id for container in objects_of(engine, plan.lab).containers}
    assert left
    create_cluster(engine, plan, folder, purpose="test", progress=print)
    made = {container.id for container in objects_of(engine, plan.lab).containers}
    assert len(made) == 6
    assert not made & left


def test_a_failure_in_the_middle_leaves_nothing(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    docker(
        *("create", "--name", plan.node("tm").container, "--label", "launch-test=1"),
        *("--entrypoint", "true", docker("images", "--quiet", "apim-lab/base").split()[0]),
    )
    try:
        with pytest.raises(LabError):
            create_cluster(engine, plan, folder, purpose="test", progress=print)
        assert leftovers(plan.lab) == ""
    finally:
        docker("rm", "--force", plan.node("tm").container)


def test_an_interruption_in_the_middle_leaves_nothing(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()

    def interrupt(line: str) -> None:
        if line.startswith("creating"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create_cluster(engine, plan, rendered(plan), purpose="test", progress=interrupt)
    assert leftovers(plan.lab) == ""


def test_a_port_that_is_taken_before_a_closed_lab_opens_it_is_exchanged(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    own_file = replace(plan.node("gw"), file=folder / "nodes" / "gw" / "deployment.toml")
    nodes = tuple(own_file if node.name == "gw" else node for node in plan.nodes)
    closed = replace(plan, nodes=nodes)
    with socket.socket() as stranger:
        # Free for whoever looks, as it doesn't listen yet.
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", 0))
        taken = stranger.getsockname()[1]
        write_ports(folder, {"gw": {8243: taken}})
        create_cluster(
            *(engine, closed, folder),
            purpose="test",
            progress=print,
            write=stranger.listen,
            start=True,
        )
        published = read_ports(folder)["gw"]
    assert published[8243] != taken
    front = engine.inspect(way_in_name(closed))
    assert front.status == "running"
    assert set(published.values()) <= set(front.published)
