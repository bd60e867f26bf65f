"""Real nodes' logs on their way to the gate, from a cluster whose logs and events the test says."""

import queue
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from lab.launch.homes.following import Following, logged_states
from lab.plan.observed import NodeState, State


class ScriptedEvents:
    def __init__(self) -> None:
        self.states: queue.Queue[NodeState | None] = queue.Queue()

    def __iter__(self) -> Iterator[NodeState]:
        while (state := self.states.get()) is not None:
            yield state

    def close(self) -> None:
        self.states.put(None)


class ScriptedCluster:
    def __init__(self, *lines: str) -> None:
        self.lines = lines
        self.said = ScriptedEvents()
        self.ended = threading.Event()

    def events(self) -> ScriptedEvents:
        return self.said

    def logs(self, name: str, *, follow: bool) -> Iterator[str]:
        assert (name, follow) in {("cp", True), ("km", True)}
        yield from self.lines
        self.ended.wait(5)


@pytest.fixture
def heard() -> list[tuple[str, str]]:
    return []


def following(
    cluster: ScriptedCluster, heard: list, silence: float = 60, grace: float = 0.01
) -> Following:
    return Following(cluster, lambda node, line: heard.append((node, line)), silence, grace)


def first(changes: Following) -> NodeState:
    return next(iter(changes))


def test_the_engine_s_events_go_on_to_the_gate(heard: list):
    cluster = ScriptedCluster()
    changes = following(cluster, heard)
    cluster.said.states.put(NodeState("gw", State.EXITED, 1))
    assert first(changes) == NodeState("gw", State.EXITED, 1)
    changes.close()
    assert list(changes) == []


def test_a_known_line_makes_a_node_stuck(heard: list):
    line = "java.lang.OutOfMemoryError: Java heap space"
    cluster = ScriptedCluster("JVM", line)
    changes = following(cluster, heard)
    changes.follow("cp")
    assert first(changes) == NodeState("cp", State.STUCK, None, (line,))
    assert first_two(heard) == [("cp", "JVM"), ("cp", line)]
    assert set(changes.stuck) == {"cp"}
    cluster.ended.set()
    changes.close()


def test_a_node_that_ends_after_a_known_line_is_told_as_ended(heard: list):
    line = "SEVERE {org.wso2.carbon.server.Main} - Error while performing configuration changes"
    cluster = ScriptedCluster(line)
    changes = following(cluster, heard, grace=30)
    changes.follow("cp")
    while not heard:
        cluster.ended.wait(0.01)
    cluster.said.states.put(NodeState("cp", State.EXITED, 1))
    assert first(changes) == NodeState("cp", State.EXITED, 1)
    cluster.ended.set()
    changes.close()
    assert changes.stuck == {}


def test_the_first_known_line_is_told_though_others_follow(heard: list):
    lines = ("Unknown database 'apim_db'", "WSO2 Carbon initialization Failed")
    cluster = ScriptedCluster(*lines)
    changes = following(cluster, heard, grace=0.05)
    changes.follow("cp")
    assert first(changes).last_lines == lines[:1]
    cluster.ended.set()
    changes.close()


def first_two(heard: list) -> list:
    return heard[:2]


def test_a_start_that_falls_silent_is_stuck(heard: list):
    cluster = ScriptedCluster("Starting WSO2 Carbon...")
    changes = following(cluster, heard, silence=0.05)
    changes.follow("km")
    stuck = first(changes)
    assert (stuck.name, stuck.state) == ("km", State.STUCK)
    assert stuck.last_lines == ("(no line for 0 s)",)
    cluster.ended.set()
    changes.close()


def test_a_node_that_has_started_may_be_silent(heard: list):
    cluster = ScriptedCluster("WSO2 Carbon started in 54 sec")
    changes = following(cluster, heard, silence=0.05)
    changes.follow("km")
    cluster.ended.wait(0.2)
    assert changes.stuck == {}
    cluster.ended.set()
    changes.close()


STAGE = "INFO - TomcatGenericWebappsDeployer Deployed webapp: internal#data#v1.war"
STARTED = "INFO - StartupFinalizerServiceComponent WSO2 Carbon started in 72 sec"


def by_log(*lines: str, failing: bool = True) -> NodeState:
    cluster = SimpleNamespace(
        plan=SimpleNamespace(real_nodes=(SimpleNamespace(name="cp"),)),
        lines_since_start=lambda _name: iter(lines),
    )
    states = (NodeState("cp", State.RUNNING),)
    return logged_states(cluster, states, {"cp"} if failing else set())[0]


def test_a_failing_node_that_has_not_started_still_starts_and_tells_its_stage() -> None:
    assert by_log("Using Java memory options: -Xmx896m", STAGE, "INFO - more") == NodeState(
        "cp", State.STARTING, None, (STAGE,)
    )


def test_a_failing_node_that_has_started_runs() -> None:
    assert by_log(STAGE, STARTED).state is State.RUNNING


def test_a_node_that_answers_runs_whatever_its_log_says() -> None:
    assert by_log(STAGE, failing=False).state is State.RUNNING


def test_a_line_that_ends_all_hope_counts_before_the_start_does() -> None:
    line = "SQLException: Access denied for user 'root'@'172.31.0.2'"
    assert by_log(STAGE, line).state is State.STUCK
