"""A distribution that lies unpacked in a folder."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lab.distributions.entry import Entry, Sort, belongs, incomplete
from lab.errors import LabError, Problem


class Home:
    """A product's home folder. Nothing in it is ever changed."""

    def __init__(self, root: Path) -> None:
        self.where = str(root)
        self._root = root

    def has(self, name: str) -> bool:
        """Tell whether there is a file or folder of this name."""
        return (self._root / name).exists()

    def read(self, name: str) -> bytes:
        """Give a file's content; raises `LabError` when it can't be read."""
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError as error:
            raise LabError(incomplete(self.where, name)) from error
        except OSError as error:
            raise _unreadable(error) from error

    def names(self, folder: str) -> tuple[str, ...]:
        """Give what lies in a folder, sorted; nothing when there is none."""
        try:
            return tuple(sorted(each.name for each in (self._root / folder).iterdir()))
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def entries(self) -> Iterator[Entry]:
        """Give everything that belongs to the product, folders before what they hold."""
        try:
            yield from self._below("")
        except OSError as error:
            raise _unreadable(error) from error

    def _below(self, folder: str) -> Iterator[Entry]:
        with os.scandir(self._root / folder) as found:
            listed = sorted(found, key=lambda each: each.name)
        for each in listed:
            name = f"{folder}/{each.name}" if folder else each.name
            if not belongs(name):
                continue
            yield from self._entry(name, each)

    def _entry(self, name: str, each: os.DirEntry[str]) -> Iterator[Entry]:
        seen = each.stat(follow_symlinks=False)
        mode = stat.S_IMODE(seen.st_mode)
        if stat.S_ISDIR(seen.st_mode):
            yield Entry(name, Sort.FOLDER, mode)
            yield from self._below(name)
        elif stat.S_ISLNK(seen.st_mode):
            yield Entry(name, Sort.LINK, target=str(Path(each.path).readlink()))
        elif stat.S_ISREG(seen.st_mode):
            yield Entry(name, Sort.FILE, mode, seen.st_size, seen.st_mtime_ns)

    @contextmanager
    def open(self, entry: Entry) -> Iterator[IO[bytes]]:
        """Open a file's content for a block; raises `LabError` when it can't be read."""
        try:
            with (self._root / entry.name).open("rb") as file:
                yield file
        except OSError as error:
            raise _unreadable(error, self.where) from error

    def stamp(self) -> str:
        """Give a word that changes whenever the content may have: names, sizes and times."""
        digest = hashlib.sha256()
        for entry in self.entries():
            digest.update(f"{entry}\n".encode(errors="surrogateescape"))
        return digest.hexdigest()

    def dbscripts(self) -> Path:
        """Give the folder with its dbscripts."""
        return self._root / "dbscripts"


def _unreadable(error: OSError, where: str = "") -> LabError:
    return LabError(
        Problem(
            f"the distribution can't be read: {error.strerror or error}",
            str(error.filename or where),
            "check its permissions; the lab reads it as the user who calls it",
        )
    )
