"""Finds and reads the configuration file of every node in a folder."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from lab.errors import Problem, TopologyError
from lab.plan.model import Plan
from lab.products.facts import Role
from lab.wiring.finding import Finding, NotReadableError
from lab.wiring.key_managers import key_managers
from lab.wiring.settings import Settings, role_of
from lab.wiring.toml_reader import LARGEST, read_toml
from lab.wiring.xml_files import find_xml

FILE_NAME = "deployment.toml"
HOME = "carbon"  # a node's home in WSO2's docker-compose sets of 2.0 and 2.1
_CONF = "repository/conf"
_PLACES = (FILE_NAME, f"{_CONF}/{FILE_NAME}")
_TOPOLOGY_TABLES = frozenset({"lab", "nodes"})
_TOPOLOGY_HEADER = re.compile(r"^\[(lab\]|nodes\.)", re.MULTILINE)
_NO_NODE = frozenset({"conf", "repository"})


def read_nodes(
    nodes_folder: Path, plan: Plan | None, files: Mapping[str, str] | None = None
) -> dict[str, Settings]:
    """Read the file of every node: those of the plan, or *files* by node, or all that are found.

    With a plan, a node's role is the plan's; without, it is what `server_role` names, or a key
    manager's where that is named a control plane. Raises
    `TopologyError` with the problems of all files; `NotReadableError` where syntax is the only one.
    """
    problems: list[Problem] = []
    refused: list[Finding] = []
    kind: type[NotReadableError] = NotReadableError
    nodes: dict[str, Settings] = {}
    for name, file in _files(nodes_folder, plan, files).items():
        try:
            nodes[name] = _read_node(nodes_folder, name, file, plan)
        except NotReadableError as error:
            refused += error.findings
            kind = type(error)
            problems += error.problems
        except TopologyError as error:
            problems += error.problems
    if problems and len(problems) == len(refused):
        raise kind(*refused)
    if problems:
        raise TopologyError(*problems)
    _refuse_mixture(nodes, nodes_folder)
    return nodes if plan else _with_key_managers(nodes)


def _with_key_managers(nodes: dict[str, Settings]) -> dict[str, Settings]:
    told = key_managers(tuple(nodes.values()))
    return {
        name: replace(one, role=Role.KEY_MANAGER) if name in told else one
        for name, one in nodes.items()
    }


def _refuse_mixture(nodes: Mapping[str, Settings], folder: Path) -> None:
    """Refuse nodes of two product lines: their files don't know each other's terms."""
    lines = {settings.tables.line: name for name, settings in nodes.items()}
    if len(lines) > 1:
        names = " and ".join(sorted(lines.values()))
        what = f"{names} are configured by files of two product lines, so they make no cluster"
        mend = f"give a folder for each cluster: nodes with {FILE_NAME}, or nodes with XML files"
        raise TopologyError(Problem(what, str(folder), mend))


def find_files(folder: Path) -> dict[str, str]:
    """Give the configuration file of each node in *folder*, relative to it.

    A node is `NODE/deployment.toml`, `NODE/repository/conf/deployment.toml` or `NODE.toml`; a
    folder that holds `deployment.toml` itself, in either place, is one node, and so is one whose
    only node is a home called `carbon`. Of the 2.x line it is a folder with XML files, in either
    place too, and one of them stands for all. Empty when there is none; raises `OSError` when the
    folder can't be read.
    """
    own = _file_in(folder)
    if own is not None:
        return {folder.resolve().name: own}
    found: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            place = _file_in(path)
            if place is not None:
                found[path.name] = f"{path.name}/{place}"
        elif path.suffix == ".toml" and path.is_file() and not is_topology(path):
            found.setdefault(path.stem, path.name)
    if list(found) == [HOME]:
        return {folder.resolve().name: found[HOME]}
    return found


def is_one_node(folder: Path) -> bool:
    """Tell whether *folder* is itself a node's: what lies deeper in it is its home's."""
    return _file_in(folder) is not None


def node_of(file: Path) -> str:
    """Name the node that a configuration file belongs to: its folder's name, or the file's own.

    What is kept beside the file, as `deployment.toml.bak`, is the same node's.
    """
    if not file.name.startswith(FILE_NAME):
        return file.stem
    folders = [part for part in file.absolute().parent.parts if part not in _NO_NODE]
    return folders[-1] if folders else file.stem


def is_topology(path: Path) -> bool:
    """Tell whether a TOML file is a topology: it has tables that no node's file has.

    One that can't be parsed is told by its headers, so that its own reader may say what is wrong.
    """
    try:
        if path.stat().st_size > LARGEST:
            return False
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return False
    try:
        return not _TOPOLOGY_TABLES.isdisjoint(tomllib.loads(text))
    except (ValueError, RecursionError):
        return _TOPOLOGY_HEADER.search(text) is not None


def _files(
    nodes_folder: Path, plan: Plan | None, files: Mapping[str, str] | None
) -> Mapping[str, str | None]:
    if files is not None:
        return files
    if plan is not None:
        return {node.name: _place_of(nodes_folder, node.name) for node in plan.nodes}
    try:
        found = find_files(nodes_folder)
    except OSError as error:
        what = f"no folder of nodes: {error.strerror}"
        mend = f"give a folder that holds NODE/{FILE_NAME}"
        raise TopologyError(Problem(what, str(nodes_folder), mend)) from error
    if not found:
        what = "no configuration in this folder"
        mend = f"give a folder that holds NODE/{FILE_NAME}, NODE/{_PLACES[1]} or NODE.toml"
        raise TopologyError(Problem(what, str(nodes_folder), mend))
    return found


def _place_of(nodes_folder: Path, name: str) -> str | None:
    place = _file_in(nodes_folder / name)
    return None if place is None else f"{name}/{place}"


def _file_in(folder: Path) -> str | None:
    own = next((place for place in _PLACES if (folder / place).is_file()), None)
    if own is not None:  # the product makes XML files of it, which say nothing of their own
        return own
    return find_xml(folder)


def _read_node(nodes_folder: Path, name: str, file: str | None, plan: Plan | None) -> Settings:
    if file is None:
        where = f"{name}/{FILE_NAME}"
        mend = "put the file back, or write all files again with `lab render`"
        raise TopologyError(Problem(f"node {name} has no configuration file", where, mend))
    path = nodes_folder / file
    planned = plan.node(name).role if plan else None
    if path.suffix == ".xml":
        return _read_xml(nodes_folder, name, file, planned)
    document = read_toml(path, file)
    return Settings(name, document, planned or role_of(document), path)


def _read_xml(nodes_folder: Path, name: str, file: str, role: Role | None) -> Settings:
    from lab.wiring.xml_node import read_xml_node  # noqa: PLC0415  # the 4.x line needs no XML parser

    return read_xml_node(nodes_folder, name, file, role)
