"""Finds the configuration file of each node in a customer's folder, and opens nothing else there.

A layout is a function from the files of the folder to those of its nodes; a product line with other
files adds one.
"""

import os
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from lab.distributions.version import home_of
from lab.errors import LabError, Problem
from lab.importing.naming import named
from lab.wiring.archives import UNPACK, is_archive
from lab.wiring.node_files import FILE_NAME, is_topology
from lab.wiring.toml_reader import LARGEST
from lab.wiring.xml_files import FILES, conf_of

_MOST = 20_000  # entries of a folder; a product's home has 8 000
_DEEPEST = 8
_OWN = frozenset({Path(), Path("conf"), Path("repository/conf")})  # of a node's own folder
_SYNAPSE_S = "registry.xml"
_XML_NAMES = frozenset(PurePosixPath(file).name for file in FILES)
_TABLES = frozenset(
    {"server", "super_admin", "database", "apim", "keystore", "truststore", "user_store"}
)

Files = Sequence[Path]  # regular files, relative to the folder
Layout = Callable[[Path, Files], Mapping[str, Path]]


def find_node_files(folder: Path) -> Mapping[str, Path]:
    """Give each node's file, relative to *folder*, by the node's name.

    Of a node of the 2.x line it is one of its XML files, which stands for all of them.

    Raises `LabError` with everything that keeps the folder from being read.
    """
    problems: list[Problem] = []
    files = list(_files(folder, problems))
    laid = [layout(folder, files) for layout in LAYOUTS]
    found = dict(named(next(filter(None, laid), {}), problems))
    if all(laid):
        first = " and ".join(str(next(iter(each.values()))) for each in laid)
        mend = "give a folder for each cluster, or take away what is no node's"
        problems.append(Problem(f"files of two product lines: {first}", str(folder), mend))
    if not found and not problems:
        what = "no configuration of a node in this folder"
        mend = f"give a folder with NODE/{FILE_NAME}, NODE.toml or NODE/repository/conf/*.xml"
        problems.append(Problem(what, str(folder), f"{mend} for each node"))
    if problems:
        raise LabError(*problems)
    return found


def _toml_layout(folder: Path, files: Files) -> Mapping[str, Path]:
    """Give the files of the 4.x line: every `deployment.toml`, and others that may be a node's.

    Beside the former those are at the top of the folder alone: homes have other TOML files deeper.
    """
    named = [path for path in files if path.name == FILE_NAME]
    is_home = any(path.parent in _OWN for path in named)
    others = [
        path
        for path in files
        if path.suffix == ".toml"
        and path not in named
        and (not named or (len(path.parts) == 1 and not is_home))
        and _is_node(folder / path)
    ]
    return {str(path): path for path in (*named, *others)}


def _xml_layout(_folder: Path, files: Files) -> Mapping[str, Path]:
    """Give a file of each node of the 2.x line.

    Beside a deployment.toml they are made of it, and so is whatever a home keeps of earlier ones.
    """
    tomls = [path for path in files if path.name == FILE_NAME]
    made = {path.parent for path in tomls}
    homes = {home for path in tomls if (home := home_of(path))}
    found: dict[str, list[Path]] = {}
    for path in files:
        if path.name in _XML_NAMES and homes.isdisjoint(path.parents):
            conf = Path(conf_of(PurePosixPath(path), files))
            if conf not in made and conf.parent.parent not in made:
                found.setdefault(str(conf), []).append(path)
    # Synapse has a registry.xml too, alone in its folder.
    return {
        conf: paths[0] for conf, paths in found.items() if any(p.name != _SYNAPSE_S for p in paths)
    }


LAYOUTS: tuple[Layout, ...] = (_toml_layout, _xml_layout)


def _is_node(path: Path) -> bool:
    """Tell whether a file may be a node's; one that can't be read is judged by its reader."""
    if is_topology(path):
        return False
    try:
        if path.stat().st_size > LARGEST:
            return True
        return not _TABLES.isdisjoint(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, RecursionError):
        return True


def _files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    try:
        root = folder.resolve(strict=True)
        if not root.is_dir():
            raise NotADirectoryError(20, "it is no folder")
        entries = list(_walk(root, root, problems, 0))
    except OSError as error:
        mend = UNPACK if is_archive(folder) else "give the folder that holds the nodes' files"
        problems.append(Problem(f"{folder} can't be read: {error.strerror}", str(folder), mend))
        return
    if len(entries) > _MOST:
        mend = "give a folder with the nodes' files alone"
        problems.append(Problem(f"{folder} has more than {_MOST} files", str(folder), mend))
        return
    for path in entries:
        problem = _odd(root, path)
        if problem:
            problems.append(problem)
        elif (root / path).is_file():
            yield path


def _walk(root: Path, folder: Path, problems: list[Problem], depth: int) -> Iterator[Path]:
    """Give everything below that is no folder; no symbolic link to a folder is followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        mend = "let it be readable for the user who runs this"
        place = str(folder.relative_to(root))
        problems.append(Problem(f"{place} can't be read: {error.strerror}", place, mend))
        return
    for entry in entries[: _MOST + 1]:
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth < _DEEPEST:
                yield from _walk(root, path, problems, depth + 1)
        else:
            yield path.relative_to(root)


def _odd(root: Path, path: Path) -> Problem | None:
    """Say what is wrong with an entry that would have to be opened, or looked into."""
    is_opened = path.suffix == ".toml" or path.name in _XML_NAMES
    leads_on = (root / path).is_symlink() and (root / path).is_dir()
    if not is_opened and not leads_on:
        return None
    target = (root / path).resolve()
    if not target.is_relative_to(root):
        return Problem("a symbolic link that leads outside", str(path), "copy the file here")
    if not is_opened:
        return None
    try:
        mode = target.stat().st_mode
    except OSError as error:
        what = f"{path} can't be read: {error.strerror}"
        return Problem(what, str(path), "mend it, or take it away")
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return Problem(f"{path} is no regular file", str(path), "give the configuration as a file")
