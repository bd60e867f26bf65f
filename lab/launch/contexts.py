"""The build context of an image with a Dockerfile, and the tag that its content gives it."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import probes
from lab.data import data_folder
from lab.launch.site_packages import collect

_HASH = 16  # hexadecimal digits of a tag
_NOT_SENT = ("__pycache__", "dbscripts")
_WITH_PROBES = ("prober",)


@dataclass(frozen=True, slots=True)
class Context:
    """One `images/<name>/` with a Dockerfile, on a base."""

    name: str
    base: str  # the base image's tag

    @property
    def tag(self) -> str:
        """Name the image by all that goes into it: same inputs, same name, no build."""
        digest = hashlib.sha256(self.base.encode())
        for place, path in self._files():
            digest.update(f"\0{place}\0{path.stat().st_mode & 0o111}\0".encode())
            digest.update(path.read_bytes())
        return f"apim-lab/{self.name}:{digest.hexdigest()[:_HASH]}"

    def _files(self) -> Iterator[tuple[str, Path]]:
        yield from _tree(data_folder("images") / self.name, "")
        if self.name in _WITH_PROBES:
            yield from _tree(Path(probes.__file__).parent, "probes/")

    def lay_out(self, folder: Path, architecture: str) -> None:
        """Put everything that the Dockerfile copies into *folder*."""
        for place, path in self._files():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        requirements = data_folder("images") / self.name / "requirements.txt"
        if requirements.is_file():
            shutil.copytree(collect(requirements, architecture), folder / "site")


def _tree(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part in _NOT_SENT for part in inside.parts):
            yield f"{prefix}{inside.as_posix()}", path
