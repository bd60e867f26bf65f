"""`lab up`: from a topology to a lab that runs, proven link by link."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from lab.diagnosis.diagnose import diagnose
from lab.errors import DeadlineError
from lab.gate.patience import Patience
from lab.gate.session import ProberSession, Vantage
from lab.gate.sweep import sweep
from lab.gate.targets import make_targets
from lab.gate.watch import Ending, until_healthy
from lab.launch.cluster import Cluster, create_cluster, find_cluster
from lab.launch.engine import Engine
from lab.launch.labels import OWNER
from lab.launch.lease import clear_name
from lab.launch.ownership import this_process
from lab.launch.removal import objects_of, remove_lab
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.plan.observed import NodeState, SchemaState, State
from lab.render.write import render
from lab.report.live import LiveProgress, PlainProgress, Progress
from lab.report.told import Report
from lab.topology.read import read_topology
from lab.verbs.choosing import LABS_FOLDER, choose_topology
from lab.verbs.folder import held_folder
from lab.verbs.interrupts import uninterrupted
from lab.verbs.look import evidence_of, look, open_session, own_vantage, vantage_of, wiring_of
from lab.verbs.printing import exit_code_of, print_report
from lab.verbs.shell import Format, Shell
from lab.wiring.published import HOST
from lab.wiring.read import Wiring
from lab.wiring.start import start_order
from probes.result import Result


@dataclass(frozen=True, slots=True)
class Request:
    """What `lab up` was asked for; None stands for the topology's or the lab's own choice."""

    topology: str | None = None
    name: str | None = None
    nodes: str | None = None
    dbscripts: Path | None = None
    timeout: float | None = None
    purpose: str = "person"
    format: Format = Format.TABLE
    allow_degraded: bool = False


def up(request: Request, shell: Shell) -> int:
    """Bring the lab up, wait until it is healthy, and report; give the exit code.

    An interrupted or failed start leaves nothing; a lab that came up unhealthy is kept to be
    looked at.
    """
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        connecting = pool.submit(Engine.connect, shell.environ)
        plan = _plan(request, shell)
        engine = connecting.result()
    with engine:
        standing = find_cluster(engine, plan.lab)
        if standing is not None and standing.is_complete:
            shell.tell(f"the lab {plan.lab} runs already; this is its report")
            report = look(standing)
            late = False
        else:
            report, late = _make(engine, plan, request, shell, began)
    print_report(report, request.format, shell)
    if late:
        shell.tell(f"the time allowed has passed; the lab is kept: `lab status {plan.lab}`")
        return DeadlineError.exit_code
    code = exit_code_of(report, allow_degraded=request.allow_degraded)
    if code:
        shell.tell(f"the lab is kept: `lab status {plan.lab}`, `lab down {plan.lab}`")
    return code


def _plan(request: Request, shell: Shell) -> Plan:
    return make_plan(
        read_topology(choose_topology(request.topology, shell.folder)),
        name=request.name,
        nodes=request.nodes,
        dbscripts=request.dbscripts.absolute() if request.dbscripts else None,
    )


def _make(
    engine: Engine, plan: Plan, request: Request, shell: Shell, began: float
) -> tuple[Report, bool]:
    """Make the lab and wait for it; tell too whether the time was up before the verdict."""
    folder = shell.folder / LABS_FOLDER / plan.lab
    patience = Patience() if request.timeout is None else Patience(within=request.timeout)
    # Before a file is written: the folder may be that of the lab that holds the name.
    clear_name(engine, plan.lab)
    with (
        held_folder(folder, plan.lab),
        _nothing_left(engine, plan, shell),
        _progress(shell) as progress,
    ):
        progress.step(f"writing {folder}")
        render(plan, folder)
        cluster = create_cluster(
            engine, plan, folder, purpose=request.purpose, progress=progress.step, start=True
        )
        wiring = wiring_of(cluster)
        progress.expect(plan, wiring.links)
        opened, schemas = _ready_for_nodes(cluster, progress)
        results, late = asyncio.run(
            _watch(cluster, wiring, opened, schemas, patience=patience, progress=progress)
        )
        report = _judge(cluster, wiring, results, schemas, late=late, began=began)
        cluster.complete()
    return report, late


@contextmanager
def _nothing_left(engine: Engine, plan: Plan, shell: Shell) -> Iterator[None]:
    """Remove what was made when the making ends in any other way than by itself."""
    try:
        yield
    except BaseException as failure:
        with uninterrupted():
            if isinstance(failure, KeyboardInterrupt):
                shell.tell("interrupted: removing what was made")
            if _is_ours(engine, plan.lab):
                remove_lab(engine, plan.lab)
        raise


def _is_ours(engine: Engine, lab: str) -> bool:
    """Tell whether this process made what carries the lab's name."""
    owners = {labels.get(OWNER) for labels in objects_of(engine, lab).labels}
    return owners == {str(this_process())}


