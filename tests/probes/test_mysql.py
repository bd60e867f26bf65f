"""What happens before a MySQL login; the login itself is tried on a real server in `engine/`."""

import contextlib
import socket
import struct
import threading

import pytest

from probes.attempt import attempt
from probes.result import Outcome, Phase
from probes.target import Protocol, Target

HOST = "db.wso2.com"
_LONG_PASSWORD, _CONNECT_WITH_DB, _PROTOCOL_41, _SSL = 1, 8, 0x200, 0x800
_SECURE_CONNECTION, _PLUGIN_AUTH = 0x8000, 0x80000


def packet(number: int, body: bytes) -> bytes:
    return struct.pack("<I", len(body))[:3] + bytes([number]) + body


def greeting(*, tls: bool = True) -> bytes:
    flags = _LONG_PASSWORD | _CONNECT_WITH_DB | _PROTOCOL_41 | _SECURE_CONNECTION | _PLUGIN_AUTH
    flags |= _SSL if tls else 0
    return packet(
        0,
        b"\x0a9.7.4\0"
        + struct.pack(
            "<I8sBHBHHB10s", 7, b"saltsalt", 0, flags & 0xFFFF, 8, 2, flags >> 16, 21, b""
        )
        + b"saltsaltsalt\0caching_sha2_password\0",
    )


def refusal(code: int, text: str) -> bytes:
    return packet(2, struct.pack("<BH", 0xFF, code) + b"#28000" + text.encode())


def target(port: int, **fields: object) -> Target:
    return Target(
        **{
            "id": "a link",
            "protocol": Protocol.MYSQL,
            "host": HOST,
            "port": port,
            "timeout": 0.5,
            "username": "root",
            "password": "a-secret",
            "database": "apim_db",
            "tables": 184,
            **fields,
        }
    )


def server(answer: bytes = b""):
    """A server without TLS that answers the login."""

    async def handler(reader, writer):
        writer.write(greeting(tls=False))
        await reader.readexactly(4)
        writer.write(answer)
        await reader.read(-1)

    return handler


@contextlib.contextmanager
def tls_server(context):
    """Greet one client, go over to TLS when it asks, and say nothing more.

    In a thread: an asyncio stream may read the client's handshake before TLS is there to take it.
    """

    def talk():
        with contextlib.suppress(OSError), listener.accept()[0] as sock:
            sock.sendall(greeting())
            sock.recv(36, socket.MSG_WAITALL)
            with context.wrap_socket(sock, server_side=True) as tls:
                tls.recv(1 << 16)
                tls.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=talk)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


async def test_a_certificate_for_another_name_is_named(vantage, authority):
    with tls_server(authority.server("localhost")) as port:
        result = await attempt(target(port), vantage)
    assert result.outcome is Outcome.CERTIFICATE_INVALID
    assert result.seen == "not valid for the name db.wso2.com, only for localhost"
    assert list(result.phases)[-1] is Phase.TLS


async def test_an_expired_certificate_is_refused_with_its_date(vantage, authority):
    with tls_server(authority.server(HOST, age=60)) as port:
        result = await attempt(target(port), vantage)
    assert result.outcome is Outcome.CERTIFICATE_INVALID
    assert "expired on" in result.seen


async def test_a_certificate_of_an_unknown_ca_is_refused(vantage, stranger):
    with tls_server(stranger.server(HOST)) as port:
        result = await attempt(target(port), vantage)
    assert result.outcome is Outcome.CERTIFICATE_INVALID


async def test_a_server_without_tls_is_a_wrong_answer_where_the_driver_wants_it(serve, vantage):
    async with serve(server()) as port:
        result = await attempt(target(port), vantage)
    assert result.outcome is Outcome.WRONG_ANSWER
    assert "SSL" in result.seen


@pytest.mark.parametrize("code", [1045, 1130, 3118])
async def test_an_account_that_is_refused_means_wrong_credentials(serve, vantage, code):
    async with serve(server(answer=refusal(code, "Access denied for user 'root'"))) as port:
        result = await attempt(target(port, use_tls=False), vantage)
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert result.seen == f"{code} Access denied for user 'root'"
    assert list(result.phases)[-1] is Phase.AUTH


@pytest.mark.parametrize("code", [1044, 1049])
async def test_a_schema_that_is_refused_is_a_wrong_answer(serve, vantage, code):
    async with serve(server(answer=refusal(code, "Unknown database 'apim_db'"))) as port:
        result = await attempt(target(port, use_tls=False), vantage)
    assert (result.outcome, result.expected) == (Outcome.WRONG_ANSWER, "schema apim_db")
    assert list(result.phases)[-1] is Phase.APP


async def test_a_server_that_turns_everybody_away_says_why(serve, vantage):
    async def full(reader, writer):
        writer.write(packet(0, struct.pack("<BH", 0xFF, 1040) + b"Too many connections"))
        await reader.read(-1)

    async with serve(full) as port:
        result = await attempt(target(port), vantage)
    assert (result.outcome, result.seen) == (Outcome.WRONG_ANSWER, "1040 Too many connections")


async def test_a_server_that_closes_after_its_greeting_is_closed(serve, vantage):
    async def greet(_reader, writer):
        writer.write(greeting(tls=False))

    async with serve(greet) as port:
        result = await attempt(target(port, use_tls=False), vantage)
    assert result.outcome is Outcome.CLOSED


async def test_a_server_that_falls_silent_after_its_greeting_ends_with_the_time_out(
    vantage, authority
):
    with tls_server(authority.server(HOST)) as port:
        result = await attempt(target(port), vantage)
    assert result.outcome is Outcome.SILENT
    assert list(result.phases)[-1] is Phase.AUTH


@pytest.mark.parametrize(
    "greeting", [packet(0, b"\x09old"), packet(0, b"\x0anonsense"), b"HTTP/1.1 400 Bad\r\n\r\n"]
)
async def test_a_greeting_that_is_none_is_another_protocol(serve, vantage, greeting):
    async def greet(reader, writer):
        writer.write(greeting)
        await reader.read(-1)

    async with serve(greet) as port:
        result = await attempt(target(port), vantage)
    assert result.outcome is Outcome.WRONG_PROTOCOL
