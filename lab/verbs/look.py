"""One look at a lab that is there: one sweep of all probes, judged."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from lab.diagnosis.diagnose import diagnose
from lab.diagnosis.evidence import Evidence
from lab.gate.patience import patience_for
from lab.gate.session import ProberSession, Vantage
from lab.gate.sweep import sweep
from lab.gate.targets import make_targets
from lab.launch.cluster import Cluster
from lab.launch.homes.following import logged_states
from lab.launch.refusals import GoneError
from lab.plan.model import Plan
from lab.plan.observed import NodeState, SchemaState, State
from lab.report.report import Report
from lab.verbs.sessions import session_beside, vantage_of
from lab.wiring.link import Link
from lab.wiring.published import HOST, read_published
from lab.wiring.read import Wiring, read_links
from probes.result import Result


def look(cluster: Cluster, *, notes: tuple[str, ...] = ()) -> Report:
    """Probe every link that the files name as they are at this moment, and say what is wrong.

    Raises `LabError` when the prober doesn't answer, `TopologyError` for a file that can't be read.
    """
    began = time.monotonic()
    with ThreadPoolExecutor() as pool, session_beside(pool, cluster) as opening:
        reading = pool.submit(cluster.databases.states)
        states = cluster.states()
        dialling = pool.submit(_vantages, cluster, states)
        faults = pool.submit(cluster.faults.active)
        edited = pool.submit(cluster.edited)
        wiring = wiring_of(cluster)
        schemas = reading.result()
        vantages = dialling.result()
        states = _as_ended(cluster, states, vantages)
        given = [vantage for vantage in vantages.values() if vantage is not None]
        results = asyncio.run(_sweep(opening.result(), cluster.plan, wiring.links, schemas, given))
    states = logged_states(cluster, states, failing_ends(wiring, results))
    evidence = evidence_of(cluster, wiring, results, states, schemas)
    notes = (*notes, *map(_edited_note, edited.result()))
    return Report(
        cluster.plan, diagnose(evidence), time.monotonic() - began, notes, faults.result()
    )


def _edited_note(node: str) -> str:
    return (
        f"{node} runs with its files as they were before the last edit, and all else here judges "
        f"what is written; `lab stop {node}` and `lab start {node}` bring it in"
    )


def failing_ends(wiring: Wiring, results: Mapping[str, Result]) -> set[str]:
    """Give the members that a link which isn't healthy begins or ends at."""
    failing = [link for link in wiring.links if link.id in results and not results[link.id].ok]
    return {end for link in failing for end in (link.node, link.to) if end}


def wiring_of(cluster: Cluster) -> Wiring:
    """Read the lab's files as they lie in its folder, and the host's links to published ports."""
    wiring = read_links(cluster.folder / "nodes", cluster.plan)
    return replace(wiring, links=(*wiring.links, *read_published(cluster.folder, cluster.plan)))


def evidence_of(
    cluster: Cluster,
    wiring: Wiring,
    results: Mapping[str, Result],
    states: tuple[NodeState, ...],
    schemas: tuple[SchemaState, ...],
) -> Evidence:
    """Put together all that is known."""
    return Evidence(cluster.plan, wiring.links, results, states, schemas, wiring.findings)


def _vantages(cluster: Cluster, states: Sequence[NodeState]) -> Mapping[str, Vantage | None]:
    """Give the place to dial from of each member that ran; None of one that has ended since."""
    dialling = {node.name for node in cluster.plan.nodes}
    dialling |= {balancer.name for balancer in cluster.plan.balancers}
    # What a swarm is about to start again has no process yet.
    waiting = State.STARTING
    up = [state for state in states if not state.is_down and state.state is not waiting]
    running = [state.name for state in up if state.name in dialling]
    with ThreadPoolExecutor() as pool:
        return dict(zip(running, pool.map(partial(_vantage, cluster), running), strict=True))


def _vantage(cluster: Cluster, name: str) -> Vantage | None:
    try:
        return vantage_of(cluster, name)
    except GoneError:
        return None


def _as_ended(
    cluster: Cluster, states: Sequence[NodeState], vantages: Mapping[str, Vantage | None]
) -> tuple[NodeState, ...]:
    """Look again at members that have ended since."""
    ended = {name for name, vantage in vantages.items() if vantage is None}
    return tuple(cluster.state(one.name) if one.name in ended else one for one in states)


async def _sweep(
    opened: ProberSession,
    plan: Plan,
    links: Sequence[Link],
    schemas: Sequence[SchemaState],
    vantages: Sequence[Vantage],
) -> Mapping[str, Result]:
    async with opened as session:
        for vantage in vantages:
            session.define(vantage)
        return await sweep(
            session,
            plan,
            links,
            make_targets(links, schemas, attempt=patience_for(plan, None).attempt),
            vantages={HOST, *(vantage.name for vantage in vantages)},
        )
