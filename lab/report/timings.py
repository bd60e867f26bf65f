"""Where the time of a start goes: stages with what each waited for, as a table and as a trace.

The rooms need not know of it: it listens to the progress that they tell anyway, and to the engine's
answers.
"""

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from lab.launch.ownership import start_time_of
from lab.plan.model import Plan
from lab.plan.observed import NodeState, SchemaState, State
from lab.products.log_lines import stage_in
from lab.report.columns import in_columns
from lab.report.live import Progress
from lab.wiring.link import Link
from probes.result import Result

_ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Stage:
    """A span of time; *began* and *ended* are seconds since the beginning of the whole."""

    lane: str  # the member it is about, or `lab`
    what: str
    began: float
    ended: float
    waited_for: str = ""

    @property
    def seconds(self) -> float:
        """Give its length."""
        return self.ended - self.began


class Timings:
    """Takes down stages, and requests to the engine; from any thread."""

    def __init__(self, began: float | None = None) -> None:
        self._began = time.monotonic() if began is None else began
        self._stages: list[Stage] = []
        self._requests: list[Stage] = []
        self._noting = threading.Lock()

    @property
    def now(self) -> float:
        """Give the seconds since the beginning."""
        return time.monotonic() - self._began

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Give the stages by their beginning."""
        with self._noting:
            return tuple(sorted(self._stages, key=lambda stage: (stage.began, stage.ended)))

    @contextmanager
    def stage(self, what: str, *, waited_for: str = "") -> Iterator[None]:
        """Take down how long something of the whole lab takes, however it ends."""
        began = self.now
        try:
            yield
        finally:
            self.note(Stage("lab", what, began, self.now, waited_for))

    def note(self, stage: Stage) -> None:
        """Take down a stage that is over."""
        with self._noting:
            self._stages.append(stage)

    def note_request(self, what: str, seconds: float) -> None:
        """Take down a request that the engine has just answered; it shows in the trace alone."""
        ended = self.now
        lane = f"{_ENGINE}: {threading.current_thread().name}"
        with self._noting:
            self._requests.append(Stage(lane, what, max(0.0, ended - seconds), ended))

    def table(self) -> str:
        """Give one line a stage."""
        rows = [
            (
                stage.lane,
                stage.what,
                f"{stage.began:.2f}",
                f"{stage.ended:.2f}",
                f"{stage.seconds:.2f}",
                stage.waited_for,
            )
            for stage in self.stages
        ]
        head = ("OF", "STAGE", "FROM", "TO", "SECONDS", "WAITED FOR")
        return "\n".join(line.rstrip() for line in in_columns(head, rows))

    def trace(self) -> str:
        """Give the events that chrome://tracing, Perfetto and speedscope read."""
        with self._noting:
            spans = sorted([*self._stages, *self._requests], key=lambda one: one.began)
        lanes = {lane: number for number, lane in enumerate(dict.fromkeys(s.lane for s in spans))}
        names = [
            {"ph": "M", "pid": 1, "tid": number, "name": "thread_name", "args": {"name": lane}}
            for lane, number in lanes.items()
        ]
        events = [_event(span, lanes[span.lane]) for span in spans]
        return json.dumps({"displayTimeUnit": "ms", "traceEvents": [*names, *events]}, indent=1)


def _event(span: Stage, lane: int) -> dict[str, Any]:
    return {
        "ph": "X",
        "pid": 1,
        "tid": lane,
        "name": span.what,
        "cat": _ENGINE if span.lane.startswith(_ENGINE) else "stage",
        "ts": round(span.began * 1e6),
        "dur": round(span.seconds * 1e6),
        "args": {"waited for": span.waited_for} if span.waited_for else {},
    }


class TimedProgress:
    """Hands all progress on, and takes down when each member was waited for, started and proven."""

    def __init__(self, told: Progress, timings: Timings) -> None:
        self._told = told
        self._timings = timings
        self._expected = timings.now
        self._links: dict[str, Link] = {}
        self._unproven: dict[str, set[str]] = {}
        self._met: dict[str, str] = {}
        self._starting: dict[str, float] = {}
        self._running: dict[str, float] = {}
        self._stages: dict[str, tuple[str, float]] = {}

    def __enter__(self) -> Self:
        self._told.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._told.__exit__(kind, failure, trace)

    def step(self, line: str) -> None:
        """Hand it on."""
        self._told.step(line)

    def expect(self, plan: Plan, links: Sequence[Link]) -> None:
        """Begin to wait for every member, and for its links."""
        self._expected = self._timings.now
        self._links = {link.id: link for link in links}
        for link in links:
            self._unproven.setdefault(link.node, set()).add(link.id)
        self._told.expect(plan, links)

    def databases(self, schemas: Iterable[SchemaState]) -> None:
        """Take down that the databases are proven."""
        proven = tuple(schemas)
        for server in dict.fromkeys(schema.server for schema in proven):
            self._note(server, "databases proven", self._expected)
        self._told.databases(proven)

    def met(self, node: str, link: Link) -> None:
        """Note the latest connection that a node's start had to wait for."""
        self._met[node] = f"{link.to or link.host} to answer ({_name(link)})"
        self._told.met(node, link)

    def starting(self, node: str) -> None:
        """Take down that what a member's start waited for is there."""
        waited_for = self._met.get(node, "")
        if waited_for:
            self._note(node, "waits for its needs", self._expected, waited_for)
        self._starting[node] = self._timings.now
        self._told.starting(node)

    def said(self, node: str, line: str) -> None:
        """Take down the stages of a real node's start, as its log tells them."""
        if stage := stage_in(line):
            known, began = self._stages.get(node, ("", 0.0))
            if known != stage:
                if known:
                    self._note(node, known, began)
                self._stages[node] = (stage, self._timings.now)
        self._told.said(node, line)

    def seen(self, observed: Result | NodeState) -> None:
        """Take down that a member runs, and that the last link it dials is healthy."""
        if isinstance(observed, NodeState):
            if observed.state is State.RUNNING and observed.name in self._starting:
                began = self._starting.pop(observed.name)
                self._note(observed.name, "container starts", began)
                self._running[observed.name] = self._timings.now
        elif observed.ok:
            self._prove(observed.id)
        self._told.seen(observed)

    def _prove(self, id_: str) -> None:
        link = self._links.get(id_)
        if link is None or id_ not in self._unproven.get(link.node, ()):
            return
        unproven = self._unproven[link.node]
        unproven.discard(id_)
        if not unproven:
            began = self._running.get(link.node, self._expected)
            self._note(link.node, "all its links proven", began, f"{_name(link)}, the last")

    def _note(self, lane: str, what: str, began: float, waited_for: str = "") -> None:
        self._timings.note(Stage(lane, what, began, self._timings.now, waited_for))


def _name(link: Link) -> str:
    return f"{link.node} → {link.host}:{link.port} {link.protocol}"


def process_began() -> float:
    """Give the start of this process on the clock of `time.monotonic`; elsewhere than Linux now."""
    with suppress(OSError, ValueError, IndexError, AttributeError):
        if (ticks := start_time_of(os.getpid())) is not None:
            age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
            return time.monotonic() - age
    return time.monotonic()
