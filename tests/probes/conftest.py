"""Loopback servers that behave as a test wants, certificates good and bad, and a vantage here."""

import asyncio
import contextlib
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from probes.connection import Vantage
from probes.local import stand_here

HOST = "cp.wso2.com"

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
        file = self._folder / f"{names[0]}-{age}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(private + _pem(certificate).encode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

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
