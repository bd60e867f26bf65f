"""Waits until every link answers from its own node; releases each node when its needs answer."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from lab.gate.attempt import attempt
from lab.gate.pace import Pace
from lab.gate.patience import Patience
from lab.gate.peers import Peers
from lab.gate.readiness import doors
from lab.gate.session import ProberSession, Vantage
from lab.plan.model import Plan
from lab.plan.observed import NodeState, State
from lab.products.facts import Protocol as Spoken
from lab.wiring.link import Link
from probes.result import Result
from probes.target import Target

Seen = Callable[[Result | NodeState], None]
Question = Callable[[], bool]
Met = Callable[[str, Link], None]


def _ignore(node: str, link: Link) -> None:
    """Take no notice."""


class Changes(Protocol):
    """The engine's stream of state changes; `launch` opens it."""

    def __iter__(self) -> Iterator[NodeState]:
        """Wait for changes, until closed."""

    def close(self) -> None:
        """End the stream."""


class Ending(StrEnum):
    """Why the wait is over."""

    HEALTHY = "healthy"
    HOPELESS = "hopeless"  # what fails will not heal by waiting
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Watched:
    """What the wait came to, with the last result of each link that its own node dialled, by id.

    A database that keeps a node from being started is there as its server's network dialled it.
    *down* is who was seen to be down, by name: a swarm starts them again at once.
    """

    ending: Ending
    results: Mapping[str, Result]
    down: Mapping[str, NodeState] = field(default_factory=dict)


async def until_healthy(
    session: ProberSession,
    plan: Plan,
    links: Sequence[Link],
    needs: Mapping[str, tuple[str, ...]],
    targets: Mapping[str, Target],
    *,
    release: Callable[[str], Vantage],
    changes: Changes,
    patience: Patience,
    seen: Seen,
    met: Met = _ignore,
    waits: Mapping[str, Question] | None = None,
    width: int = 0,
) -> Watched:
    """Bring every node of *plan* up in the order of *needs* and prove every link.

    *release* starts a node and gives the place to dial from; it blocks, and is called on a thread.
    *waits* are questions that must be answered with yes before a node starts, asked on a thread.
    *width* is how many nodes of the product may start at once; 0 is any number.
    *met* is told of each link that a node's start waits for, once it waits no longer.
    A failing link is a result. Raises `LabError` when a node can't be started or the prober's
    session ends.
    """
    watch = _Watch(
        session,
        plan,
        links,
        needs,
        targets,
        release=release,
        patience=patience,
        seen=seen,
        met=met,
        waits=waits or {},
        width=width,
    )
    return await watch.run(changes)


