"""Finds a lab that is there, or says which ones are."""

from lab.launch.cluster import Cluster
from lab.launch.engine import Engine
from lab.launch.finding import find_cluster
from lab.verbs.choosing import choose_lab
from lab.verbs.shell import Shell
from lab.verbs.unknown import unknown


def find(engine: Engine, name: str | None, shell: Shell) -> Cluster:
    """Give the lab of this name, or the one of this folder.

    Raises `LabError` with the labs that are there when it isn't.
    """
    wanted = choose_lab(name, shell.folder)
    cluster = find_cluster(engine, wanted)
    if cluster is None:
        raise unknown(engine, wanted)
    for healed in cluster.faults.heal_all(orphans_only=True):
        shell.tell(f"{healed}: healed, for the process that made it has died")
    return cluster
