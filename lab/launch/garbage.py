"""What dead labs left, and images that no container uses: listed, or removed."""

from collections.abc import Collection
from dataclasses import dataclass

from lab.errors import LabError, Problem
from lab.launch.engine import Engine
from lab.launch.latecomers import remove_latecomers, was_cut_short
from lab.launch.listing import labs_on, summaries
from lab.launch.refusals import GoneError, InUseError
from lab.launch.removal import LabObjects, remove_lab_objects
from lab.launch.seen import SeenImage

PATTERN = "apim-lab/*"


@dataclass(frozen=True, slots=True)
class Removed:
    """The labs that went, and why something of others stays."""

    labs: tuple[str, ...]
    problems: tuple[Problem, ...]


def remove_leaked(engine: Engine, names: Collection[str] = ()) -> Removed:
    """Remove what provably dead processes left behind, of all labs or of those named.

    A lab that somebody brought up to its end is never leaked; one of a test whose process died is.
    One lab that can't go doesn't keep the others.
    """
    labs = labs_on(engine)
    gone: list[str] = []
    problems: list[Problem] = []
    cut_short: list[LabObjects] = []
    for summary in summaries(labs):
        if not summary.is_leaked or (names and summary.name not in names):
            continue
        left = labs[summary.name]
        cut_short += [left] * was_cut_short(left)
        try:
            remove_lab_objects(engine, summary.name, left)
        except LabError as error:
            problems += error.problems
        else:
            gone.append(summary.name)
    try:
        remove_latecomers(engine, cut_short)
    except LabError as error:
        problems += error.problems
    return Removed(tuple(gone), tuple(dict.fromkeys(problems)))


def lab_images(engine: Engine) -> tuple[SeenImage, ...]:
    """List the images that labs were started from, newest layers first."""
    # A template lies upon its server's image, and a built image upon the base.
    return tuple(sorted(engine.images(PATTERN), key=lambda image: -image.size))


def remove_images(engine: Engine) -> tuple[str, ...]:
    """Remove the labs' images that no container uses; give the names that went."""
    gone = []
    for image in lab_images(engine):
        for tag in image.tags:
            try:
                engine.remove_image(tag)
            except InUseError:
                continue
            except GoneError:
                pass
            gone.append(tag)
    return tuple(gone)
