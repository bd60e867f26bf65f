"""The version that a product's home says it is."""

import re
from pathlib import Path, PurePath
from typing import TypeVar

from lab.distributions.entry import Distribution
from lab.distributions.homes import Home

TITLE = "bin/version.txt"
_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)\s*$", re.MULTILINE)
_CONF = ("repository", "conf")

_Path = TypeVar("_Path", bound=PurePath)


def version_of(distribution: Distribution) -> str | None:
    """Give the version that a distribution says it is; None when it says nothing."""
    if not distribution.has(TITLE):
        return None
    found = _VERSION.search(distribution.read(TITLE).decode(errors="replace"))
    return found.group(1) if found else None


def home_of(file: _Path) -> _Path | None:
    """Give the home whose `repository/conf` a file lies in; None for any other place."""
    return file.parents[2] if file.parts[-3:-1] == _CONF else None


def version_around(file: Path) -> str | None:
    """Give the version of the home whose `repository/conf` a file lies in; None when none says it.

    A symbolic link isn't followed, as it may lead out of the folder that somebody gave. Raises
    `LabError` when the home can't be read.
    """
    home = home_of(file)
    if home is None or not (home / TITLE).is_file() or (home / TITLE).is_symlink():
        return None
    return version_of(Home(home))
