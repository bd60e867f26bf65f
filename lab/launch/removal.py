"""Removes what a lab consists of, by its labels alone: half-made, twice, and beside other labs."""

import json
import math
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from lab.errors import EngineError, LabError, Problem
from lab.launch.engine import Engine
from lab.launch.labels import FOLDER, LAB, PART, Part
from lab.launch.refusals import GoingError, GoneError, InUseError
from lab.launch.seen import SeenContainer, SeenNetwork, SeenVolume

_VANISH = 10.0  # seconds at most that an endpoint takes, or somebody else's removal
_AGAIN = 0.05
_SOON = 0.02  # an endpoint vanishes at any moment, and the engine's refusal costs it little
_AT_ONCE = 16
ENVIRONMENT = ".env"  # a folder has it as long as its lab has its containers
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LabObjects:
    """Everything on the engine that carries one lab's label."""

    containers: tuple[SeenContainer, ...] = ()
    networks: tuple[SeenNetwork, ...] = ()
    volumes: tuple[SeenVolume, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.containers or self.networks or self.volumes)

    @property
    def labels(self) -> tuple[dict[str, str], ...]:
        """Give the labels of every object."""
        return tuple(
            dict(labels)
            for labels in (
                *(container.labels for container in self.containers),
                *(network.labels for network in self.networks),
                *(volume.labels for volume in self.volumes),
            )
        )

    def where(self, is_wanted: Callable[[Mapping[str, str]], bool]) -> "LabObjects":
        """Give those whose labels are wanted."""
        return LabObjects(
            tuple(each for each in self.containers if is_wanted(each.labels)),
            tuple(each for each in self.networks if is_wanted(each.labels)),
            tuple(each for each in self.volumes if is_wanted(each.labels)),
        )

    @property
    def is_complete(self) -> bool:
        """Tell whether the lab was brought up to its end."""
        return any(volume.labels.get(PART) == Part.COMPLETION for volume in self.volumes)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Give the lab's folders, as the labels name them."""
        return tuple(sorted({Path(each[FOLDER]) for each in self.labels if each.get(FOLDER)}))


def objects_of(engine: Engine, lab: str) -> LabObjects:
    """Look for a lab's objects."""
    return labelled(engine, f"{LAB}={lab}")


def labelled(engine: Engine, label: str) -> LabObjects:
    """Look for all objects with a label, `key` or `key=value`."""
    return LabObjects(engine.containers(label), engine.networks(label), engine.volumes(label))


def remove_lab(engine: Engine, lab: str) -> bool:
    """Remove every object of a lab, and its folder last; tell whether there was anything."""
    objects = objects_of(engine, lab)
    remove_lab_objects(engine, lab, objects)
    return bool(objects)


def remove_lab_objects(engine: Engine, lab: str, objects: LabObjects) -> None:
    """Remove these objects of a lab, and its folder last."""
    for folder in objects.folders:
        if _is_of(folder, lab):
            # Who dies from here on leaves an unfinished folder, which goes with the next command.
            (folder / ENVIRONMENT).unlink(missing_ok=True)
    remove_objects(engine, objects)
    for folder in objects.folders:
        _remove_folder(folder, lab)


def remove_objects(engine: Engine, objects: LabObjects) -> None:
    """Remove these objects and no others; what is gone already is as good as removed.

    Raises `LabError` with every object that stays.
    """
    # A lab without its completion object counts as half-made from here on, whatever comes.
    problems = _each(objects.volumes, lambda volume: engine.remove_volume(volume.name))
    ours = frozenset(container.id for container in objects.containers)
    gone = threading.Event()
    # A container leaves its network when it ends, long before its files are removed.
    with ThreadPoolExecutor(1) as beside:
        networks = beside.submit(
            _each, objects.networks, lambda network: _remove_network(engine, network, ours, gone)
        )
        try:
            for those in _in_turn(objects.containers):
                problems += _each(those, lambda each: _remove_container(engine, each))
        finally:
            gone.set()
        problems += networks.result()
    if problems:
        raise LabError(*problems)


def _in_turn(containers: Sequence[SeenContainer]) -> Iterator[Sequence[SeenContainer]]:
    """Put the prober last: no network waits for its end, which would delay the ends of the others.

    Its name is what a lab is known by while it is made, so nobody makes the next one before that.
    """
    yield [each for each in containers if each.labels.get(PART) != Part.PROBER]
    yield [each for each in containers if each.labels.get(PART) == Part.PROBER]


def _each(objects: Sequence[T], remove: Callable[[T], None]) -> list[Problem]:
    if not objects:
        return []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [
            problem
            for problems in pool.map(partial(_problems, remove), objects)
            for problem in problems
        ]


def _problems(remove: Callable[[T], None], target: T) -> tuple[Problem, ...]:
    try:
        remove(target)
    except GoneError:
        return ()
    except EngineError as error:
        return error.problems
    return ()


def _remove_container(engine: Engine, container: SeenContainer) -> None:
    """Remove a container, or wait until somebody else's removal of it is over."""
    deadline = time.monotonic() + _VANISH
    while True:
        try:
            engine.remove(container.id)
        except GoingError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN)
        else:
            return


def _remove_network(
    engine: Engine, network: SeenNetwork, ours: Collection[str], gone: threading.Event
) -> None:
    """Remove a network, again until the containers are gone and their endpoints vanish.

    A container that isn't the lab's doesn't vanish: it is named as soon as the lab's are gone.
    """
    deadline = math.inf
    while True:
        only_vanish = gone.is_set()
        if only_vanish:
            deadline = min(deadline, time.monotonic() + _VANISH)
        try:
            engine.remove_network(network.id)
        except InUseError as error:
            strangers = _strangers(engine, network, ours) if only_vanish else ()
            if strangers:
                raise _held_by(network, strangers) from error
            if time.monotonic() > deadline:
                raise
            time.sleep(_SOON)
        else:
            return


def _strangers(engine: Engine, network: SeenNetwork, ours: Collection[str]) -> Sequence[str]:
    attached = engine.attached(network.id)
    return sorted(name for id_, name in attached.items() if id_ not in ours)


def _held_by(network: SeenNetwork, strangers: Sequence[str]) -> InUseError:
    away = "; ".join(f"docker network disconnect {network.name} {name}" for name in strangers)
    return InUseError(
        Problem(
            f"the network stays: {', '.join(strangers)} is attached to it, and not the lab's",
            f"network {network.name}",
            f"`{away}`, then the same command again removes the rest",
        )
    )


def _remove_folder(folder: Path, lab: str) -> None:
    """Remove a lab's folder, or the empty one of a start that died before it wrote a file."""
    if _is_of(folder, lab):
        while folder.exists():
            with suppress(FileNotFoundError):  # a start that ends removes its own at the same time
                shutil.rmtree(folder)
    with suppress(OSError):  # it holds something else, or other labs' folders are beside it
        if folder.exists():
            folder.rmdir()
        folder.parent.rmdir()


def _is_of(folder: Path, lab: str) -> bool:
    """Tell whether a folder is this lab's: a label may name a folder of another machine."""
    try:
        options = json.loads((folder / "options.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return options.get("name") == lab and (folder / "topology.toml").is_file()
