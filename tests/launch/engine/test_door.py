"""What `Engine.connect` says where no engine answers; real sockets, and no Docker Engine."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

import pytest

from lab.errors import EngineError
from lab.launch.engine import Engine
from tests.launch.endpoint.test_contexts import write_context


def refused(environ: dict[str, str]) -> EngineError:
    with pytest.raises(EngineError) as caught:
        Engine.connect(environ)
    return caught.value


def test_a_docker_host_that_refuses_is_named() -> None:
    (problem,) = refused({"DOCKER_HOST": "tcp://127.0.0.1:1"}).problems
    assert problem.what == "the engine that DOCKER_HOST names does not answer"
    assert "tcp://127.0.0.1:1" in problem.where
    assert "unset DOCKER_HOST" in problem.mend


def test_a_docker_host_without_socket_is_named(tmp_path: Path) -> None:
    (problem,) = refused({"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}).problems
    assert "DOCKER_HOST" in problem.what
    assert "No such file or directory" in problem.where


@pytest.mark.parametrize("url", ["gopher://x", "127.0.0.1:99999"])
def test_a_docker_host_that_is_no_address_is_named(url: str) -> None:
    (problem,) = refused({"DOCKER_HOST": url}).problems
    assert "DOCKER_HOST" in problem.what


def test_a_context_whose_engine_is_silent_is_named(tmp_path: Path) -> None:
    write_context(tmp_path, "far", f"unix://{tmp_path}/none.sock")
    environ = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "far"}
    (problem,) = refused(environ).problems
    assert problem.what == "the engine that docker context `far` names does not answer"
    assert "docker context use default" in problem.mend


class Answering(BaseHTTPRequestHandler):
    """Answers every question with OK and *headers*."""

    headers_sent: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in {"Content-Length": "2", **self.headers_sent}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"OK")

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: object) -> None:
        pass


class PodmanLike(Answering):
    """Answers a ping as Podman's Docker-compatible API does, with a header that only it has."""

    headers_sent: ClassVar = {
        "API-Version": "1.41",
        "Libpod-API-Version": "4.3.1",
        "Server": "Libpod/4.3.1 (linux)",
    }


class Dying(Answering):
    """An engine that goes away while it tells how a pull, a push or a loading goes on."""

    headers_sent: ClassVar = {"Api-Version": "1.41"}

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        row = b'{"status": "Pulling"}\r\n'
        self.wfile.write(b"%x\r\n%b\r\n" % (len(row), row))


@contextmanager
def serving(handler: type[Answering], path: Path) -> Iterator[str]:
    with socketserver.UnixStreamServer(str(path), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"unix://{path}"
        server.shutdown()


def test_podman_is_told_apart_from_an_engine(tmp_path: Path) -> None:
    with serving(PodmanLike, tmp_path / "podman.sock") as url:
        (problem,) = refused({"DOCKER_HOST": url}).problems
    assert problem.what == "this is Podman, and the lab needs a Docker Engine"


def test_another_server_is_told_apart_from_an_engine(tmp_path: Path) -> None:
    with serving(Answering, tmp_path / "other.sock") as url:
        (problem,) = refused({"DOCKER_HOST": url}).problems
    assert problem.what == "the engine that DOCKER_HOST names does not answer"
    assert problem.where.endswith("what answers there is no Docker Engine")


@pytest.mark.parametrize(
    "work",
    [
        lambda engine: list(engine.pull("somebody/some", "1")),
        lambda engine: engine.push("somebody/some", "1"),
        lambda engine: engine.load_images(iter([])),
    ],
)
def test_an_engine_that_dies_while_it_tells_its_progress_is_named(
    tmp_path: Path, work: Callable[[Engine], object]
) -> None:
    with (
        serving(Dying, tmp_path / "dying.sock") as url,
        Engine.connect({"DOCKER_HOST": url}) as engine,
        pytest.raises(EngineError, match="the engine stopped answering"),
    ):
        work(engine)
