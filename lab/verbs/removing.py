"""Labs removed, by their names or all of them: whatever stays of one, the others go."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from lab.errors import LabError, Problem
from lab.interrupts import uninterrupted
from lab.launch.engine import Engine
from lab.launch.latecomers import remove_left, wait_for_first
from lab.verbs.choosing import LABS_FOLDER
from lab.verbs.engines import engine_of, every_engine
from lab.verbs.folder import remove_unfinished
from lab.verbs.shell import Shell

T = TypeVar("T")


def remove_labs(names: Iterable[str], shell: Shell, *, must_exist: bool) -> None:
    """Remove the labs of these names.

    Raises `LabError` with all that stays, and with each lab that isn't there and *must_exist*.
    """

    def remove(name: str) -> None:
        with engine_of(name, shell) as engine:
            if _remove(engine, name, shell):
                return
            if must_exist:
                from lab.verbs.unknown import unknown  # noqa: PLC0415  # seldom mistyped

                raise unknown(engine, name)
            shell.tell(f"{name}: nothing to remove")

    _each(names, remove)


def remove_every(shell: Shell) -> None:
    """Remove every lab of the engines that the shell reaches; raises `LabError` with what stays."""
    from lab.launch.listing import list_clusters  # noqa: PLC0415  # few removals list anything

    with every_engine(shell) as engines:
        there = [(engine, each.name) for engine in engines for each in list_clusters(engine)]
        _each(there, lambda each: _remove(*each, shell))


def _each(targets: Iterable[T], remove: Callable[[T], object]) -> None:
    """Remove each of them, and raise the problems of all that stay together."""
    problems: list[Problem] = []
    for target in targets:
        try:
            remove(target)
        except LabError as error:
            problems += error.problems
    if problems:
        raise LabError(*dict.fromkeys(problems))


def _remove(engine: Engine, name: str, shell: Shell) -> bool:
    """Remove one lab; tell whether there was anything."""
    with uninterrupted():
        was_there = remove_left(engine, name)
        if remove_unfinished(shell.folder / LABS_FOLDER / name):
            if not was_there:
                wait_for_first()
                remove_left(engine, name)
            was_there = True
    if was_there:
        shell.tell(f"{name}: removed")
    return was_there
