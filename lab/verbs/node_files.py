"""The files of nodes in a folder that somebody names, however deep they lie."""

from collections.abc import Mapping
from pathlib import Path

from lab.errors import LabError, TopologyError
from lab.wiring.node_files import find_files


def files_of(folder: Path) -> Mapping[str, str] | None:
    """Give each node's file, relative to *folder*, also where it lies deeper than in a folder each.

    None where the folder can't be read: whoever reads it says why. Raises `TopologyError` where
    there is no such file, or one that can't be opened.
    """
    try:
        found = find_files(folder)
    except OSError:
        return None
    return found or _deeper(folder)


def _deeper(folder: Path) -> Mapping[str, str]:
    from lab.importing.folder import find_node_files  # noqa: PLC0415  # most folders need it not

    try:
        return {name: str(path) for name, path in find_node_files(folder).items()}
    except LabError as error:
        raise TopologyError(*error.problems) from error
