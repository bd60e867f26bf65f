"""Tells which files of nodes were touched since the lab wrote them."""

from collections.abc import Iterator
from pathlib import Path

from lab.launch.removal import ENVIRONMENT


def touched_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Give each node of a lab's *folder* with a file that is younger than what the lab has written.

    A lab that is being made has none.
    """
    try:
        written = (folder / ENVIRONMENT).stat().st_mtime  # the last that a start writes
    except FileNotFoundError:
        return
    for path in sorted((folder / "nodes").rglob("*")):
        if path.is_file() and path.stat().st_mtime > written:
            yield path.relative_to(folder / "nodes").parts[0], path
