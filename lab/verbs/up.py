"""`lab up`: from a topology to a lab that runs, proven link by link."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.errors import DeadlineError
from lab.gate.patience import Patience
from lab.launch.cluster import create_cluster, find_cluster
from lab.launch.engine import Engine
from lab.launch.labels import OWNER
from lab.launch.lease import clear_name
from lab.launch.ownership import this_process
from lab.launch.removal import objects_of, remove_lab
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.render.write import render
from lab.report.live import LiveProgress, PlainProgress, Progress
from lab.report.told import Report
from lab.topology.read import read_topology
from lab.verbs.choosing import LABS_FOLDER, choose_topology
from lab.verbs.folder import held_folder
from lab.verbs.interrupts import uninterrupted
from lab.verbs.printing import exit_code_of, print_report
from lab.verbs.shell import Format, Shell


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
            from lab.verbs.look import look  # noqa: PLC0415  # what is new is proven otherwise

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
        with ThreadPoolExecutor(1) as pool:
            loading = pool.submit(_load_proving)
            cluster = create_cluster(
                engine, plan, folder, purpose=request.purpose, progress=progress.step, start=True
            )
            prove = loading.result()
        report, late = prove(cluster, patience=patience, progress=progress, began=began)
        cluster.complete()
    return report, late


def _load_proving() -> Callable[..., tuple[Report, bool]]:
    """Import what proves a lab, which takes as long as the engine needs for its containers."""
    from lab.verbs.proving import prove  # noqa: PLC0415

    return prove


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
