"""What to say when the engine is silent: each cause with its mend."""

import os
import shutil
from collections.abc import Callable

from lab.errors import Problem
from lab.launch.endpoint.connection import Endpoint
from lab.launch.endpoint.distrust import distrust

_MAKE = "`make lab-up` in the lab's checkout"


def program_path(name: str) -> str | None:
    """Give the path of a program; daemons lie in folders that a user's PATH leaves out."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    return shutil.which(name, path=path)


def silence(
    endpoint: Endpoint,
    cause: BaseException,
    *,
    program: Callable[[str], str | None] = program_path,
) -> Problem:
    """Say why no engine answers at *endpoint*."""
    place = f"{endpoint.said_by or 'default'}: {endpoint.url}"
    where = f"{place}: {cause}"
    if endpoint.certificates is not None and isinstance(cause, OSError):
        problem = distrust(endpoint.certificates, cause, place)
        if problem is not None:
            return problem
    if isinstance(cause, PermissionError):
        return Problem(
            "no permission on the engine's socket",
            where,
            "`sudo usermod -aG docker $USER`, then log in again; or run the command as root",
        )
    if endpoint.said_by:
        return Problem(
            f"the engine that {endpoint.said_by} names does not answer",
            where,
            _mend_of(endpoint),
        )
    if program("dockerd") is None and program("podman") is not None:
        return podman(where)
    if program("dockerd") is None and program("docker") is None:
        return Problem(
            "no Docker Engine is installed", where, f"{_MAKE} installs one, or do it yourself"
        )
    return Problem(
        "the Docker Engine is not running",
        where,
        f"`sudo systemctl start docker`, Docker Desktop, or {_MAKE}",
    )


def podman(where: str) -> Problem:
    """Say that Podman stands where an engine should."""
    return Problem(
        "this is Podman, and the lab needs a Docker Engine",
        where,
        "remove `podman-docker` or unset DOCKER_HOST, and install Docker Engine beside Podman",
    )


def _mend_of(endpoint: Endpoint) -> str:
    if endpoint.said_by == "DOCKER_HOST":
        return "start that engine, or `unset DOCKER_HOST` to use this machine's own"
    return "start that engine, or `docker context use default` to use this machine's own"
