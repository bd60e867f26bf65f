"""Removal beside containers that aren't the lab's, by the engine's own client."""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.launch.cluster import Cluster
from lab.launch.definitions import PROBER
from lab.launch.engine import Engine
from lab.launch.garbage import remove_leaked
from lab.launch.labels import Ownership, Part, Purpose
from lab.launch.ownership import Owner, this_process
from lab.launch.recipes import read_recipe
from lab.launch.removal import objects_of, remove_lab
from lab.launch.seen import Definition
from tests.launch.conftest import docker, leftovers

pytestmark = pytest.mark.engine

NewCluster = Callable[..., Cluster]

SUBNET = IPv4Network("10.213.255.224/27")


@pytest.fixture
def owner(new_name: Callable[[], str], tmp_path: Path) -> Ownership:
    """Name a lab whose maker is dead."""
    here = this_process()
    dead = Owner(here.boot_id, here.pid_namespace, here.pid, here.start_time + 1)
    return Ownership(new_name(), Purpose.TEST, dead, tmp_path)


@pytest.fixture
def stranger(engine: Engine, owner: Ownership) -> Iterator[str]:
    """Attach a container that isn't the lab's to a lab of one network and one container."""
    network = f"lab-{owner.lab}"
    engine.create_network(network, SUBNET, owner.labels(Part.NETWORK))
    _, base = read_recipe("base")
    wanted = Definition(f"{network}-prober", base, ("true",), owner.labels(Part.PROBER, PROBER), "")
    engine.create(wanted)
    name = f"faults-stranger-{owner.lab}"
    docker("run", "--detach", "--name", name, "--network", network, base, "sleep", "60")
    yield name
    docker("rm", "--force", name)


def test_a_network_with_a_stranger_in_it_is_told_and_goes_the_next_time(
    engine: Engine, owner: Ownership, stranger: str
) -> None:
    with pytest.raises(LabError) as caught:
        remove_lab(engine, owner.lab)
    (problem,) = caught.value.problems
    assert stranger in problem.what
    assert f"docker network disconnect lab-{owner.lab} {stranger}" in problem.mend
    left = objects_of(engine, owner.lab)
    assert (len(left.containers), len(left.networks)) == (0, 1)
    docker("network", "disconnect", f"lab-{owner.lab}", stranger)
    assert remove_lab(engine, owner.lab)
    assert not objects_of(engine, owner.lab)


def test_one_lab_that_cant_go_doesnt_keep_the_others(
    engine: Engine, owner: Ownership, stranger: str, new_name: Callable[[], str], tmp_path: Path
) -> None:
    other = Ownership(new_name(), Purpose.TEST, owner.owner, tmp_path)
    engine.create_volume(f"lab-{other.lab}-complete", other.labels(Part.COMPLETION))
    removed = remove_leaked(engine, (owner.lab, other.lab))
    assert removed.labs == (other.lab,)
    assert [stranger in problem.what for problem in removed.problems] == [True]


def test_removing_leaves_nothing_twice_and_beside_another_lab(
    engine: Engine, new_cluster: NewCluster
) -> None:
    one, other = new_cluster(), new_cluster()
    one.start_node("cp")
    one.complete()
    assert leftovers(one.plan.lab)
    assert remove_lab(engine, one.plan.lab)
    assert leftovers(one.plan.lab) == ""
    assert not one.folder.exists()
    assert not remove_lab(engine, one.plan.lab)
    assert len(objects_of(engine, other.plan.lab).containers) == 6
    assert other.folder.exists()


def test_a_folder_that_is_no_longer_the_labs_is_left_alone(
    engine: Engine, new_cluster: NewCluster
) -> None:
    cluster = new_cluster()
    (cluster.folder / "options.json").write_text('{"name": "another"}')
    remove_lab(engine, cluster.plan.lab)
    assert cluster.folder.exists()
