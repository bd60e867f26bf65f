"""Progress on stderr while the lab comes up: a view that redraws itself, or plain lines."""

import time
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import IO, Any, Protocol, Self

from lab.plan.model import Plan
from lab.plan.observed import NodeState, SchemaState, State
from lab.products.log_lines import stage_in
from lab.wiring.link import Link
from probes.result import Result

_LINE = 120  # characters of a log line
_SILENCE = 15.0  # seconds after which a long stage is told again


class Progress(Protocol):
    """Takes notice of all that happens until the verdict."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def step(self, line: str) -> None:
        """Say what is being done; may be called from any thread."""

    def expect(self, plan: Plan, links: Sequence[Link]) -> None:
        """Say what will have to be healthy."""

    def databases(self, schemas: Iterable[SchemaState]) -> None:
        """Say how the databases are."""

    def met(self, node: str, link: Link) -> None:
        """Say that a connection that *node* needs at its start answers."""

    def starting(self, node: str) -> None:
        """Say that a member is about to be started; may be called from any thread."""

    def said(self, node: str, line: str) -> None:
        """Take a line of a starting node's own log; called from a thread of that node."""

    def seen(self, observed: Result | NodeState) -> None:
        """Take a probe's result or a node's state."""


class Tally:
    """What is known so far: the state of each node and how many of its links are proven."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.latest = ""
        self.states: dict[str, State] = {}
        self.schemas: tuple[SchemaState, ...] = ()
        self.stages: dict[str, str] = {}
        self.lines: dict[str, str] = {}
        self._told: dict[str, float] = {}
        self._links: dict[str, Link] = {}
        self._results: dict[str, Result] = {}

    @property
    def elapsed(self) -> float:
        """Give the seconds since the beginning."""
        return time.monotonic() - self.began

    def expect(self, plan: Plan, links: Sequence[Link]) -> None:
        """Begin with every node and balancer created and no link proven."""
        self.states = {node.name: State.CREATED for node in plan.nodes}
        self.states |= {balancer.name: State.CREATED for balancer in plan.balancers}
        self._links = {link.id: link for link in links}

    def add(self, observed: Result | NodeState) -> bool:
        """Note what was observed; tell whether it says something else than before."""
        if isinstance(observed, NodeState):
            changed = self.states.get(observed.name) is not observed.state
            self.states[observed.name] = observed.state
            return changed
        before = self._results.get(observed.id)
        self._results[observed.id] = observed
        return before is None or before.outcome is not observed.outcome

    def hear(self, node: str, line: str) -> bool:
        """Note a node's line; tell whether it begins a stage, or the last told one is long ago."""
        stage = stage_in(line)
        self.lines[node] = line.strip()
        is_new = bool(stage) and self.stages.get(node) != stage
        if stage:
            self.stages[node] = stage
        if is_new or self.elapsed - self._told.get(node, 0.0) > _SILENCE:
            self._told[node] = self.elapsed
            return True
        return False

    def proven(self, node: str = "") -> tuple[int, int]:
        """Give how many links are healthy, and how many there are, of a node or of all."""
        ids = [link.id for link in self._links.values() if node in ("", link.node)]
        return sum(self._is_ok(id_) for id_ in ids), len(ids)

    def waiting(self) -> list[tuple[Link, Result]]:
        """Give the links that were tried and aren't healthy yet, with their last result."""
        return [
            (self._links[id_], result)
            for id_, result in self._results.items()
            if not result.ok and id_ in self._links
        ]

    def link(self, id_: str) -> Link | None:
        """Give a link by its id."""
        return self._links.get(id_)

    def _is_ok(self, id_: str) -> bool:
        result = self._results.get(id_)
        return result is not None and result.ok


