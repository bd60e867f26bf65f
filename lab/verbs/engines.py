"""Which engine a lab is on: the one that the environment names, or the machines of a swarm.

Who has named no machine pays one look for their file.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import EngineError, LabError, Problem
from lab.launch.engine import Engine
from lab.launch.removal import objects_of
from lab.verbs.choosing import LABS_FOLDER, choose_lab
from lab.verbs.shell import Shell

if TYPE_CHECKING:
    from concurrent.futures import Future

    from lab.plan.model import Plan


class On(StrEnum):
    """What a lab may run on."""

    DOCKER = "docker"
    SWARM = "swarm"


def machines_file(environ: Mapping[str, str]) -> Path:
    """Give the file of the user's machines (XDG base directories)."""
    configured = environ.get("XDG_CONFIG_HOME", "")
    folder = Path(configured) if configured else Path(environ.get("HOME", "~"), ".config")
    return folder.expanduser() / "apim-lab" / "machines.toml"


def engine_of(name: str | None, shell: Shell, *, to_look: bool = False) -> Engine:
    """Reach the engine that has the lab of this name, or of this folder.

    A lab that nobody has is the environment's engine's to deny. A swarm whose manager is lost can
    be looked at and no more.
    """
    if not machines_file(shell.environ).exists():
        return Engine.connect(shell.environ)
    lab = choose_lab(name, shell.folder)
    try:
        here = Engine.connect(shell.environ)
    except EngineError:
        return _swarm(shell, to_look=to_look)
    if objects_of(here, lab):
        return here
    try:
        swarm = _swarm(shell, to_look=to_look)
    except LabError:
        if (shell.folder / LABS_FOLDER / lab).exists():  # it must be there
            here.close()
            raise
        return here
    if objects_of(swarm, lab):
        here.close()
        return swarm
    away = swarm.unseen_machine
    swarm.close()
    if away and (shell.folder / LABS_FOLDER / lab).exists():  # all of it is there
        here.close()
        what = f"no machine that answers has anything of the lab, and {away} does not answer"
        mend = "start it; `lab machines list` looks at it"
        raise EngineError(Problem(what, f"lab {lab}", mend))
    return here


@contextmanager
def every_engine(shell: Shell) -> Iterator[list[Engine]]:
    """Reach the environment's engine, and the swarm where there is one."""
    found: list[Engine] = []
    has_machines = machines_file(shell.environ).exists()
    try:
        found.append(Engine.connect(shell.environ))
    except EngineError:
        if not has_machines:
            raise
    try:
        if has_machines:
            try:
                found.append(_swarm(shell))
            except LabError as error:
                problem = error.problems[0]
                shell.tell(f"{problem.where}: {problem.what}")
        yield found
    finally:
        for engine in found:
            engine.close()


def _swarm(shell: Shell, *, to_look: bool = False) -> Engine:
    from lab.launch.swarm.engine import SwarmEngine  # noqa: PLC0415  # few labs are on one
    from lab.launch.swarm.machines import read_machines, read_registry  # noqa: PLC0415

    path = machines_file(shell.environ)
    return SwarmEngine.of(read_machines(path), shell.environ, read_registry(path), to_look=to_look)


def chosen_engine(connecting: "Future[Engine]", plan: "Plan", on: str, shell: Shell) -> Engine:
    """Give what the plan's lab is to run on: *connecting* is the environment's engine.

    Raises `LabError` with all that the swarm lacks for it.
    """
    if (on or plan.engine) != On.SWARM:
        return connecting.result()
    with suppress(EngineError):
        connecting.result().close()
    from lab.launch.swarm.machines import read_machines, read_registry  # noqa: PLC0415
    from lab.launch.swarm.making import swarm_for  # noqa: PLC0415  # few labs are on one

    path = machines_file(shell.environ)
    return swarm_for(plan, read_machines(path), shell.environ, read_registry(path))
