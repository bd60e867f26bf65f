"""Streams a distribution as a tar to the engine, wherever that runs; nothing is unpacked here."""

import io
import tarfile
from collections.abc import Iterator

from lab.distributions.entry import Distribution, Entry, Sort
from lab.plan.containers import NODE_HOME

_BLOCK = 1024 * 1024
# A start needs them, and a version control system keeps no empty folder.
_NEEDED = ("tmp", "repository/logs")


class _Pipe(io.RawIOBase):
    """What was written, until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:  # type: ignore[override]  # tarfile writes nothing else
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def home_archive(distribution: Distribution, uid: int) -> Iterator[bytes]:
    """Give the tar, piece by piece, of a product's home that belongs to *uid*."""
    pipe = _Pipe()
    with tarfile.open(fileobj=pipe, mode="w|", bufsize=_BLOCK, format=tarfile.PAX_FORMAT) as tar:
        for folder in (*reversed(NODE_HOME.parents[:-1]), NODE_HOME):
            root = Entry(str(folder).lstrip("/"), Sort.FOLDER, 0o755)
            tar.addfile(_info(root, "", uid if "wso2" in folder.name else 0))
        for entry in distribution.entries():
            _add(tar, distribution, entry, uid)
            if data := pipe.taken():
                yield data
        for name in _NEEDED:
            if not distribution.has(name):
                tar.addfile(_info(Entry(name, Sort.FOLDER, 0o755), _PREFIX, uid))
    yield pipe.taken()


_PREFIX = f"{NODE_HOME}/".lstrip("/")


def _add(tar: tarfile.TarFile, distribution: Distribution, entry: Entry, uid: int) -> None:
    info = _info(entry, _PREFIX, uid)
    if entry.sort is not Sort.FILE:
        tar.addfile(info)
        return
    with distribution.open(entry) as file:
        tar.addfile(info, file)


def _info(entry: Entry, prefix: str, uid: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(prefix + entry.name)
    info.uid = info.gid = uid
    info.mtime = 0
    match entry.sort:
        case Sort.FOLDER:
            info.type, info.mode = tarfile.DIRTYPE, entry.mode | 0o700
        case Sort.LINK:
            info.type, info.linkname = tarfile.SYMTYPE, entry.target
        case Sort.FILE:
            info.size, info.mode = entry.size, entry.mode | 0o600
    return info
