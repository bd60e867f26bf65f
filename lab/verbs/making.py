"""Makes a lab and proves it, for whoever asks: the command line, or a test that needs one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lab.errors import LabError
from lab.gate.patience import Patience
from lab.interrupts import uninterrupted
from lab.launch.cluster import Cluster
from lab.launch.create_cluster import create_cluster
from lab.launch.engine import Engine
from lab.launch.homes.product_image import take_distributions
from lab.launch.labels import OWNER, Ownership, Purpose
from lab.launch.lease import clear_name
from lab.launch.ownership import Owner, this_process
from lab.launch.presence import removed
from lab.launch.removal import objects_of, remove_lab
from lab.launch.sources import Sources
from lab.plan.model import Plan
from lab.plan.observed import NodeState, State
from lab.render.tree import check_folder
from lab.report.live import Progress
from lab.report.report import Report
from lab.report.timings import TimedProgress, Timings
from lab.verbs.folder import held_folder

_REMOVAL = 3.0  # seconds at most that the rest of a removal takes
_KILLED = 137  # the exit code of a container that a removal ends


@dataclass(frozen=True, slots=True)
class Made:
    """A lab that came up, healthy or not; *is_late* tells that the time was up before that."""

    cluster: Cluster
    report: Report
    is_late: bool


def make_lab(
    engine: Engine,
    plan: Plan,
    folder: Path,
    *,
    purpose: str,
    patience: Patience,
    progress: Progress,
    timings: Timings,
    began: float,
    tell: Callable[[str], None],
    maker: Owner | None = None,
) -> Made:
    """Make the lab with its files in *folder*, and wait until it is healthy or can't become so.

    A start that fails or is interrupted leaves nothing, and says so with *tell*. *maker* is the
    process with which the lab ends, else this one. Raises `LabError`, `NameHeldError` among them.
    """
    # Before a file is written: the folder may be that of the lab that holds the name.
    clear_name(engine, plan.lab)
    with (
        held_folder(folder, plan.lab),
        _nothing_left(engine, plan, maker or this_process(), tell),
        TimedProgress(progress, timings) as timed,
    ):
        if any(node.kind == "image" for node in plan.real_nodes):
            owner = Ownership(plan.lab, Purpose(purpose), this_process(), folder)
            workshop = engine.workshop
            take_distributions(workshop, plan, owner, Sources(workshop, timed.step))
        check_folder(folder)
        with timings.stage("network and containers made", waited_for="the plan"):
            cluster = create_cluster(
                engine,
                plan,
                folder,
                purpose=purpose,
                progress=timed.step,
                write=partial(_write, plan, folder, timed, timings),
                meanwhile=_load_proving,
                start=True,
                maker=maker,
            )
        prove = _load_proving()
        proving = timings.stage("every link proven", waited_for="the containers")
        with _removal_told(cluster), proving:
            report, late = prove(cluster, patience=patience, progress=timed, began=began)
            _require_standing(cluster, report)
        with timings.stage("completion noted", waited_for="the verdict"):
            cluster.complete()
    return Made(cluster, report, late)


def _write(plan: Plan, folder: Path, progress: Progress, timings: Timings) -> None:
    """Write the lab's files."""
    progress.step(f"writing {folder}")
    with timings.stage("files and keys written", waited_for="the engine to have its work"):
        from lab.render.write import render  # noqa: PLC0415  # loaded beside the engine's work

        render(plan, folder)


def _load_proving() -> Callable[..., tuple[Report, bool]]:
    """Import what proves a lab, which takes as long as the engine needs for its containers."""
    from lab.verbs.proving import prove  # noqa: PLC0415

    return prove


@contextmanager
def _removal_told(cluster: Cluster) -> Iterator[None]:
    """Raise `LabError` with the lab's removal by somebody else where that is behind an error.

    It takes containers and files away, and whichever is missed first says something else.
    """
    try:
        yield
    except (LabError, OSError) as error:
        if cluster.presence.is_removed(within=_REMOVAL):
            raise LabError(removed(cluster.plan.lab)) from error
        raise


def _require_standing(cluster: Cluster, report: Report) -> None:
    """Raise `LabError` where members have ended because the lab is removed at this moment."""
    has_begun = any(map(_is_taken, report.diagnosis.nodes))
    if has_begun and cluster.presence.is_removed(within=_REMOVAL):
        raise LabError(removed(cluster.plan.lab))


def _is_taken(state: NodeState) -> bool:
    """Tell whether a member is as a removal leaves it: killed, or gone."""
    was_killed = state.state is State.EXITED and state.exit_code == _KILLED
    return was_killed or state.state is State.MISSING


@contextmanager
def _nothing_left(
    engine: Engine, plan: Plan, maker: Owner, tell: Callable[[str], None]
) -> Iterator[None]:
    """Remove what was made when the making ends in any other way than by itself."""
    try:
        yield
    except BaseException as failure:
        with uninterrupted():
            if isinstance(failure, KeyboardInterrupt):
                tell("interrupted: removing what was made")
            if _is_of(engine, plan.lab, maker):
                remove_lab(engine, plan.lab)
        raise


def _is_of(engine: Engine, lab: str, maker: Owner) -> bool:
    """Tell whether all that carries the lab's name was made for this process."""
    owners = {labels.get(OWNER) for labels in objects_of(engine, lab).labels}
    return owners == {str(maker)}
