"""Key validation over thrift without a database: the port, sessions, and each refusal."""

import socket
import struct

import httpx
import pytest

from probes.attempt import attempt
from probes.local import stand_here
from probes.result import Outcome
from probes.target import Protocol, Target

# Strict binary protocol: version 1 and CALL, the name, the number 7, an empty struct.
UNKNOWN = bytes.fromhex("80010001 00000008 6c616250726f6265 00000007 00")
SAID = b"Invalid method name: 'labProbe'"
REFUSAL = (
    bytes.fromhex("80010003 00000008 6c616250726f6265 00000007 0b0001")
    + len(SAID).to_bytes(4, "big")
    + SAID
    + bytes.fromhex("080002 00000001 00")
)
# Compact protocol: CALL authenticate("admin", "admin") with the number 1.
LOGIN = bytes.fromhex("8221 01 0c") + b"authenticate" + b"\x18\x05admin\x18\x05admin\x00"


@pytest.fixture(scope="module")
def node(start_classic):
    return start_classic("key-manager", thrift="true")


@pytest.fixture
def talk(node, security):
    with (
        socket.create_connection(("localhost", node.port(10397)), 5) as plain,
        security.client().wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        stream = connection.makefile("rb")

        def say(request: bytes, size: int) -> bytes:
            connection.sendall(request)
            return stream.read(size)

        yield say
        stream.close()


@pytest.fixture
def login(node, security):
    def post(body: bytes) -> httpx.Response:
        url = f"https://localhost:{node.port(9443)}/thriftAuthenticator"
        return httpx.post(url, content=body, verify=security.client())

    return post


def validate_key(session: bytes) -> bytes:
    values = (b"/t/1.0", b"1.0", b"nobodys", session, b"Any", b"", b"/*", b"GET")
    head = bytes.fromhex("80010001 0000000b") + b"validateKey" + bytes.fromhex("00000009")
    fields = [
        struct.pack(">bhi", 11, number, len(value)) + value
        for number, value in enumerate(values, start=1)
    ]
    return head + b"".join(fields) + b"\0"


REPLY = bytes.fromhex("80010002 0000000b") + b"validateKey" + bytes.fromhex("00000009")


def test_an_unknown_method_is_refused_as_libthrift_refuses_it(talk):
    assert talk(UNKNOWN, len(REFUSAL)) == REFUSAL
    assert talk(UNKNOWN + UNKNOWN, 2 * len(REFUSAL)) == REFUSAL * 2


def test_a_password_becomes_a_session_that_opens_the_service(talk, login):
    answer = login(LOGIN)
    assert answer.status_code == 200
    # REPLY, the number 1, the name, then a string with the field number 0, 36 bytes long.
    head = bytes.fromhex("8241 01 0c") + b"authenticate" + bytes.fromhex("0800 24")
    assert answer.content[: len(head)] == head
    session = answer.content[len(head) : -1]
    assert len(session) == 36
    # A struct with authorized = false (1) and validationStatus = 900901 (8).
    expected = REPLY + bytes.fromhex("0c0000 020001 00 080008 000dbf25")
    assert talk(validate_key(session), len(expected)) == expected


def test_a_wrong_password_is_no_session(login):
    answer = login(LOGIN.replace(b"\x05admin\x00", b"\x05wrong\x00"))
    assert b"User name or password is invalid" in answer.content
    assert answer.content[16:17] == b"\x1c"  # field 1, a struct: the declared exception


def test_an_unknown_session_is_a_declared_exception(talk):
    expected = REPLY + bytes.fromhex("0c0001 0b0001")
    assert talk(validate_key(b"nobodys"), len(expected)) == expected


@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.0\r\n\r\n", UNKNOWN[:4] + b"\x7f\xff\xff\xff"])
def test_what_is_no_thrift_ends_the_connection(talk, nonsense):
    assert talk(nonsense, 1) == b""


@pytest.mark.parametrize("body", [b"", b"nonsense", LOGIN[:10]])
def test_what_is_no_login_is_an_error_of_the_servlet(login, body):
    assert login(body).status_code == 500


async def test_the_probe_takes_it_for_thrift(node, security):
    vantage = stand_here(security.ca.read_text(), {})
    asked = Target("a link", Protocol.THRIFT, "localhost", node.port(10397))
    result = await attempt(asked, vantage)
    assert result.outcome is Outcome.OK
    assert "Invalid method name" in result.seen


def test_it_listens_on_its_configured_host_alone(node):
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", node.port(10397))) != 0


def test_a_host_that_is_not_its_own_leaves_the_node_without_thrift(start_classic):
    node = start_classic("key-manager", thrift="true", thrift_host="192.0.2.1")
    node.wait_for("Could not create ServerSocket on address 192.0.2.1")