class _Watch:
    def __init__(
        self,
        session: ProberSession,
        plan: Plan,
        links: Sequence[Link],
        needs: Mapping[str, tuple[str, ...]],
        targets: Mapping[str, Target],
        *,
        release: Callable[[str], Vantage],
        patience: Patience,
        seen: Seen,
        met: Met,
        waits: Mapping[str, Question],
        width: int,
    ) -> None:
        self._session = session
        self._links = {link.id: link for link in links}
        self._unproven = dict(self._links)
        # A balancer needs nobody: it waits for its members by itself.
        self._needs: dict[str, tuple[str, ...]] = {one.name: () for one in plan.balancers}
        self._needs |= {node.name: needs.get(node.name, ()) for node in plan.nodes}
        self._targets = targets
        self._release = release
        self._patience = patience
        self._seen = seen
        self._met = met
        self._waits = waits
        self._slots = asyncio.Semaphore(width) if width else None
        self._real = {node.name for node in plan.real_nodes}
        self._doors = doors(plan)
        self._open = {name: asyncio.Event() for name in self._doors}
        self._results: dict[str, Result] = {}
        self._down: dict[str, NodeState] = {}
        self._peers = Peers(plan, patience)
        self._started = {name: asyncio.Event() for name in self._needs}
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    async def run(self, changes: Changes) -> Watched:
        self._session.on_ports = self._note_ports
        reader = threading.Thread(
            target=_read_changes,
            args=(changes, asyncio.get_running_loop(), self._note_state),
            name="engine-events",
            daemon=True,
        )
        reader.start()
        try:
            ending = await self._until_ended()
        finally:
            changes.close()
        return Watched(ending, self._results, self._down)

    async def _until_ended(self) -> Ending:
        tasks = [asyncio.create_task(self._bring(node)) for node in self._needs]
        tasks += [asyncio.create_task(self._prove(link)) for link in self._links.values()]
        work = asyncio.gather(*tasks)
        try:
            await asyncio.wait(
                (work, self._ending),
                timeout=self._patience.within,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if work.done():
                await work  # raises what a task raised
                return Ending.HEALTHY
            return self._ending.result() if self._ending.done() else Ending.LATE
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            with contextlib.suppress(asyncio.CancelledError):
                await work

    async def _bring(self, node: str) -> None:
        """Start *node* once its needs answer, or once it is clear that they never will.

        A node of the product comes to nothing without its database, and takes minutes for it.
        """
        needs = (self._links[need] for need in self._needs[node])
        await asyncio.gather(*(self._meet(node, link) for link in needs if link.to != node))
        if self._ending.done():
            return
        if node in self._waits:
            await self._agree(self._waits[node])
        async with self._slot(node):
            vantage = await asyncio.to_thread(self._release, node)
            self._session.define(vantage)
            self._peers.note_start(node)
            self._started[node].set()
            self._seen(NodeState(node, State.RUNNING))
            self._judge()
            await self._is_quick(node)

    def _slot(self, node: str) -> contextlib.AbstractAsyncContextManager[None]:
        """Give a place among those that start: a JVM that starts takes a core to itself."""
        if self._slots is None or node not in self._real:
            return contextlib.nullcontext()
        return self._slots

    async def _is_quick(self, node: str) -> None:
        """Hold the place of a node of the product until it serves."""
        if self._slots is not None and node in self._real:
            await self._open[node].wait()

    async def _agree(self, question: Question) -> None:
        """Ask until the answer is yes."""
        pace = Pace(self._patience, lambda: False)
        await pace.until(bool, lambda: asyncio.to_thread(question))

    async def _meet(self, node: str, link: Link) -> None:
        """Dial a need from where its peer stands, as its node isn't there yet."""
        peer = link.to or ""

        def is_enough(result: Result) -> bool:
            if result.ok or not self._peers.is_final(link, peer):
                return result.ok
            if node in self._real and link.protocol is Spoken.MYSQL:
                self._results[link.id] = result
                self._end(Ending.HOPELESS)
            return True

        await self._has_started(peer)
        await self._may_be_dialled(peer)
        await self._dial(link, peer, is_enough)
        self._met(node, link)

    async def _prove(self, link: Link) -> None:
        await self._has_started(link.node)
        await self._has_started(link.to)
        await self._may_be_dialled(link.to)

        def is_enough(result: Result) -> bool:
            self._results[link.id] = result
            if result.ok:
                del self._unproven[link.id]
            self._seen(result)
            self._judge()
            return result.ok

        await self._dial(link, link.node, is_enough)

    async def _has_started(self, name: str | None) -> None:
        """Wait for a node; whatever else dials or is dialled is there already."""
        started = self._started.get(name or "")
        if started is not None:
            await started.wait()

    async def _may_be_dialled(self, name: str | None) -> None:
        """Wait until a node of the product has opened its door."""
        if name in self._open:
            await self._open[name].wait()

    async def _dial(self, link: Link, vantage: str, is_enough: Callable[[Result], bool]) -> None:
        def count(result: Result) -> bool:
            self._peers.count(link, vantage, result)
            return is_enough(result)

        pace = self._peers.pace(link)
        await pace.until(count, lambda: attempt(self._session, vantage, self._targets[link.id]))

    def _judge(self) -> None:
        if not all(started.is_set() for started in self._started.values()):
            return
        if not self._unproven:
            self._end(Ending.HEALTHY)
        elif all(self._peers.is_final(link, link.node) for link in self._unproven.values()):
            self._end(Ending.HOPELESS)

    def _note_ports(self, vantage: str, ports: frozenset[int]) -> None:
        for name, door in self._doors.items():
            if door.get(vantage) in ports:
                self._open[name].set()
        if vantage in self._peers:
            self._peers.note_ports(vantage, ports)

    def _note_state(self, state: NodeState) -> None:
        if state.name not in self._peers:
            return
        self._seen(state)
        started = self._started.get(state.name)
        if state.state is State.MISSING and started is not None and not started.is_set():
            return  # its container is being made again, on a host port that is free
        if state.is_down:
            self._down[state.name] = state
            self._end(Ending.HOPELESS)

    def _end(self, ending: Ending) -> None:
        if not self._ending.done():
            self._ending.set_result(ending)


def _read_changes(
    changes: Changes, loop: asyncio.AbstractEventLoop, note: Callable[[NodeState], None]
) -> None:
    with contextlib.suppress(RuntimeError, OSError):  # the loop is gone, or the stream was closed
        for state in changes:
            loop.call_soon_threadsafe(note, state)
