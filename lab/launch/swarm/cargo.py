"""Images on their way to one machine: how much it is, whether it fits, and how far it has come."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shutil import disk_usage

from lab.errors import EngineError, Problem
from lab.launch.engine import Engine

_MIB = 1 << 20
_FACTOR = 2  # an engine unpacks images beside their archive
_TOLD_AFTER = 10.0  # seconds on the way, and again after as many
_FULL = "no space left"
_FREE = "free some space there: `lab gc --images` removes images that no lab uses"


def size_of(engine: Engine, images: Sequence[str]) -> int:
    """Give about how many bytes some images have, a layer that they share counted once."""
    return sum(size for _, _, size in {one for each in images for one in engine.layers(each)})


def no_room(machine: str, member: Engine, size: int) -> list[Problem]:
    """Tell when a disk has no room for so many bytes of images, if it is one of this machine's.

    No engine tells how much of its disk is free.
    """
    root = Path(member.facts.root)
    if not member.facts.is_here or not root.is_dir():
        return []
    free = disk_usage(root).free
    if free >= _FACTOR * size:
        return []
    what = f"images take about {_mib(_FACTOR * size)} while they get there, and {_mib(free)} are"
    return [Problem(f"{what} free", f"machine {machine}: {root}", _FREE)]


def on_its_way(
    pieces: Iterator[bytes], machine: str, size: int, progress: Callable[[str], None]
) -> Iterator[bytes]:
    """Hand an archive of about *size* bytes on, and tell how far it has come if that takes long."""
    sent, last = 0, time.monotonic()
    for piece in pieces:
        yield piece
        sent += len(piece)
        if time.monotonic() - last >= _TOLD_AFTER:
            last = time.monotonic()
            progress(f"machine {machine}: {_mib(sent)} of about {_mib(size)} are there")


def announced(machine: str, images: Sequence[str], size: int) -> str:
    """Say what a machine is about to get."""
    return f"machine {machine}: {len(images)} images on their way, about {_mib(size)}"


def not_there(error: EngineError, machine: str, size: int) -> Problem:
    """Say whose images did not arrive, and why; a full disk has a mend of its own."""
    said = error.problems[0]
    what = f"the images don't get there: {said.what}"
    if _FULL in said.what:
        what = f"its disk has no room for images of about {_mib(size)}: {said.what}"
    return Problem(what, f"machine {machine}", _FREE if _FULL in said.what else said.mend)


def _mib(size: int) -> str:
    return f"{max(1, size // _MIB)} MiB"
