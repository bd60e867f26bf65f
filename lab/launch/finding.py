"""Finds a lab again, by its labels and its folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.launch.cluster import Cluster
from lab.launch.definitions import PROBER, Images
from lab.launch.engine import Engine
from lab.launch.labels import FOLDER, MEMBER, OWNER, PART, PURPOSE, Ownership, Part, Purpose
from lab.launch.ownership import parse_owner, this_process
from lab.launch.removal import LabObjects, objects_of
from lab.launch.seen import SeenContainer
from lab.plan.make import read_plan


def find_cluster(engine: Engine, name: str) -> Cluster | None:
    """Find a lab, complete or not, by its labels and its folder's copy of the topology.

    Raises `LabError` when its folder is gone: then only `remove_lab` can do something with it.
    """
    return _cluster_of(engine, name, objects_of(engine, name))


def find_complete(engine: Engine, name: str) -> Cluster | None:
    """Find a lab that was brought up to its end: the files of a half-made one may not be there.

    Raises `LabError` when its folder is gone.
    """
    objects = objects_of(engine, name)
    return _cluster_of(engine, name, objects) if objects.is_complete else None


def _cluster_of(engine: Engine, name: str, objects: LabObjects) -> Cluster | None:
    if not objects.containers:
        return None
    labels = _of_the_lab(objects.containers)
    folder = Path(labels[FOLDER])
    plan = read_plan(folder)
    by_member = {each.labels[MEMBER]: each.image for each in objects.containers}
    images = Images(
        prober=by_member.get(PROBER, ""),
        nodes={node.name: by_member.get(node.name, "") for node in plan.nodes},
        servers={server.name: by_member.get(server.name, "") for server in plan.servers},
        balancer=next((by_member.get(one.name, "") for one in plan.balancers), ""),
    )
    owner = parse_owner(labels[OWNER]) or this_process()
    return Cluster(
        engine, plan, folder, Ownership(name, Purpose(labels[PURPOSE]), owner, folder), images
    )


def _of_the_lab(containers: Sequence[SeenContainer]) -> Mapping[str, str]:
    """Give labels that the lab's maker has set; a fault has an owner of its own."""
    lasting = [each.labels for each in containers if each.labels.get(PART) != Part.FAULT]
    return (lasting or [containers[0].labels])[0]
