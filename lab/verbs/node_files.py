"""The files of nodes in a folder that somebody names, however deep they lie."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from lab.errors import LabError, TopologyError
from lab.wiring.node_files import find_files, is_one_node, node_of


def files_of(folder: Path, tell: Callable[[str], None]) -> Mapping[str, str] | None:
    """Give each node's file, relative to *folder*, also where it lies deeper than in a folder each.

    None where the folder can't be read: whoever reads it says why. *tell* is given what lies deeper
    and is left alone. Raises `TopologyError` where there is no file of a node, or none that can be
    opened.
    """
    try:
        found = find_files(folder)
    except OSError:
        return None
    if not found:
        return _deeper(folder)
    if is_one_node(folder):
        return found
    return {**found, **dict(_beside(folder, found, tell))}


def _beside(
    folder: Path, found: Mapping[str, str], tell: Callable[[str], None]
) -> Iterator[tuple[str, str]]:
    """Give the nodes of the same line that lie deeper than those that were *found*, if any.

    One that is called as one of them may be a copy that somebody keeps.
    """
    try:
        deeper = _deeper(folder)
    except TopologyError as error:
        for problem in error.problems:
            tell(f"{problem.where}: {problem.what}, so no deeper folder is looked at")
        return
    tops = {PurePosixPath(file).parts[0] for file in found.values()}
    kinds = {PurePosixPath(file).suffix for file in found.values()}
    for name, file in deeper.items():
        path = PurePosixPath(file)
        if path.parts[0] in tops or path.suffix not in kinds or len(path.parts) == 1:
            continue
        if node_of(folder / path) in found:
            like = found[node_of(folder / path)]
            tell(f"{file}: left alone, as {like} is the node of that name")
        else:
            yield name, file


def _deeper(folder: Path) -> Mapping[str, str]:
    from lab.importing.folder import find_node_files  # noqa: PLC0415  # most folders need it not

    try:
        return {name: str(path) for name, path in find_node_files(folder).items()}
    except LabError as error:
        raise TopologyError(*error.problems) from error
