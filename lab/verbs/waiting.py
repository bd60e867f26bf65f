"""Looks at a lab again and again, in one session of its prober, until it is as somebody wants."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from lab.diagnosis.diagnose import diagnose
from lab.errors import LabError
from lab.gate.patience import patience_for
from lab.gate.session import ProberSession, Vantage
from lab.gate.sweep import sweep
from lab.gate.targets import make_targets
from lab.launch.cluster import Cluster
from lab.plan.observed import NodeState
from lab.report.report import Report
from lab.verbs.look import evidence_of, wiring_of
from lab.verbs.sessions import open_session, vantage_of
from lab.wiring.published import HOST

_BETWEEN = 0.1  # seconds between two looks


def look_until(
    cluster: Cluster, is_enough: Callable[[Report], bool], *, within: float
) -> tuple[Report, bool]:
    """Give the first report that is enough, or the last one within so many seconds; tell which.

    Raises `LabError` when the prober doesn't answer.
    """
    return asyncio.run(_until(cluster, is_enough, within))


async def _until(
    cluster: Cluster, is_enough: Callable[[Report], bool], within: float
) -> tuple[Report, bool]:
    deadline = time.monotonic() + within
    known: dict[str, Vantage] = {}
    async with open_session(cluster) as session:
        while True:
            report = await _look(cluster, session, known)
            if is_enough(report):
                return report, True
            if time.monotonic() > deadline:
                return report, False
            await asyncio.sleep(_BETWEEN)


async def _look(cluster: Cluster, session: ProberSession, known: dict[str, Vantage]) -> Report:
    """Look once; *known* are the places that the session can dial from, and is brought up to date.

    A node that was started again is another process, so another place.
    """
    began = time.monotonic()
    wiring = wiring_of(cluster)
    states, schemas = await asyncio.gather(
        asyncio.to_thread(cluster.states), asyncio.to_thread(cluster.databases.states)
    )
    standing = await asyncio.to_thread(_vantages, cluster, states)
    for vantage in standing:
        if known.get(vantage.name) != vantage:
            session.define(vantage)
            known[vantage.name] = vantage
    patience = patience_for(cluster.plan, None)
    targets = make_targets(wiring.links, schemas, attempt=patience.attempt)
    names = {HOST, *(vantage.name for vantage in standing)}
    results = await sweep(session, cluster.plan, wiring.links, targets, vantages=names)
    evidence = evidence_of(cluster, wiring, results, states, schemas)
    faults = await asyncio.to_thread(cluster.faults.active)
    seconds = time.monotonic() - began
    return Report(cluster.plan, diagnose(evidence), seconds, faults=faults)


def _vantages(cluster: Cluster, states: Sequence[NodeState]) -> list[Vantage]:
    dialling = {node.name for node in cluster.plan.nodes}
    dialling |= {balancer.name for balancer in cluster.plan.balancers}
    standing = []
    for state in states:
        if state.name in dialling and not state.is_down:
            with suppress(LabError):  # it stopped since
                standing.append(vantage_of(cluster, state.name))
    return standing
