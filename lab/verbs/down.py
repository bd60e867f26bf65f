"""`lab down`: removes every object of a lab, by its labels alone."""

from collections.abc import Sequence

from lab.launch.engine import Engine
from lab.launch.listing import list_clusters
from lab.launch.removal import remove_lab
from lab.verbs.choosing import LABS_FOLDER, choose_lab
from lab.verbs.engines import engine_of, every_engine
from lab.verbs.folder import remove_unfinished
from lab.verbs.interrupts import uninterrupted
from lab.verbs.shell import Shell
from lab.verbs.unknown import unknown


def down(names: Sequence[str], shell: Shell, *, every: bool) -> int:
    """Remove the labs of these names, all of them, or the one of this folder.

    A lab that isn't there is no error where it was named by nobody or by this folder.
    Raises `LabError` for a name that was typed and that no lab has.
    """
    if every:
        with every_engine(shell) as engines:
            for engine in engines:
                for summary in list_clusters(engine):
                    _remove(engine, summary.name, shell)
        return 0
    for name in list(names) or [choose_lab(None, shell.folder)]:
        with engine_of(name, shell) as engine:
            was_there = _remove(engine, name, shell)
            if not was_there and name in names:
                raise unknown(engine, name)
            if not was_there:
                shell.tell(f"{name}: nothing to remove")
    return 0


def _remove(engine: Engine, name: str, shell: Shell) -> bool:
    """Remove one lab; tell whether there was anything."""
    with uninterrupted():
        was_there = remove_lab(engine, name)
        was_there |= remove_unfinished(shell.folder / LABS_FOLDER / name)
    if was_there:
        shell.tell(f"{name}: removed")
    return was_there
