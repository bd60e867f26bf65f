"""A distribution that is still a zip, as WSO2 gives it."""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

from lab.distributions.entry import Entry, Sort, belongs
from lab.distributions.kept import kept_whole
from lab.errors import LabError, Problem

_AGAIN = "download it again, and compare its checksum with the one published"
# What zipfile raises for a zip that is damaged, encrypted or packed in a way of its own.
_FAULTS = (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


_Listed = tuple[Mapping[str, zipfile.ZipInfo], frozenset[str]]  # files and folders of a home


@lru_cache(maxsize=8)
def _list(place: str, _stamp: str) -> _Listed:
    """List what lies in the home, which is the folder that holds `bin`; thousands of names."""
    with _readable(place), zipfile.ZipFile(place) as archive:
        listed = archive.infolist()
    homes = [one.filename.partition("/bin/")[0] for one in listed if "/bin/" in one.filename]
    home = min(homes, key=lambda name: name.count("/"), default="")
    start = f"{home}/" if home else ""
    files = {
        one.filename.removeprefix(start): one
        for one in listed
        if one.filename.startswith(start) and not one.is_dir()
    }
    if outside := next(filter(_leads_out, files), None):
        raise LabError(Problem(f"a file's name leads out of it: {outside}", place, _AGAIN))
    return files, frozenset(folder.as_posix() for name in files for folder in Path(name).parents)


class Zip:
    """A product's zip: one folder with its home in it. It is open until nobody holds this any more.

    Every method raises `LabError` when the zip can't be read.
    """

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        with _readable(self.where):
            return zipfile.ZipFile(self._path)

    @property
    def _members(self) -> Mapping[str, zipfile.ZipInfo]:
        """Give the files by their name in the home."""
        return self._listed[0]

    @cached_property
    def _listed(self) -> _Listed:
        return _list(self.where, self.stamp())

    def has(self, name: str) -> bool:
        """Tell whether there is a file or folder of this name."""
        return name in self._members or name in self._listed[1]

    def read(self, name: str) -> bytes:
        """Give a file's content; raises `LabError` when it can't be read."""
        if name not in self._members:
            raise LabError(
                Problem(f"no {name} in the zip", self.where, "download it again; it is incomplete")
            )
        with _readable(f"{self.where}: {name}"):
            return self._archive.read(self._members[name])

    def names(self, folder: str) -> tuple[str, ...]:
        """Give what lies in a folder, sorted; nothing when there is none."""
        start = f"{folder}/"
        below = {
            name.removeprefix(start).partition("/")[0]
            for name in self._members
            if name.startswith(start)
        }
        return tuple(sorted(below))

    def entries(self) -> Iterator[Entry]:
        """Give everything that belongs to the product, folders before what they hold."""
        told: set[str] = {"."}
        for name in sorted(self._members):
            if not belongs(name):
                continue
            for parent in reversed(Path(name).parents):
                if parent.as_posix() not in told:
                    told.add(parent.as_posix())
                    yield Entry(parent.as_posix(), Sort.FOLDER, 0o755)
            yield self._entry(name)

    def _entry(self, name: str) -> Entry:
        member = self._members[name]
        mode = member.external_attr >> 16
        if stat.S_ISLNK(mode):
            return Entry(name, Sort.LINK, target=os.fsdecode(self.read(name)))
        rights = stat.S_IMODE(mode) or 0o644
        return Entry(name, Sort.FILE, rights, member.file_size, member.CRC)

    @contextmanager
    def open(self, entry: Entry) -> Iterator[IO[bytes]]:
        """Open a file's content for a block, whose reads raise `LabError` too."""
        with (
            _readable(f"{self.where}: {entry.name}"),
            self._archive.open(self._members[entry.name]) as file,
        ):
            yield file

    def stamp(self) -> str:
        """Give a word that changes whenever the content may have: the zip's size and time."""
        with _readable(self.where):
            seen = self._path.stat()
        return f"{seen.st_size} {seen.st_mtime_ns}"

    def dbscripts(self) -> Path:
        """Give a folder with its dbscripts, taken out of the zip once."""
        return kept_whole("zips", f"{self._path} {self.stamp()}", self._take_out) / "dbscripts"

    def _take_out(self, folder: Path) -> None:
        for name in self._members:
            if name.startswith("dbscripts/"):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.read(name))


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts


@contextmanager
def _readable(where: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise LabError(Problem(f"the zip can't be read: {error}", where, _AGAIN)) from error
