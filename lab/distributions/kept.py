"""Where the lab keeps what it has found out of distributions: beside itself, and gone with it."""

import hashlib
import sys
import tempfile
from pathlib import Path

_HASH = 16  # hexadecimal digits of a folder's name


def kept_folder(what: str, key: str) -> Path:
    """Give the folder, made where needed, for what is known of *key*.

    It lies in the virtual environment that the lab runs in; without one it stays for this run only.
    """
    digest = hashlib.sha256(key.encode()).hexdigest()[:_HASH]
    folder = _place() / what / digest
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _place() -> Path:
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "share" / "apim-lab"
    return Path(tempfile.mkdtemp(prefix="lab-kept-"))
