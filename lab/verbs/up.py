"""`lab up`: from a topology to a lab that runs, proven link by link."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import DeadlineError
from lab.gate.patience import patience_for
from lab.launch.engine import Engine
from lab.launch.finding import find_complete
from lab.plan.model import Plan
from lab.report.live import LiveProgress, PlainProgress, Progress
from lab.report.report import Report
from lab.report.timings import Stage, Timings, process_began
from lab.verbs.choosing import LABS_FOLDER
from lab.verbs.engines import chosen_engine
from lab.verbs.making import make_lab
from lab.verbs.output import check_place, write_output
from lab.verbs.planning import Choice, planned
from lab.verbs.printing import exit_code_of, print_report
from lab.verbs.shell import Format, Shell

if TYPE_CHECKING:
    from concurrent.futures import Future


@dataclass(frozen=True, slots=True)
class Request:
    """What `lab up` was asked for; None stands for the topology's or the lab's own choice."""

    choice: Choice
    timeout: float | None = None
    purpose: str = "person"
    format: Format = Format.TABLE
    allow_degraded: bool = False
    timings: bool = False
    trace: Path | None = None
    on: str = ""  # what it is to run on; empty: the topology's choice


def up(request: Request, shell: Shell, connecting: "Future[Engine]") -> int:
    """Bring the lab up, wait until it is healthy, and report; give the exit code.

    *connecting* is the environment's engine, which many a lab is on.
    An interrupted or failed start leaves nothing; a lab that came up unhealthy is kept to be
    looked at. Raises `LabError`, at once where the trace of its timings can't be written.
    """
    if request.trace is not None:
        check_place(shell.folder / request.trace)
    timings = Timings(process_began())
    timings.note(Stage("lab", "interpreter and modules loaded", 0.0, timings.now))
    try:
        return _up(request, shell, connecting, timings)
    finally:
        _tell_timings(request, shell, timings)


def _up(request: Request, shell: Shell, connecting: "Future[Engine]", timings: Timings) -> int:
    began = time.monotonic()
    with timings.stage("topology planned, engine connected", waited_for="the modules"):
        plan = planned(request.choice, shell)
        engine = chosen_engine(connecting, plan, request.on, shell)
    with engine:
        if request.trace is not None:
            engine.watch_requests(timings.note_request)
        standing = find_complete(engine, plan.lab)
        if standing is not None:
            # What is new is proven otherwise.
            from lab.verbs.found import explained  # noqa: PLC0415
            from lab.verbs.look import look  # noqa: PLC0415
            from lab.verbs.standing import refuse_another  # noqa: PLC0415

            refuse_another(standing, plan, request.choice.nodes)
            shell.tell(f"the lab {plan.lab} runs already; this is its report")
            with explained(standing):
                report, late = look(standing), False
        else:
            report, late = _make(engine, plan, request, shell, timings=timings, began=began)
    print_report(report, request.format, shell)
    if late:
        shell.tell(f"the time allowed has passed; the lab is kept: `lab status {plan.lab}`")
        return DeadlineError.exit_code
    code = exit_code_of(report, allow_degraded=request.allow_degraded)
    if code:
        shell.tell(f"the lab is kept: `lab status {plan.lab}`, `lab down {plan.lab}`")
    return code


def _make(
    engine: Engine, plan: Plan, request: Request, shell: Shell, *, timings: Timings, began: float
) -> tuple[Report, bool]:
    """Make the lab and wait for it; tell too whether the time was up before the verdict."""
    made = make_lab(
        engine,
        plan,
        shell.folder / LABS_FOLDER / plan.lab,
        purpose=request.purpose,
        patience=patience_for(plan, request.timeout),
        progress=progress_to(shell),
        timings=timings,
        began=began,
        tell=shell.tell,
    )
    return made.report, made.is_late


def progress_to(shell: Shell) -> Progress:
    """Give the live view for a terminal, and lines for everything else."""
    if shell.is_watched:
        return LiveProgress(shell.err, colour=shell.has_colour)
    return PlainProgress(shell.err)


def _tell_timings(request: Request, shell: Shell, timings: Timings) -> None:
    """Tell where the time went, of a start that failed too."""
    if request.timings or request.trace is not None:
        shell.tell(timings.table())
    if request.trace is not None:
        write_output(shell.folder / request.trace, timings.trace().encode())
