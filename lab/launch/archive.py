"""Files on their way into a container: one tar with owner and mode, so that nothing is mounted."""

import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file and its place in a container; *content* None makes it a folder."""

    path: PurePosixPath
    content: bytes | None
    uid: int
    gid: int
    mode: int = 0o600


def tar_of(files: Iterable[PlacedFile]) -> bytes:
    """Give an archive to be unpacked at a container's root, the same bytes for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for file in files:
            archive.addfile(_entry(file), io.BytesIO(file.content or b""))
    return buffer.getvalue()


def _entry(file: PlacedFile) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(str(file.path).lstrip("/"))
    entry.uid, entry.gid, entry.mode = file.uid, file.gid, file.mode
    if file.content is None:
        entry.type = tarfile.DIRTYPE
    else:
        entry.size = len(file.content)
    return entry


def file_in(archive: bytes, name: str) -> bytes:
    """Give one file's content out of an archive; raises `KeyError` when it isn't there."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        member = opened.extractfile(name)
        if member is None:
            raise KeyError(name)
        return member.read()
