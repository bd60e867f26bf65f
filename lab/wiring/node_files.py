"""Finds and reads the configuration file of every node in a folder."""

from pathlib import Path

from lab.errors import Problem, TopologyError
from lab.plan.model import Plan
from lab.wiring.settings import Settings, role_of
from lab.wiring.toml_reader import read_toml

FILE_NAME = "deployment.toml"
_PLACES = (FILE_NAME, f"repository/conf/{FILE_NAME}")


def read_nodes(nodes_folder: Path, plan: Plan | None) -> dict[str, Settings]:
    """Read `<node>/deployment.toml` or `<node>/repository/conf/deployment.toml` of every node.

    With a plan, a node's role is the plan's; without, it is what `server_role` names. Raises
    `TopologyError` with the problems of all files.
    """
    problems: list[Problem] = []
    nodes: dict[str, Settings] = {}
    for name in _names(nodes_folder, plan):
        try:
            nodes[name] = _read_node(nodes_folder, name, plan)
        except TopologyError as error:
            problems += error.problems
    if problems:
        raise TopologyError(*problems)
    return nodes


def _names(nodes_folder: Path, plan: Plan | None) -> list[str]:
    if plan is not None:
        return [node.name for node in plan.nodes]
    try:
        folders = sorted(path for path in nodes_folder.iterdir() if path.is_dir())
    except OSError as error:
        what = f"no folder of nodes: {error.strerror}"
        mend = f"give a folder that holds NODE/{FILE_NAME}"
        raise TopologyError(Problem(what, str(nodes_folder), mend)) from error
    names = [path.name for path in folders if _file_in(path) is not None]
    if not names:
        what = f"no {FILE_NAME} in any folder below"
        mend = f"give a folder that holds NODE/{FILE_NAME} or NODE/{_PLACES[1]}"
        raise TopologyError(Problem(what, str(nodes_folder), mend))
    return names


def _file_in(folder: Path) -> str | None:
    return next((place for place in _PLACES if (folder / place).is_file()), None)


def _read_node(nodes_folder: Path, name: str, plan: Plan | None) -> Settings:
    place = _file_in(nodes_folder / name)
    if place is None:
        where = f"{name}/{FILE_NAME}"
        mend = "put the file back, or write all files again with `lab render`"
        raise TopologyError(Problem(f"node {name} has no configuration file", where, mend))
    document = read_toml(nodes_folder / name / place, f"{name}/{place}")
    role = role_of(document) if plan is None else plan.node(name).role
    return Settings(name, document, role)
