"""Images on their way to the machines that lack them: from engine to engine, or by a registry."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

from lab.errors import EngineError, Problem
from lab.launch.engine import Engine
from lab.launch.refusals import GoneError
from lab.launch.swarm.cargo import announced, no_room, not_there, on_its_way, size_of

Progress = Callable[[str], None]


class Way(Protocol):
    """How images get from the engine that they were made on to a machine."""

    def carry(self, machine: str, member: Engine, images: Sequence[str]) -> None:
        """Bring them there, under the names that they have here."""


def bring_images(
    workshop: Engine,
    members: Mapping[str, Engine],
    wanted: Mapping[str, Collection[str]],
    progress: Progress,
    registry: str = "",
) -> None:
    """Bring to each machine the images that it is to have; one that has it is only asked.

    *registry* is what their names begin with there; without one they go straight.
    """
    every = sorted({image for images in wanted.values() for image in images})
    ids = {each: seen.id for each in every if (seen := workshop.image(each)) is not None}

    def missing(machine: str) -> list[str]:
        own = [image for image in sorted(wanted[machine]) if image in ids]
        return [image for image in own if _id_at(members[machine], image) != ids[image]]

    with ThreadPoolExecutor(len(members)) as pool:
        lacking = dict(zip(members, pool.map(missing, members), strict=True))
        lacking = {machine: images for machine, images in lacking.items() if images}
        sizes = {machine: size_of(workshop, images) for machine, images in lacking.items()}
        full = [one for name, size in sizes.items() for one in no_room(name, members[name], size)]
        if full:
            raise EngineError(*full)
        way: Way = _Straight(workshop, progress, sizes)
        if registry and lacking:
            images = sorted({image for some in lacking.values() for image in some})
            way = _Registry(workshop, progress, registry, images)
        list(pool.map(lambda one: way.carry(one, members[one], lacking[one]), lacking))


def _id_at(member: Engine, image: str) -> str:
    seen = member.image(image)
    return seen.id if seen else ""


class _Straight:
    """Streams them from engine to engine."""

    def __init__(self, workshop: Engine, progress: Progress, sizes: Mapping[str, int]) -> None:
        self._workshop = workshop
        self._progress = progress
        self._sizes = sizes

    def carry(self, machine: str, member: Engine, images: Sequence[str]) -> None:
        size = self._sizes[machine]
        self._progress(announced(machine, images, size))
        saved = self._workshop.save_images(images)
        try:
            member.load_images(on_its_way(saved, machine, size, self._progress))
        except EngineError as error:
            raise EngineError(not_there(error, machine, size)) from error


class _Registry:
    """Pushes each once, and lets every machine pull what it lacks."""

    def __init__(
        self, workshop: Engine, progress: Progress, registry: str, images: Sequence[str]
    ) -> None:
        self._progress = progress
        self._registry = registry
        progress(f"registry {registry}: {len(images)} images on their way there")
        for image in images:
            there = self._name(image)
            workshop.tag_image(image, there)
            try:
                workshop.push(*_parts(there))
            except EngineError as error:
                raise EngineError(
                    self._refused(error, "the engine that images are made on")
                ) from error
            finally:
                _forget(workshop, there)

    def _name(self, image: str) -> str:
        return f"{self._registry}/{image}"

    def carry(self, machine: str, member: Engine, images: Sequence[str]) -> None:
        self._progress(f"machine {machine}: {len(images)} images from {self._registry}")
        for image in images:
            there = self._name(image)
            try:
                for _ in member.pull(*_parts(there)):
                    pass
                member.tag_image(there, image)
            except EngineError as error:
                raise EngineError(self._refused(error, f"machine {machine}")) from error
            finally:
                _forget(member, there)

    def _refused(self, error: EngineError, where: str) -> Problem:
        return Problem(
            f"images don't go through the registry {self._registry}: {error.problems[0].what}",
            where,
            "see that the registry answers there, and `docker login` or `insecure-registries` if it"
            " asks; `lab machines registry --none` does without",
        )


def _parts(reference: str) -> tuple[str, str]:
    repository, _, tag = reference.rpartition(":")
    return repository, tag


def _forget(engine: Engine, reference: str) -> None:
    """Take a name away again; the image has another one."""
    with suppress(GoneError):
        engine.remove_image(reference)
