"""A distribution that is still a zip, as WSO2 gives it."""

import stat
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO

from lab.distributions.entry import Entry, Sort, belongs
from lab.distributions.kept import kept_folder
from lab.errors import LabError, Problem


class Zip:
    """A product's zip: one folder with its home in it."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._path)
        except (OSError, zipfile.BadZipFile) as error:
            raise LabError(
                Problem(
                    f"the zip can't be read: {error}",
                    self.where,
                    "download it again, and compare its checksum with the one published",
                )
            ) from error

    @cached_property
    def _members(self) -> dict[str, zipfile.ZipInfo]:
        """Give the files by their name in the home, which is the folder that holds `bin`."""
        listed = self._archive.infolist()
        homes = [one.filename.partition("/bin/")[0] for one in listed if "/bin/" in one.filename]
        home = min(homes, key=lambda name: name.count("/"), default="")
        start = f"{home}/" if home else ""
        return {
            one.filename.removeprefix(start): one
            for one in listed
            if one.filename.startswith(start) and not one.is_dir()
        }

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(
            parent.as_posix() for name in self._members for parent in Path(name).parents
        )

    def has(self, name: str) -> bool:
        """Tell whether there is a file or folder of this name."""
        return name in self._members or name in self._folders

    def read(self, name: str) -> bytes:
        """Give a file's content; raises `LabError` when it can't be read."""
        if name not in self._members:
            raise LabError(
                Problem(f"no {name} in the zip", self.where, "download it again; it is incomplete")
            )
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
            return Entry(name, Sort.LINK, target=self._archive.read(member).decode())
        rights = stat.S_IMODE(mode) or 0o644
        return Entry(name, Sort.FILE, rights, member.file_size, member.CRC)

    def open(self, entry: Entry) -> IO[bytes]:
        """Open a file's content."""
        return self._archive.open(self._members[entry.name])

    def stamp(self) -> str:
        """Give a word that changes whenever the content may have: the zip's size and time."""
        seen = self._path.stat()
        return f"{seen.st_size} {seen.st_mtime_ns}"

    def dbscripts(self) -> Path:
        """Give a folder with its dbscripts, taken out of the zip once."""
        place = kept_folder("dbscripts", f"{self._path} {self.stamp()}")
        for name in self._members:
            target = place / name
            if name.startswith("dbscripts/") and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.read(name))
        return place / "dbscripts"
