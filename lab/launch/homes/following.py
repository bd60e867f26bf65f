"""Follows what happens to real nodes: the engine's events, and the lines of their own logs."""

import queue
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace

from lab.errors import LabError
from lab.launch.cluster import Cluster
from lab.launch.refusals import GoneError
from lab.plan.observed import NodeState, State
from lab.products.log_lines import stage_in, trouble_in

Said = Callable[[str, str], None]  # a node's name, and a line of its log

SILENCE = 180.0  # seconds without a line, of a start that has not ended
GRACE = 5.0  # seconds in which a JVM that gives up may end: some do, and their end says more
_STARTED = "WSO2 Carbon started in"


class Following:
    """State changes of a cluster, as the gate reads them, until closed.

    A real node that logs a line after which it never comes up, and runs on, is `stuck`, and one
    that hangs without a word too; *said* gets every line of a real node's log, on a thread of that
    node.
    """

    def __init__(
        self, cluster: Cluster, said: Said, silence: float = SILENCE, grace: float = GRACE
    ) -> None:
        self._cluster = cluster
        self._said = said
        self._silence = silence
        self._grace = grace
        self._events = cluster.events()
        self.stuck: dict[str, NodeState] = {}
        self._changes: queue.SimpleQueue[NodeState | None] = queue.SimpleQueue()
        self._alarms: dict[str, threading.Timer] = {}
        self._giving_up: dict[str, threading.Timer] = {}
        self._closed = threading.Event()
        threading.Thread(target=self._pump, name="engine-events", daemon=True).start()

    def follow(self, node: str) -> None:
        """Read a started node's log from here on."""
        self._expect(node)
        threading.Thread(target=self._read, args=(node,), name=f"log-{node}", daemon=True).start()

    def __iter__(self) -> Iterator[NodeState]:
        while (change := self._changes.get()) is not None:
            yield change

    def close(self) -> None:
        """End the stream; a thread that waits in it sees its end."""
        self._closed.set()
        self._events.close()
        for timer in (*self._alarms.values(), *self._giving_up.values()):
            timer.cancel()
        self._changes.put(None)

    def _pump(self) -> None:
        with suppress(OSError, LabError):  # the stream was closed
            for change in self._events:
                self._changes.put(change)

    def _read(self, node: str) -> None:
        with suppress(OSError, LabError):  # the container is gone; its event tells
            for line in self._cluster.logs(node, follow=True):
                if self._closed.is_set():
                    return
                self._take(node, line)
        self._calm(node)

    def _take(self, node: str, line: str) -> None:
        self._said(node, line)
        if trouble_in(line):
            self._let_end(node, line)
        if _STARTED in line:
            self._calm(node)
        elif node in self._alarms:
            self._expect(node)

    def _expect(self, node: str) -> None:
        """Wait for the node's next line, as long as one may take."""
        self._calm(node)
        if not self._closed.is_set():
            self._alarms[node] = _after(self._silence, self._hang, node)

    def _calm(self, node: str) -> None:
        alarm = self._alarms.pop(node, None)
        if alarm is not None:
            alarm.cancel()

    def _let_end(self, node: str, line: str) -> None:
        """Take the node for stuck, unless its end is told first; the first line counts."""
        if node not in self._giving_up and not self._closed.is_set():
            self._giving_up[node] = _after(self._grace, self._note_stuck, node, line)

    def _hang(self, node: str) -> None:
        self._note_stuck(node, f"(no line for {self._silence:.0f} s)")

    def _note_stuck(self, node: str, line: str) -> None:
        state = self.stuck.setdefault(node, NodeState(node, State.STUCK, None, (line,)))
        self._changes.put(state)


def _after(seconds: float, act: Callable[..., None], *words: str) -> threading.Timer:
    timer = threading.Timer(seconds, act, words)
    timer.daemon = True
    timer.start()
    return timer


def logged_states(
    cluster: Cluster, states: tuple[NodeState, ...], failing: Collection[str]
) -> tuple[NodeState, ...]:
    """Give the states, those of running real nodes with what their logs say of their starts.

    One is `stuck` behind a line that ends all hope, and `starting` until its log says that it has
    started. That counts for a node among *failing*; a line also where a node that answers
    everything is useless.
    """
    real = {node.name for node in cluster.plan.real_nodes}
    return tuple(
        _judged(cluster, state, fails=state.name in failing)
        if state.name in real and state.state is State.RUNNING
        else state
        for state in states
    )


def _judged(cluster: Cluster, state: NodeState, *, fails: bool) -> NodeState:
    has_started, stage = False, ""
    with suppress(GoneError):
        for line in cluster.lines_since_start(state.name):
            known = trouble_in(line)
            if known is not None and (fails or known.looks_healthy):
                return replace(state, state=State.STUCK, last_lines=(line,))
            has_started = has_started or _STARTED in line
            stage = line if stage_in(line) else stage
        if fails and not has_started:
            return replace(state, state=State.STARTING, last_lines=(stage,))
    return state
