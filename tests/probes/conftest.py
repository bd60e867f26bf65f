"""Loopback servers that behave as a test wants, certificates good and bad, and sessions."""

import asyncio
import contextlib
import datetime as dt
import json
import queue
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from probes.connection import Vantage
from probes.local import stand_here
from probes.target import Target

_PATIENCE = 20  # seconds, for a machine that is busy

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Authority:
    """A CA that signs server certificates of any name and age."""

    def __init__(self, folder: Path, age: int = 0) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("lab CA of the tests")
        self._certificate = self._sign(self._name, self._key, [], age=age)
        self.pem = _pem(self._certificate)

    def server(self, *names: str, age: int = 0) -> ssl.SSLContext:
        """Give a server's TLS context; *age* shifts the certificate's 30 days into the past."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(_name(names[0]), key, list(names), age=age)
        file = self.file(names[0], age)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(private + _pem(certificate).encode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def file(self, name: str, age: int = 0) -> Path:
        """Give where `server` put the key and certificate of its first name."""
        return self._folder / f"{name}-{age}.pem"

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, names: list[str], *, age: int
    ) -> x509.Certificate:
        start = dt.datetime.now(dt.UTC) - dt.timedelta(days=age + 1)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + dt.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        )
        if names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


class Session:
    """A prober session: a process with lines on stdin and stdout."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.written: list[bytes] = []
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line)

    def say(self, **message: object) -> None:
        self.send(json.dumps(message).encode() + b"\n")

    def send(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def stand_here(self, name: str = "here", trust: str = "") -> None:
        self.say(type="vantage", name=name, pid=None, container="", trust=trust)

    def ask(self, target: Target, vantage: str = "here") -> None:
        self.say(type="probe", vantage=vantage, target=target.to_json())

    def hear(self, kind: str) -> dict:
        """Give the next message of this kind; messages of other kinds are passed over."""
        while True:
            line = self._lines.get(timeout=_PATIENCE)
            self.written.append(line)
            message = json.loads(line)
            if message["type"] == kind:
                return message

    def hear_result(self) -> dict:
        return self.hear("result")["result"]

    def end(self) -> None:
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(_PATIENCE)
        self._reader.join(_PATIENCE)


@pytest.fixture(scope="session")
def converse():
    """Give `with converse(*words, **options) as session` for a command that starts one."""

    @contextlib.contextmanager
    def run(*words: str, **options: object) -> Iterator[Session]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        process = subprocess.Popen(words, **pipes, **options)
        session = Session(process)
        try:
            assert session.hear("ready") == {"type": "ready"}
            yield session
        finally:
            session.end()
            process.stdout.close()

    return run


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory):
    """A CA that nobody trusts."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def vantage(authority) -> Vantage:
    """This process, which finds the lab's names on the loopback and trusts the tests' CA."""
    names = ("cp.wso2.com", "tm.wso2.com", "db.wso2.com")
    return stand_here(authority.pem, dict.fromkeys(names, "127.0.0.1"))


@pytest.fixture
def serve():
    """Give `async with serve(handler, tls=None) as port`; the server ends with its connections."""

    @contextlib.asynccontextmanager
    async def run(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        talks: set[asyncio.Task[None]] = set()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            talks.add(asyncio.current_task())
            try:
                await handler(reader, writer)
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

        server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            if talks:
                await asyncio.wait(talks, timeout=5)

    return run


@pytest.fixture
async def closed_port(serve):
    async with serve(hang) as port:
        pass
    return port


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Say nothing until the other side closes."""
    await reader.read(-1)


async def close(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Close at once."""


async def talk_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greet as a mail server does."""
    writer.write(b"220 mail.example ESMTP ready\r\n")
    await reader.read(-1)


@pytest.fixture
def hanging():
    return hang


@pytest.fixture
def closing():
    return close


@pytest.fixture
def nonsense():
    return talk_nonsense
