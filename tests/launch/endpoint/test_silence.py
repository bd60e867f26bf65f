"""Each way in which an engine doesn't answer has its own words."""

import pytest

from lab.launch.endpoint.connection import Endpoint
from lab.launch.endpoint.silence import silence

DEFAULT = Endpoint("unix:///var/run/docker.sock")
REFUSED = ConnectionRefusedError(111, "Connection refused")


def installed(*programs: str):
    return lambda name: f"/usr/bin/{name}" if name in programs else None


@pytest.mark.parametrize(
    ("endpoint", "cause", "programs", "what", "mend"),
    [
        (DEFAULT, FileNotFoundError(2, "x"), (), "no Docker Engine is installed", "make lab-up"),
        (DEFAULT, REFUSED, ("dockerd", "docker"), "is not running", "systemctl start docker"),
        (DEFAULT, FileNotFoundError(2, "x"), ("docker",), "is not running", "Docker Desktop"),
        (DEFAULT, PermissionError(13, "x"), ("dockerd",), "no permission", "usermod -aG docker"),
        (DEFAULT, FileNotFoundError(2, "x"), ("podman",), "Podman", "beside Podman"),
        (Endpoint("tcp://h:1", "DOCKER_HOST"), REFUSED, (), "DOCKER_HOST", "unset DOCKER_HOST"),
        (Endpoint("ssh://h", "docker context `h`"), REFUSED, (), "context `h`", "use default"),
    ],
)
def test_each_way_of_not_answering_has_its_own_words(
    endpoint: Endpoint, cause: OSError, programs: tuple[str, ...], what: str, mend: str
) -> None:
    problem = silence(endpoint, cause, program=installed(*programs))
    assert what in problem.what
    assert mend in problem.mend
    assert endpoint.url in problem.where
