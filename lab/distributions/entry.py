"""One thing in a distribution, and what every kind of distribution can tell of its things."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

from lab.errors import Problem


class Sort(StrEnum):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, folder or symbolic link; *name* is relative to the product's home."""

    name: str
    sort: Sort
    mode: int = 0o644
    size: int = 0  # bytes
    stamp: int = 0  # changes whenever the content may have
    target: str = ""  # of a link


class Distribution(Protocol):
    """A product's home: a folder or a zip."""

    where: str

    def has(self, name: str) -> bool:
        """Tell whether there is a file or folder of this name."""

    def read(self, name: str) -> bytes:
        """Give a file's content; raises `LabError` when it can't be read."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Give what lies in a folder, sorted; nothing when there is none."""

    def entries(self) -> Iterator[Entry]:
        """Give everything that belongs to the product, folders before what they hold."""

    def open(self, entry: Entry) -> AbstractContextManager[IO[bytes]]:
        """Open a file's content for a block; raises `LabError` when it can't be read."""

    def stamp(self) -> str:
        """Give a word that changes whenever the content may have, without reading it."""

    def dbscripts(self) -> Path:
        """Give a folder with its dbscripts."""


_NAMED = 5


def incomplete(where: str, *missing: str) -> Problem:
    """Say what a distribution at *where* lacks."""
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    return Problem(
        f"the distribution is incomplete: no {', '.join(missing[:_NAMED])}{more}",
        where,
        "unpack the product's zip again, whole, and name it or its folder",
    )


# What a run of the product leaves behind; a distribution that was tried out holds it too.
_LEFT_BY_A_RUN = ("wso2carbon.pid",)
# The metadata are paths and hashes of the machine it ran on; a start elsewhere fails on them.
_EMPTIED = ("tmp", "repository/logs", "repository/resources/conf/.metadata", ".git")
_BUNDLE_CACHE = "/configuration/org.eclipse.osgi"  # of each profile that was started


def belongs(name: str) -> bool:
    """Tell whether an entry is the product's, and not what a run of it has left."""
    return (
        name not in _LEFT_BY_A_RUN
        and not any(name.startswith(f"{folder}/") for folder in _EMPTIED)
        and not (name.startswith("repository/components/") and _BUNDLE_CACHE in name)
    )
