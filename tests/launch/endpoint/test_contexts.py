"""Where the docker client keeps what leads to an engine; the folders are written as it does."""

import hashlib
import json
from pathlib import Path

import pytest

from lab.errors import EngineError
from lab.launch.endpoint.certificates import Certificates
from lab.launch.endpoint.connection import Endpoint
from lab.launch.endpoint.contexts import endpoint_of

URL = "tcp://10.1.2.3:2376"


def own(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def write_context(folder: Path, name: str, host: str, *, skips: bool = False) -> None:
    place = folder / "contexts" / "meta" / own(name)
    place.mkdir(parents=True)
    endpoint = {"docker": {"Host": host, "SkipTLSVerify": skips}}
    (place / "meta.json").write_text(
        json.dumps({"Name": name, "Metadata": {}, "Endpoints": endpoint})
    )


def test_docker_host_comes_before_the_context_and_the_default_last(tmp_path: Path) -> None:
    write_context(tmp_path, "far", "ssh://far")
    context = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "far"}
    assert endpoint_of(context | {"DOCKER_HOST": URL}) == Endpoint(URL, "DOCKER_HOST")
    assert endpoint_of(context) == Endpoint("ssh://far", "docker context `far`")
    assert endpoint_of({"DOCKER_CONFIG": str(tmp_path)}) == Endpoint("unix:///var/run/docker.sock")


def test_the_clients_current_context_is_obeyed(tmp_path: Path) -> None:
    write_context(tmp_path, "far", "ssh://far")
    (tmp_path / "config.json").write_text('{"currentContext": "far"}')
    said = endpoint_of({"DOCKER_CONFIG": str(tmp_path)}).said_by
    assert said == "docker context `far`"
    assert endpoint_of({"HOME": "/nowhere"}).said_by == ""


def test_a_context_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="there is no docker context `gone`"):
        endpoint_of({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "gone"})


@pytest.mark.parametrize("skips", [False, True])
def test_a_context_carries_its_certificates(tmp_path: Path, *, skips: bool) -> None:
    write_context(tmp_path, "far", URL, skips=skips)
    material = tmp_path / "contexts" / "tls" / own("far") / "docker"
    material.mkdir(parents=True)
    found = endpoint_of({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "far"})
    assert found.certificates == Certificates(material, verifies=not skips)
    assert found.speaks_tls


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/mine"}, Certificates(Path("/mine"))),
        ({"DOCKER_TLS_VERIFY": "1", "HOME": "/home/me"}, Certificates(Path("/home/me/.docker"))),
        (
            {"DOCKER_TLS": "1", "DOCKER_CERT_PATH": "/mine"},
            Certificates(Path("/mine"), verifies=False),
        ),
        ({"DOCKER_CERT_PATH": "/mine"}, None),
        ({"DOCKER_TLS_VERIFY": ""}, None),
    ],
)
def test_docker_host_is_behind_tls_where_the_environment_says_so(
    said: dict[str, str], expected: Certificates | None
) -> None:
    assert endpoint_of({"DOCKER_HOST": URL, **said}).certificates == expected


def test_a_socket_of_this_machine_needs_no_certificates() -> None:
    assert not endpoint_of({"DOCKER_HOST": "unix:///x.sock", "DOCKER_TLS_VERIFY": "1"}).speaks_tls
