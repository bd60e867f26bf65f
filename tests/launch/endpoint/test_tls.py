"""The way to an engine behind TLS, to real TLS servers on loopback."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lab.errors import EngineError
from lab.launch.endpoint.certificates import Certificates
from lab.launch.endpoint.tls import TlsTunnel
from lab.launch.engine import Engine
from tests.launch.endpoint.authority import Authority

MUCH = b"0123456789abcdef" * (1 << 18)  # 4 MiB, more than both ends and the way hold


class Answering(BaseHTTPRequestHandler):
    """Answers a ping and `info` as an engine."""

    def do_GET(self) -> None:
        body = json.dumps({"ServerVersion": "20.10", "Driver": "overlay2", "Architecture": "x"})
        self.send_response(200)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


class Refusing(Answering):
    """Answers as Go's server does to plain HTTP on its TLS port."""

    def do_GET(self) -> None:
        body = b"Client sent an HTTP request to an HTTPS server.\n"
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def server_side(folder: Path, *, asks: bool = True) -> ssl.SSLContext:
    """Make what `dockerd --tlsverify` has: an authority's certificate, and a demand for another."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder / "ca.pem")
    made.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    made.verify_mode = ssl.CERT_REQUIRED if asks else ssl.CERT_NONE
    return made


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def engine(
    context: ssl.SSLContext | None, handler: type[BaseHTTPRequestHandler] = Answering
) -> Iterator[str]:
    with Quiet(("127.0.0.1", 0), handler) as server:
        if context is not None:
            wrapped = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
            server.socket = wrapped
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_port}"
        server.shutdown()


def environ(url: str, folder: Path) -> dict[str, str]:
    return {"DOCKER_HOST": url, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(folder)}


def test_an_engine_that_asks_for_a_certificate_is_reached_with_it(
    authority: Authority, tmp_path: Path
) -> None:
    mine = authority.write(tmp_path / "mine")
    with (
        engine(server_side(authority.write(tmp_path / "its"))) as url,
        Engine.connect(environ(url, mine)) as reached,
    ):
        assert reached.facts.version == "20.10"
        assert not reached.facts.is_here


def test_an_engine_that_asks_for_none_needs_only_its_authority(
    authority: Authority, tmp_path: Path
) -> None:
    mine = authority.write(tmp_path / "mine")
    (mine / "cert.pem").unlink()
    (mine / "key.pem").unlink()
    its = server_side(authority.write(tmp_path / "its"), asks=False)
    with engine(its) as url, Engine.connect(environ(url, mine)) as reached:
        assert reached.facts.version == "20.10"


Prepare = Callable[[Authority, Path], Path]


def without_own(authority: Authority, folder: Path) -> Path:
    mine = authority.write(folder)
    (mine / "cert.pem").unlink()
    (mine / "key.pem").unlink()
    return mine


def without_key(authority: Authority, folder: Path) -> Path:
    mine = authority.write(folder)
    (mine / "key.pem").unlink()
    return mine


def with_another_key(authority: Authority, folder: Path) -> Path:
    other = authority.write(folder / "other")
    mine = authority.write(folder)
    (other / "key.pem").replace(mine / "key.pem")
    return mine


def from_elsewhere(authority: Authority, folder: Path) -> Path:
    """Trust the engine's authority, with a certificate of another one."""
    mine = Authority("elsewhere").write(folder)
    (mine / "ca.pem").write_bytes(authority.pem)
    return mine


@pytest.mark.parametrize(
    ("prepare", "what", "mend"),
    [
        (
            lambda _, folder: Authority("elsewhere").write(folder),
            "the engine's certificate is not trusted",
            "use the `ca.pem` of the authority",
        ),
        (without_own, "the engine asks for a certificate of this machine", "docker context create"),
        (without_key, "can't be read: No such file or directory", "docker context create"),
        (lambda _, folder: folder, "can't be read: No such file or directory", "DOCKER_CERT_PATH"),
        (with_another_key, "can't be used: KEY_VALUES_MISMATCH", "belong together"),
        (from_elsewhere, "the engine refuses this machine's certificate", "authority has signed"),
        (
            lambda authority, folder: authority.write(folder, days=-1),
            "the engine refuses this machine's certificate: it expired on 20",
            "have a new `cert.pem` signed",
        ),
    ],
)
def test_what_is_wrong_with_this_machines_certificates_is_named(
    authority: Authority, tmp_path: Path, prepare: Prepare, what: str, mend: str
) -> None:
    mine = prepare(authority, tmp_path / "mine")
    with (
        engine(server_side(authority.write(tmp_path / "its"))) as url,
        pytest.raises(EngineError) as caught,
    ):
        Engine.connect(environ(url, mine))
    (problem,) = caught.value.problems
    assert what in problem.what
    assert f"DOCKER_HOST: {url}: {mine}" in problem.where
    assert mend in problem.mend


@pytest.mark.parametrize(
    ("address", "days", "what"),
    [
        ("127.0.0.1", -1, "the engine's certificate has expired"),
        ("10.0.0.9", 1, "the engine's certificate is for another host"),
    ],
)
def test_what_is_wrong_with_the_engines_certificate_is_named(
    authority: Authority, tmp_path: Path, address: str, days: int, what: str
) -> None:
    mine = authority.write(tmp_path / "mine")
    its = authority.write(tmp_path / "its", address, days)
    with engine(server_side(its)) as url, pytest.raises(EngineError, match=what):
        Engine.connect(environ(url, mine))


def test_an_engine_without_tls_is_told_apart(authority: Authority, tmp_path: Path) -> None:
    mine = authority.write(tmp_path / "mine")
    with engine(None) as url, pytest.raises(EngineError, match="doesn't speak TLS"):
        Engine.connect(environ(url, mine))


def test_an_engine_behind_tls_says_so_to_who_names_no_certificates() -> None:
    with (
        engine(None, Refusing) as url,
        pytest.raises(EngineError, match="speaks TLS, and no certificates are named"),
    ):
        Engine.connect({"DOCKER_HOST": url})


@contextmanager
def answering_after_the_end(context: ssl.SSLContext) -> Iterator[str]:
    """Read all that comes, then send it back: as a command that reads its input to the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    near, _ = listener.accept()
                    with context.wrap_socket(near, server_side=True) as wrapped:
                        received = bytearray()
                        while piece := wrapped.recv(1 << 16):
                            received += piece
                        wrapped.sendall(received)
                except OSError:
                    if listener.fileno() < 0:
                        return

        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def test_the_end_of_the_input_leaves_the_output_open(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TlsTunnel, "_knock", lambda _: None)
    mine = Certificates(authority.write(tmp_path / "mine"))
    with answering_after_the_end(server_side(authority.write(tmp_path / "its"))) as url:
        tunnel = TlsTunnel(url, mine.context())
        with socket.socket(socket.AF_UNIX) as near:
            near.connect(str(tunnel.path))
            near.sendall(MUCH)
            near.shutdown(socket.SHUT_WR)
            received = bytearray()
            while piece := near.recv(1 << 16):
                received += piece
        tunnel.close()
    assert received == MUCH
    assert not tunnel.path.parent.exists()
