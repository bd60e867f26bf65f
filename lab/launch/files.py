"""Takes a member's files from the lab's folder to their places and owners in its container."""

from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath

from lab.errors import LabError, Problem
from lab.launch.archive import PlacedFile, tar_of
from lab.launch.definitions import Images
from lab.launch.kept_file import write_kept
from lab.launch.removal import ENVIRONMENT
from lab.plan.containers import (
    BALANCER_GID,
    BALANCER_IMAGE_VARIABLE,
    BALANCER_UID,
    NODE_IMAGE_VARIABLE,
    PROBER_IMAGE_VARIABLE,
    SERVER_GID,
    SERVER_UID,
    balancer_path,
    node_image_variable,
    node_path,
    server_image_variable,
    server_path,
)
from lab.plan.model import Plan, PlannedNode


def node_files(folder: Path, node: PlannedNode) -> bytes:
    """Give the archive of a node's files."""
    place = partial(node_path, node)
    return _archive(folder / "nodes" / node.name, place, node.uid, node.uid)


def server_files(folder: Path, server: str) -> bytes:
    """Give the archive of a database server's files."""
    return _archive(folder / "servers" / server, server_path, SERVER_UID, SERVER_GID)


def balancer_files(folder: Path, balancer: str) -> bytes:
    """Give the archive of a balancer's files."""
    return _archive(folder / "balancers" / balancer, balancer_path, BALANCER_UID, BALANCER_GID)


def _archive(folder: Path, place: Callable[[str], PurePosixPath], uid: int, gid: int) -> bytes:
    try:
        files = [
            PlacedFile(place(path.name), path.read_bytes(), uid, gid)
            for path in sorted(folder.iterdir())
            if path.is_file()
        ]
    except OSError as error:
        raise LabError(
            Problem(
                f"can't read the lab's files: {error.strerror}",
                str(error.filename),
                "`lab down` and `lab up` write them again",
            )
        ) from error
    return tar_of(files)


def write_environment(folder: Path, plan: Plan, images: Images) -> None:
    """Write the `.env` that names the images of the lab folder's compose file.

    Raises `LabError` when it can't be written.
    """
    stand_ins = [images.nodes[node.name] for node in plan.nodes if not node.is_real]
    values = {
        NODE_IMAGE_VARIABLE: next(iter(stand_ins), ""),
        **{node_image_variable(node.name): images.nodes[node.name] for node in plan.real_nodes},
        **{server_image_variable(name): image for name, image in images.servers.items()},
        BALANCER_IMAGE_VARIABLE: images.balancer,
        PROBER_IMAGE_VARIABLE: images.prober,
    }
    text = "".join(f"{name}={value}\n" for name, value in values.items() if value)
    write_kept(folder / ENVIRONMENT, text)
