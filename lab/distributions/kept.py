"""Where the lab keeps what it has collected once: beside itself, and gone with it."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from lab.errors import LabError, Problem

_HASH = 16  # hexadecimal digits of a folder's name


def kept_folder(what: str, key: str) -> Path:
    """Give the folder, made where needed, for what is known of *key*.

    It lies in the virtual environment that the lab runs in; without one in the user's cache (XDG
    base directories). Raises `LabError` when it can't be made.
    """
    folder = _place(what, key)
    _make(folder)
    return folder


def kept_whole(what: str, key: str, fill: Callable[[Path], None]) -> Path:
    """Give the folder that *fill* has filled for *key*, at once or in an earlier run.

    It is there whole or not at all, however a run ends. Raises `LabError` when it can't be made.
    """
    place = _place(what, key)
    if place.is_dir():
        return place
    _make(place.parent)
    with tempfile.TemporaryDirectory(prefix=".filling-", dir=place.parent) as folder:
        filled = Path(folder) / place.name
        filled.mkdir()
        fill(filled)
        try:
            filled.rename(place)
        except OSError:
            if not place.is_dir():  # another process was quicker, for the same key
                raise
    return place


def _place(what: str, key: str) -> Path:
    return _root() / what / hashlib.sha256(key.encode()).hexdigest()[:_HASH]


def _root() -> Path:
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "share" / "apim-lab"
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    cache = configured if configured.is_absolute() else Path("~/.cache").expanduser()
    return cache / "apim-lab"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(
            Problem(
                f"what the lab has to keep can't be written: {error.strerror}",
                str(folder),
                "give yourself the right to write there, or run the lab in a virtual environment"
                " of your own",
            )
        ) from error
