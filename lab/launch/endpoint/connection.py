"""Which engine the lab talks to, and what to say when it is silent: each cause with its mend."""

import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lab.errors import Problem
from lab.launch.endpoint.certificates import Certificates, distrust

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
_UNIX, _TCP = "unix://", "tcp://"
_KNOCK = 5.0  # seconds
_KNOCK_FAR = 2.5  # seconds; a first packet that is lost comes again after one
_TCP_LEVEL = socket.IPPROTO_TCP
# Options of a connection to an engine that may vanish without a word: it then ends within seconds.
NOTICES = [
    (_TCP_LEVEL, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (_TCP_LEVEL, socket.TCP_KEEPIDLE, 3),  # seconds of silence, then a question
    (_TCP_LEVEL, socket.TCP_KEEPINTVL, 1),
    (_TCP_LEVEL, socket.TCP_KEEPCNT, 4),
    (_TCP_LEVEL, socket.TCP_USER_TIMEOUT, 8000),  # milliseconds without an answer to what was sent
]
_MAKE = "`make lab-up` in the lab's checkout"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an engine is expected, and who said so (empty: nobody, it is the default).

    With *certificates* it is behind TLS.
    """

    url: str
    said_by: str = ""
    certificates: Certificates | None = None

    @property
    def socket_path(self) -> str:
        """Give the path of a socket of this machine; empty when the engine is elsewhere."""
        return self.url.removeprefix(_UNIX) if self.url.startswith(_UNIX) else ""

    @property
    def speaks_tls(self) -> bool:
        """Tell whether TLS leads there; a socket of this machine needs none."""
        return self.certificates is not None and self.url.startswith(_TCP)


def program_path(name: str) -> str | None:
    """Give the path of a program; daemons lie in folders that a user's PATH leaves out."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    return shutil.which(name, path=path)


def knock(endpoint: Endpoint) -> None:
    """Connect to an engine's socket and hang up; raises the system's own `OSError`.

    The SDK would wrap that error, leave a local socket open, and wait long for a lost machine.
    """
    if endpoint.socket_path:
        with socket.socket(socket.AF_UNIX) as visitor:
            visitor.settimeout(_KNOCK)
            visitor.connect(endpoint.socket_path)
    place = urlsplit(endpoint.url)
    if endpoint.url.startswith(_TCP) and place.port is not None:
        socket.create_connection((place.hostname or "", place.port), _KNOCK_FAR).close()


def root_cause(error: BaseException) -> BaseException:
    """Dig the system's own error out of the layers that a client library puts around it."""
    seen: list[BaseException] = []
    layer: BaseException | None = error
    while layer is not None and layer not in seen:
        seen.append(layer)
        inner = [argument for argument in layer.args if isinstance(argument, BaseException)]
        layer = inner[-1] if inner else (layer.__cause__ or layer.__context__)
    found = [each for each in seen if isinstance(each, OSError) and each.errno is not None]
    return found[-1] if found else error


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
