"""Tells an archive by how it begins, whatever its name."""

from pathlib import Path

_BEGINNINGS = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")  # zip, gzip, bzip2, xz
UNPACK = "unpack it, and give the folder that holds the nodes' files"


def is_archive(path: Path) -> bool:
    """Tell whether a file is a packed one; what can't be read is none."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(_BEGINNINGS[-1])).startswith(_BEGINNINGS)
    except OSError:
        return False
