"""What a lab tells of its members, and its prober's sessions."""

import json
import threading
import time
from collections.abc import Callable

import pytest

from lab.launch.channel import ExecChannel
from lab.launch.cluster import Cluster
from lab.launch.engine import Engine
from lab.plan.observed import NodeState, State
from tests.launch.conftest import docker

pytestmark = pytest.mark.engine

NewCluster = Callable[..., Cluster]


def test_a_node_that_ends_is_told_with_its_exit_code_and_last_lines(
    standing: Cluster,
) -> None:
    path = standing.folder / "nodes" / "gw" / "deployment.toml"
    path.write_text("this is no TOML [")
    standing.members.put_files("gw")
    seen: list[NodeState] = []
    with standing.events() as events:
        reader = threading.Thread(target=lambda: seen.extend(events), daemon=True)
        reader.start()
        standing.start_node("gw")
        deadline = time.monotonic() + 20
        while not any(state.is_down for state in seen) and time.monotonic() < deadline:
            time.sleep(0.02)
    reader.join(timeout=5)
    assert not reader.is_alive()
    assert seen[0] == NodeState("gw", State.RUNNING) or seen[0].is_down
    ended = seen[-1]
    assert ended.state is State.EXITED
    assert ended.exit_code not in {0, None}
    assert ended.last_lines
    assert standing.state("gw") == ended


def test_logs_of_a_running_node_can_be_followed_until_it_stops(standing: Cluster) -> None:
    standing.start_node("tm")
    lines: list[str] = []
    spoke = threading.Event()

    def follow() -> None:
        for line in standing.logs("tm", follow=True):
            lines.append(line)
            spoke.set()

    follower = threading.Thread(target=follow)
    follower.start()
    # A node that is stopped before it has said a word ends without one.
    assert spoke.wait(20)
    assert "stand-in" in lines[0]
    assert follower.is_alive()
    standing.stop_node("tm")
    follower.join(timeout=20)
    assert not follower.is_alive()
    assert list(standing.logs("tm")) == lines


@pytest.mark.parametrize("prober", ["prober", "sidecars"])
def test_a_session_sees_each_nodes_own_ports(
    standing: Cluster, new_cluster: NewCluster, prober: str
) -> None:
    cluster = standing if standing.prober_kind == prober else new_cluster(prober=prober)
    cluster.start_prober()
    cluster.start_node("km")
    assert cluster.prober_kind == prober
    channel = cluster.open_session()
    try:
        assert json.loads(channel.receive()) == {"type": "ready"}
        pid, container = cluster.process("km")
        vantage = {"type": "vantage", "name": "km", "trust": ""}
        channel.send(json.dumps({**vantage, "pid": pid, "container": container}).encode() + b"\n")
        seen = _ports(channel)
    finally:
        channel.close()
    assert channel.receive() == b""
    _, listed = cluster.run("km", ("python3", "-c", LISTENING))
    assert set(json.loads(listed)) == seen


# The kernel's own table, read by the node itself.
LISTENING = """
import json
rows = [l.split() for f in ("tcp", "tcp6") for l in open("/proc/net/" + f).readlines()[1:]]
print(json.dumps([int(r[1].rpartition(":")[2], 16) for r in rows if r[3] == "0A"]))
"""


def _ports(channel: object) -> set[int]:
    while True:
        message = json.loads(channel.receive())
        if message["type"] == "listening" and 9443 in message["ports"]:
            time.sleep(0.1)
            return set(message["ports"])


def test_a_session_that_fails_says_why(standing: Cluster, engine: Engine) -> None:
    standing.start_node("km")  # has Python and no probes
    channel = ExecChannel(engine, standing.plan.node("km").container)
    with pytest.raises(ConnectionError, match=r"exit code 1: .*No module named"):
        channel.receive()
    channel.close()


def test_an_ended_session_leaves_no_process(
    standing: Cluster, processes_in: Callable[[str], list[str]]
) -> None:
    standing.start_prober()
    channel = standing.open_session()
    channel.receive()
    assert [line for line in processes_in(standing.plan.prober) if "probes.session" in line]
    channel.close()
    deadline = time.monotonic() + 10
    while [line for line in processes_in(standing.plan.prober) if "probes.session" in line]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_missing_container_is_a_state_and_no_error(standing: Cluster) -> None:
    docker("rm", "--force", standing.plan.node("cp").container)
    assert standing.state("cp") == NodeState("cp", State.MISSING)
    assert NodeState("cp", State.MISSING) in standing.states()