@contextmanager
def _progress(shell: Shell) -> Iterator[Progress]:
    if shell.is_watched:
        with LiveProgress(shell.err, colour=shell.has_colour) as live:
            yield live
    else:
        yield PlainProgress(shell.err)


def _ready_for_nodes(
    cluster: Cluster, progress: Progress
) -> tuple[ProberSession, tuple[SchemaState, ...]]:
    """Open a session of the prober, and prove the databases meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_session, cluster)
        schemas = cluster.prepare_schemas(progress.step)
        progress.databases(schemas)
        return opening.result(), schemas


async def _watch(
    cluster: Cluster,
    wiring: Wiring,
    opened: ProberSession,
    schemas: Sequence[SchemaState],
    *,
    patience: Patience,
    progress: Progress,
) -> tuple[Mapping[str, Result], bool]:
    """Wait, and look once more at all links when it didn't end well."""
    targets = make_targets(wiring.links, schemas, attempt=patience.attempt)
    released: set[str] = set()

    def release(node: str) -> Vantage:
        progress.step(f"starting {node}")
        cluster.start_node(node)
        released.add(node)
        return vantage_of(cluster, node)

    async with opened as session:
        session.define(own_vantage(cluster))
        watched = await until_healthy(
            session,
            cluster.plan,
            wiring.links,
            start_order(wiring.links, cluster.plan),
            targets,
            release=release,
            changes=cluster.events(),
            patience=patience,
            seen=progress.seen,
        )
        if watched.ending is Ending.HEALTHY:
            return watched.results, False
        progress.step("looking at every link once more")
        results = await sweep(session, wiring.links, targets, vantages={HOST, *released})
    return results, watched.ending is Ending.LATE


def _judge(
    cluster: Cluster,
    wiring: Wiring,
    results: Mapping[str, Result],
    schemas: tuple[SchemaState, ...],
    *,
    late: bool,
    began: float,
) -> Report:
    if all(result.ok for result in results.values()):
        states = tuple(
            NodeState(name, State.RUNNING)
            for name in (
                *(node.name for node in cluster.plan.nodes),
                *(server.name for server in cluster.plan.servers),
            )
        )
    else:
        states = cluster.states()
        if late or any(state.is_down for state in states):
            states = tuple(_as_young(state, wiring, results) for state in states)
        schemas = cluster.schema_states()
    evidence = evidence_of(cluster, wiring, results, states, schemas)
    return Report(cluster.plan, diagnose(evidence), time.monotonic() - began)


def _as_young(state: NodeState, wiring: Wiring, results: Mapping[str, Result]) -> NodeState:
    """Take a node that runs and hasn't done anything yet for one that still starts."""
    about = [link for link in wiring.links if state.name in (link.node, link.to)]
    proven = any(link.id in results and results[link.id].ok for link in about)
    if state.state is State.RUNNING and about and not proven:
        return replace(state, state=State.STARTING)
    return state
