"""The second half of `lab up`: containers exist, and every link of theirs is to be proven."""

import asyncio
import time
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from lab.diagnosis.diagnose import diagnose
from lab.gate.patience import Patience
from lab.gate.session import ProberSession, Vantage
from lab.gate.sweep import sweep
from lab.gate.targets import make_targets
from lab.gate.watch import Ending, Watched, until_healthy
from lab.launch.cluster import Cluster
from lab.launch.homes.following import Following, logged_states
from lab.plan.observed import NodeState, SchemaState, State
from lab.report.live import Progress
from lab.report.report import Report
from lab.verbs.beside import in_thread
from lab.verbs.look import (
    evidence_of,
    failing_ends,
    wiring_of,
)
from lab.verbs.sessions import session_beside, vantage_of
from lab.wiring.first_rows import release_by_rows
from lab.wiring.published import HOST
from lab.wiring.read import Wiring
from lab.wiring.start import start_order
from probes.result import Result
from probes.target import Target

# On two cores two JVMs that start side by side are sooner there than one after another.
_LEAST_WIDTH = 2
_ENDED = (State.EXITED, State.OOM_KILLED)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the wait for a lab came to."""

    results: Mapping[str, Result]
    schemas: tuple[SchemaState, ...]
    is_late: bool
    stuck: Mapping[str, NodeState] = field(default_factory=dict)
    down: Mapping[str, NodeState] = field(default_factory=dict)  # that the swarm mends meanwhile


def prove(
    cluster: Cluster, *, patience: Patience, progress: Progress, began: float
) -> tuple[Report, bool]:
    """Start the nodes of a cluster whose servers and prober run, and judge every link.

    Tell too whether the time was up before the verdict. Raises `LabError` when a database isn't
    what its dbscript makes, a node can't be started, or the prober doesn't answer.
    """
    with ThreadPoolExecutor(1) as pool, session_beside(pool, cluster) as opening:
        wiring = wiring_of(cluster)
        progress.expect(cluster.plan, wiring.links)
        expected = cluster.databases.expected()
        targets = make_targets(wiring.links, expected, attempt=patience.attempt)
        opened = opening.result()
    proof = asyncio.run(
        _prove(cluster, wiring, opened, targets, patience=patience, progress=progress)
    )
    return _judge(cluster, wiring, proof, began), proof.is_late


async def _prove(
    cluster: Cluster,
    wiring: Wiring,
    opened: ProberSession,
    targets: Mapping[str, Target],
    *,
    patience: Patience,
    progress: Progress,
) -> Proof:
    """Wait, and look once more at all links when it didn't end well."""
    released: set[str] = set()
    real = {node.name for node in cluster.plan.real_nodes}
    changes = Following(cluster, progress.said) if real else cluster.events()
    needs, rows = release_by_rows(
        cluster.plan, wiring.links, start_order(wiring.links, cluster.plan)
    )

    def release(node: str) -> Vantage:
        progress.starting(node)
        cluster.start_node(node)
        released.add(node)
        if isinstance(changes, Following) and node in real:
            changes.follow(node)
        return vantage_of(cluster, node)

    async with opened as session:
        # Nobody dials from a server, but the prober tells when it begins to listen.
        for server in cluster.plan.servers:
            session.define(vantage_of(cluster, server.name))
        waiting = until_healthy(
            session,
            cluster.plan,
            wiring.links,
            needs,
            targets,
            release=release,
            changes=changes,
            patience=patience,
            seen=progress.seen,
            met=progress.met,
            waits={
                name: partial(cluster.databases.has_first_rows, one.place)
                for name, one in rows.items()
            },
            width=max(_LEAST_WIDTH, cluster.cores) if real else 0,
        )
        watched, schemas = await _beside(waiting, cluster, progress)
        if watched.ending is Ending.HEALTHY:
            return Proof(watched.results, schemas, is_late=False)
        # A moment later the swarm has started or moved them, and what failed would have no cause.
        down = {one.name: one for one in (*_ended(cluster, watched), *cluster.away())}
        progress.step("looking at every link once more")
        results = await sweep(
            session, cluster.plan, wiring.links, targets, vantages={HOST, *released}
        )
        results = {**results, **_of_barred(wiring, watched, released)}
    stuck = changes.stuck if isinstance(changes, Following) else {}
    return Proof(results, schemas, watched.ending is Ending.LATE, stuck, down)


def _of_barred(wiring: Wiring, watched: Watched, released: set[str]) -> Mapping[str, Result]:
    """Give what kept nodes from being started: no sweep dials from where nobody stands."""
    barred = {link.id for link in wiring.links if link.node not in released}
    return {id_: result for id_, result in watched.results.items() if id_ in barred}


def _ended(cluster: Cluster, watched: Watched) -> Iterator[NodeState]:
    """Give the members that ended during the wait; one engine lets them be."""
    if cluster.is_on_swarm:
        yield from (one for one in watched.down.values() if one.state in _ENDED)


async def _beside(
    waiting: Coroutine[None, None, Watched], cluster: Cluster, progress: Progress
) -> tuple[Watched, tuple[SchemaState, ...]]:
    """Prove the databases while links are waited for; whichever fails first ends both.

    A wait that ends badly ends without them.
    """

    def prepare() -> tuple[SchemaState, ...]:
        schemas = cluster.databases.prepare(progress.step)
        progress.databases(schemas)
        return schemas

    watching = asyncio.create_task(waiting)
    preparing = in_thread(prepare)
    try:
        await asyncio.wait((watching, preparing), return_when=asyncio.FIRST_COMPLETED)
        if preparing.done():
            # The database's own error says more than what follows from it.
            schemas = await preparing
            return await watching, schemas
        watched = await watching
        return watched, await preparing if watched.ending is Ending.HEALTHY else ()
    finally:
        preparing.cancel()
        watching.cancel()
        await asyncio.wait((watching,))


def _judge(cluster: Cluster, wiring: Wiring, proof: Proof, began: float) -> Report:
    results, schemas = proof.results, proof.schemas
    if all(result.ok for result in results.values()):
        members = cluster.plan.members
        states = tuple(NodeState(member.name, State.RUNNING) for member in members)
        if cluster.is_on_swarm:  # which alone says where each of them runs
            states = cluster.states()
        states = logged_states(cluster, states, ())
    else:
        states = logged_states(cluster, cluster.states(), failing_ends(wiring, results))
        states = tuple(proof.down.get(state.name, _as_stuck(state, proof)) for state in states)
        if proof.is_late or any(state.is_down for state in states):
            states = tuple(_as_young(state, wiring, results) for state in states)
        schemas = cluster.databases.states()
    evidence = evidence_of(cluster, wiring, results, states, schemas)
    return Report(cluster.plan, diagnose(evidence), time.monotonic() - began)


def _as_stuck(state: NodeState, proof: Proof) -> NodeState:
    """Take a running node for what the wait found it to be."""
    runs = state.state in (State.RUNNING, State.STARTING)
    stuck = proof.stuck.get(state.name) if runs else None
    return replace(state, state=State.STUCK, last_lines=stuck.last_lines) if stuck else state


def _as_young(state: NodeState, wiring: Wiring, results: Mapping[str, Result]) -> NodeState:
    """Take a node that runs and hasn't done anything yet for one that still starts."""
    about = [link for link in wiring.links if state.name in (link.node, link.to)]
    proven = any(link.id in results and results[link.id].ok for link in about)
    if state.state is State.RUNNING and about and not proven:
        return replace(state, state=State.STARTING)
    return state
