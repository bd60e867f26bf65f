"""Finds a lab that is there, or says which ones are."""

from lab.errors import LabError, Problem
from lab.launch.cluster import Cluster, find_cluster, list_clusters
from lab.launch.engine import Engine
from lab.verbs.choosing import choose_lab
from lab.verbs.shell import Shell


def find(engine: Engine, name: str | None, shell: Shell) -> Cluster:
    """Give the lab of this name, or the one of this folder.

    Raises `LabError` with the labs that are there when it isn't.
    """
    wanted = choose_lab(name, shell.folder)
    cluster = find_cluster(engine, wanted)
    if cluster is None:
        raise unknown(engine, wanted)
    return cluster


def unknown(engine: Engine, name: str) -> LabError:
    """Say that there is no such lab, and which there are."""
    there = [summary.name for summary in list_clusters(engine)]
    mend = f"the labs here are {', '.join(there)}" if there else "there is none; `lab up` makes one"
    return LabError(Problem(f"no lab `{name}`", "this engine", mend))