class PlainProgress:
    """One line for each thing that is done; for logs and pipes."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._tally = Tally()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def step(self, line: str) -> None:
        """Print it."""
        # In one piece: lines come from several threads.
        self._stream.write(f"[{self._tally.elapsed:5.1f} s] {line}\n")
        self._stream.flush()

    def expect(self, plan: Plan, links: Sequence[Link]) -> None:
        """Note it."""
        self._tally.expect(plan, links)

    def databases(self, schemas: Iterable[SchemaState]) -> None:
        """Print nothing: each was a step already."""

    def met(self, node: str, link: Link) -> None:
        """Print nothing: the start that waited for it is a line."""

    def starting(self, node: str) -> None:
        """Print it."""
        self.step(f"starting {node}")

    def said(self, node: str, line: str) -> None:
        """Print a new stage with its line, and now and then a line of a long one."""
        if self._tally.hear(node, line):
            stage = self._tally.stages.get(node, "starting")
            self.step(f"{node}: {stage}: {line.strip()[:_LINE]}")

    def seen(self, observed: Result | NodeState) -> None:
        """Print a node's change, and a node whose last link has turned healthy."""
        if not self._tally.add(observed):
            return
        if isinstance(observed, NodeState):
            self.step(f"node {observed.name} {observed.state}")
            return
        link = self._tally.link(observed.id)
        if link is not None and observed.ok:
            healthy, of = self._tally.proven(link.node)
            if healthy == of:
                self.step(f"{link.node}: all {of} links healthy")


class LiveProgress:
    """A view in the terminal that redraws itself and is gone at the end."""

    def __init__(self, stream: IO[str], *, colour: bool) -> None:
        from rich.console import Console  # noqa: PLC0415  # only for terminals
        from rich.live import Live  # noqa: PLC0415

        self._tally = Tally()
        console = Console(file=stream, no_color=not colour, highlight=False)
        self._live = Live(
            get_renderable=self._render, console=console, refresh_per_second=8, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def step(self, line: str) -> None:
        """Show it until the next."""
        self._tally.latest = line

    def expect(self, plan: Plan, links: Sequence[Link]) -> None:
        """Begin to show nodes."""
        self._tally.expect(plan, links)

    def databases(self, schemas: Iterable[SchemaState]) -> None:
        """Begin to show databases."""
        self._tally.schemas = tuple(schemas)

    def met(self, node: str, link: Link) -> None:
        """Show nothing."""

    def starting(self, node: str) -> None:
        """Show it until the next step."""
        self.step(f"starting {node}")

    def said(self, node: str, line: str) -> None:
        """Show it beside the node until the next."""
        self._tally.hear(node, line)

    def seen(self, observed: Result | NodeState) -> None:
        """Show it."""
        self._tally.add(observed)

    def _render(self) -> Any:
        from rich.text import Text  # noqa: PLC0415

        return Text("\n").join(Text(line, style=style) for line, style in picture(self._tally))


_LAMPS = {State.RUNNING: "green", State.CREATED: "dim", State.STARTING: "yellow"}
_WAITING_SHOWN = 4


def picture(tally: Tally) -> list[tuple[str, str]]:
    """Give the view's lines with their styles; the words say all that the colours say."""
    healthy, of = tally.proven()
    lines = [(f"{tally.elapsed:5.1f} s  {healthy} of {of} links healthy  {tally.latest}", "bold")]
    for schema in tally.schemas:
        count = f"{schema.tables} of {schema.expected_tables} tables"
        lines.append((f"  database {schema.name:<12} {schema.verdict}, {count}", "green"))
    for name, state in tally.states.items():
        done, all_ = tally.proven(name)
        words = f"  node {name:<16} {state!s:<10} {done} of {all_} links healthy"
        lines.append((words, _LAMPS.get(state, "red")))
        if name in tally.lines and done < all_:
            stage = tally.stages.get(name, "starting")
            lines.append((f"       {stage}: {tally.lines[name][:_LINE]}", "dim"))
    lines.extend(
        (f"    {link.node} → {link.host}:{link.port} {link.protocol}: {result.outcome}", "yellow")
        for link, result in tally.waiting()[:_WAITING_SHOWN]
    )
    return lines
