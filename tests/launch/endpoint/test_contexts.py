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


def test_an_empty_file_of_the_client_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("\n")
    assert endpoint_of({"DOCKER_CONFIG": str(tmp_path)}).said_by == ""


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


@pytest.mark.parametrize(
    "url",
    [
        "tcp://127.0.0.1:99999",
        "tcp://[::1",
        "tcp://[::1]:x",
        f"tcp://{'a' * 70}:1",
        "tcp://a..b:1",
        "ssh://me@far:x",
    ],
)
def test_a_url_that_no_engine_can_have_is_told_with_who_said_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(EngineError, match="is no engine's URL: ") as told:
        endpoint_of({"DOCKER_HOST": url})
    assert told.value.problems[0].where == "DOCKER_HOST"
    write_context(tmp_path, "far", url)
    with pytest.raises(EngineError, match="is no engine's URL: ") as told:
        endpoint_of({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "far"})
    assert told.value.problems[0].where == "docker context `far`"


@pytest.mark.parametrize(
    "url",
    ["unix:///var/run/a..b.sock", "tcp://[::1]:2375", "tcp://b\u00fcro:2375", "npipe:////./a"],
)
def test_a_url_that_an_engine_may_have_is_taken(url: str) -> None:
    assert endpoint_of({"DOCKER_HOST": url, "HOME": "/nowhere"}).url == url


@pytest.mark.parametrize("text", ["[]", "{not json", "1", '{"proxies": []}', "\xff"])
@pytest.mark.parametrize("said", [{}, {"DOCKER_HOST": URL}])
def test_damaged_settings_of_the_client_are_told_with_their_place(
    tmp_path: Path, text: str, said: dict[str, str]
) -> None:
    path = tmp_path / "config.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(EngineError, match="the docker client's file is damaged") as told:
        endpoint_of({"DOCKER_CONFIG": str(tmp_path), **said})
    assert told.value.problems[0].where == str(path)


@pytest.mark.parametrize(
    "text",
    [
        '{"Endpoints": []}',
        '{"Endpoints": [1]}',
        '{"Endpoints": {"docker": [1]}}',
        '{"Endpoints": {"docker": {"Host": 1}}}',
        "[]",
    ],
)
def test_a_damaged_context_is_no_traceback(tmp_path: Path, text: str) -> None:
    write_context(tmp_path, "far", URL)
    (tmp_path / "contexts/meta" / own("far") / "meta.json").write_text(text)
    with pytest.raises(EngineError):
        endpoint_of({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "far"})
