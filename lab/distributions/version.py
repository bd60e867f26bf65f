"""The version that a product's home says it is."""

import re
from pathlib import Path

from lab.distributions.entry import Distribution
from lab.distributions.homes import Home

TITLE = "bin/version.txt"
_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)\s*$", re.MULTILINE)
_CONF = ("repository", "conf")


def version_of(distribution: Distribution) -> str | None:
    """Give the version that a distribution says it is; None when it says nothing."""
    if not distribution.has(TITLE):
        return None
    found = _VERSION.search(distribution.read(TITLE).decode(errors="replace"))
    return found.group(1) if found else None


def version_around(file: Path) -> str | None:
    """Give the version of the home whose `repository/conf` a file lies in; None when none says it.

    A symbolic link isn't followed, as it may lead out of the folder that somebody gave. Raises
    `LabError` when the home can't be read.
    """
    if file.parts[-3:-1] != _CONF:
        return None
    home = file.parents[2]
    title = home / TITLE
    return version_of(Home(home)) if title.is_file() and not title.is_symlink() else None
