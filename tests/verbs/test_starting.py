"""What `lab start` does with a member by its state and its files; an engine test is in e2e."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lab.errors import LabError, TopologyError
from lab.launch.definitions import Images
from lab.launch.labels import Ownership, Purpose
from lab.launch.members import Members
from lab.launch.ownership import this_process
from lab.plan.make import make_plan
from lab.plan.observed import NodeState, State
from lab.render.write import render
from lab.topology.read import read_topology
from lab.verbs.starting import require_alive, start_member

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "ha-gateway.toml"


class Cluster:
    """A lab's files, with states as they come one after another."""

    def __init__(self, folder: Path, *states: NodeState, log: Sequence[str] = ()) -> None:
        self.plan = make_plan(read_topology(TOPOLOGY), name="files")
        self.folder = folder
        owner = Ownership("files", Purpose.TEST, this_process(), folder)
        self.members = Members(None, self.plan, folder, owner, Images("", {}, {}))
        self.started: list[str] = []
        self.was_edited: tuple[str, ...] = ()
        self.was_off = False
        self._states = list(states)
        self._log = log

    def state(self, _: str) -> NodeState:
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]

    def attach(self, _: str) -> bool:
        return self.was_off

    def edited(self) -> tuple[str, ...]:
        return self.was_edited

    def start_node(self, name: str) -> None:
        self.started.append(name)

    def lines_since_start(self, _: str) -> Sequence[str]:
        return self._log


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    render(make_plan(read_topology(TOPOLOGY), name="files"), folder)
    return folder


def stopped(name: str) -> NodeState:
    return NodeState(name, State.EXITED, 0)


@pytest.mark.parametrize("name", ["km", "db"])
def test_a_stopped_member_is_started(rendered: Path, name: str) -> None:
    cluster = Cluster(rendered, stopped(name))
    assert start_member(cluster, name) == "started"
    assert cluster.started == [name]


def test_a_node_that_runs_on_its_files_stays_as_it_is(rendered: Path) -> None:
    cluster = Cluster(rendered, NodeState("km", State.RUNNING))
    assert start_member(cluster, "km") == "runs already"
    assert cluster.started == []


def test_a_node_that_runs_off_its_network_is_put_on_it(rendered: Path) -> None:
    cluster = Cluster(rendered, NodeState("km", State.RUNNING))
    cluster.was_off = True
    assert start_member(cluster, "km") == "runs already; put on its network again"
    assert cluster.started == []


def test_a_node_that_runs_on_files_of_before_an_edit_is_told(rendered: Path) -> None:
    cluster = Cluster(rendered, NodeState("km", State.RUNNING))
    cluster.was_edited = ("km",)
    with pytest.raises(LabError, match="km runs already, with its files as they were") as caught:
        start_member(cluster, "km")
    assert "`lab stop km`, then `lab start km`" in caught.value.problems[0].mend
    assert cluster.started == []


@pytest.mark.parametrize(
    ("state", "said"),
    [(State.MISSING, "km has no container"), (State.PAUSED, "km is paused")],
)
def test_what_nothing_can_start_is_refused(rendered: Path, state: State, said: str) -> None:
    cluster = Cluster(rendered, NodeState("km", state))
    with pytest.raises(LabError, match=said):
        start_member(cluster, "km")
    assert cluster.started == []


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("km", "nodes/km/deployment.toml"),
        ("km", "nodes/km/wso2carbon.jks"),
        ("km", "nodes/km/client-truststore.jks"),
        ("db", "servers/db/server-key.pem"),
        ("gw-lb", "balancers/gw-lb/haproxy.cfg"),
    ],
)
def test_a_missing_file_is_refused_before_the_start(rendered: Path, name: str, file: str) -> None:
    path = rendered / file
    content = path.read_bytes()
    path.unlink()
    cluster = Cluster(rendered, stopped(name))
    try:
        with pytest.raises(TopologyError) as caught:
            start_member(cluster, name)
    finally:
        path.write_bytes(content)
    assert caught.value.problems[0].where.endswith(f"{name}/{path.name}")
    assert cluster.started == []


def test_a_broken_file_keeps_its_own_node_from_starting_and_no_other(rendered: Path) -> None:
    path = rendered / "nodes" / "km" / "deployment.toml"
    content = path.read_bytes()
    path.write_text("this is no TOML [")
    try:
        with pytest.raises(TopologyError, match=r"km/deployment\.toml:1"):
            start_member(Cluster(rendered, stopped("km")), "km")
        assert start_member(Cluster(rendered, stopped("tm")), "tm") == "started"
    finally:
        path.write_bytes(content)


def test_a_stand_in_that_ends_at_once_is_told_with_its_last_line(rendered: Path) -> None:
    ended = NodeState("km", State.EXITED, 1, ("TID: starting", "ERROR keystore can't be opened"))
    cluster = Cluster(rendered, NodeState("km", State.RUNNING), ended)
    with pytest.raises(LabError, match="km ended at once with exit code 1: ERROR keystore"):
        require_alive(cluster, "km")


def test_a_stand_in_that_has_started_is_waited_for_no_longer(rendered: Path) -> None:
    log = ["INFO - WSO2 Carbon started in 1 sec"]
    require_alive(Cluster(rendered, NodeState("km", State.RUNNING), log=log), "km")
