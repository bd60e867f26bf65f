"""The data publisher's receiver against the golden vectors and the measured answers."""

import contextlib
import socket
import struct

import pytest

LOGIN = bytes.fromhex("0000000012000000050000000561646d696e61646d696e")
# Produced by the real sender: one event of org.wso2.throttle.request.stream:1.0.0.
PUBLISH = bytes.fromhex(
    "02000001120000002431313131313131312d323232322d333333332d343434342d353535353535353535353535"
    "00000001000000e20000018bcfe56800000000266f72672e77736f322e7468726f74746c652e72657175657374"
    "2e73747265616d3a312e302e30000000016d00000003313a6100000009556e6c696d69746564000000062f743a"
    "312e3000000009556e6c696d6974656400000008313a2f743a312e3000000004476f6c640000000c2f742f312e"
    "302f2a3a47455400000009556e6c696d697465640000000e7540636172626f6e2e7375706572000000022f7400"
    "000003312e300000000c636172626f6e2e73757065720000000c636172626f6e2e737570657200000001310000"
    "000174000000027b7d"
)
GOLDEN_SESSION = b"11111111-2222-3333-4444-555555555555"
WRONG = (
    bytes.fromhex("01000000440000001a")
    + b"org.wso2.carbon.databridge.commons.exception.AuthenticationException"
    + b"wrong userName or password"
)


def login(user: bytes, password: bytes) -> bytes:
    body = struct.pack(">ii", len(user), len(password)) + user + password
    return struct.pack(">bi", 0, len(body)) + body


def publish(session: bytes, *events: bytes) -> bytes:
    body = struct.pack(">i", len(session)) + session + struct.pack(">i", len(events))
    body += b"".join(struct.pack(">i", len(event)) + event for event in events)
    return struct.pack(">bi", 2, len(body)) + body


def logout(session: bytes) -> bytes:
    return b"\x01\x00\x00\x00\x28\x00\x00\x00\x24" + session


class Publisher:
    """A client of one port."""

    def __init__(self, connection):
        self.connection = connection
        connection.settimeout(5)

    def send(self, octets: bytes) -> None:
        self.connection.sendall(octets)

    def read(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            part = self.connection.recv(count - len(got))
            if not part:
                break
            got += part
        return got

    def session(self) -> bytes:
        assert self.read(5) == b"\x02\x00\x00\x00\x24"
        return self.read(36)

    def is_silent(self, seconds: float = 0.3) -> bool:
        """Tell whether the peer neither answers nor closes."""
        self.connection.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            self.connection.recv(1)
            return False
        self.connection.settimeout(5)
        return True


@pytest.fixture(scope="module", params=["control-plane", "traffic-manager"])
def node(start, request):
    return start(request.param)


@pytest.fixture
def plain(node):
    with socket.create_connection(("localhost", node.port(9611))) as connection:
        yield Publisher(connection)


@pytest.fixture
def secure(node, security):
    with (
        socket.create_connection(("localhost", node.port(9711))) as connection,
        security.client().wrap_socket(connection, server_hostname="localhost") as tls,
    ):
        yield Publisher(tls)


def test_the_golden_login_gets_a_session_on_either_port(plain, secure):
    for publisher in (plain, secure):
        publisher.send(LOGIN)
        assert len(publisher.session()) == 36
    assert secure.connection.version() == "TLSv1.3"


def test_a_session_made_over_tls_is_valid_on_the_plain_port(plain, secure):
    secure.send(LOGIN)
    session = secure.session()
    plain.send(publish(session))
    assert plain.read(1) == b"\x00"
    plain.send(logout(session))
    assert plain.read(1) == b"\x00"
    plain.send(publish(session))
    assert plain.read(1) == b"\x01"


def test_the_golden_publish_is_accepted_with_a_session_of_today(plain):
    plain.send(LOGIN)
    plain.send(PUBLISH.replace(GOLDEN_SESSION, plain.session()))
    assert plain.read(1) == b"\x00"


def test_an_unknown_session_has_expired(plain):
    plain.send(PUBLISH)
    name = b"org.wso2.carbon.databridge.commons.exception.SessionTimeoutException"
    text = GOLDEN_SESSION + b" expired"
    expected = b"\x01" + struct.pack(">ii", len(name), len(text)) + name + text
    assert plain.read(len(expected)) == expected


@pytest.mark.parametrize(
    ("user", "password"), [(b"admin", b"wrong"), (b"", b""), (b"nobody", b"admin")]
)
def test_wrong_credentials_get_the_error_frame_and_may_try_again(node, plain, user, password):
    plain.send(login(user, password))
    assert plain.read(len(WRONG)) == WRONG
    plain.send(LOGIN)
    plain.session()
    node.wait_for("Authenticator} - wrong userName or password")


def test_a_second_login_on_a_connection_gets_a_second_session(plain):
    plain.send(LOGIN + LOGIN)
    assert plain.session() != plain.session()


def test_an_unknown_type_gets_no_reply_and_the_connection_lives(node, plain):
    plain.send(b"\x09\x00\x00\x00\x00")
    assert plain.is_silent()
    plain.send(LOGIN)
    plain.session()
    node.wait_for("Message Type 9 is not supported!")


def test_logout_of_an_unknown_session_is_fine(plain):
    plain.send(logout(GOLDEN_SESSION))
    assert plain.read(1) == b"\x00"


def test_an_undefined_stream_is_accepted_and_fails_in_the_log(node, plain):
    plain.send(LOGIN)
    name = b"org.example.nothing:1.0.0"
    event = struct.pack(">qi", 1, len(name)) + name
    plain.send(publish(plain.session(), event))
    assert plain.read(1) == b"\x00"
    node.wait_for("No StreamDefinition for streamId org.example.nothing:1.0.0")


def test_a_login_in_two_pieces_gets_a_normal_reply(plain):
    plain.send(LOGIN[:9])
    assert plain.is_silent(0.2)
    plain.send(LOGIN[9:])
    plain.session()


@pytest.mark.parametrize(
    "octets",
    [
        b"\x00\xff\xff\xff\xff" + LOGIN[5:],
        b"\x00\x00\x00\x00\x0a\x00\x00\x00\x05\x00\x00\x00\x05ad",
        b"\x00\x00\x00\x00\x0a\x40\x00\x00\x00\x00\x00\x00\x05ad",
        b"\x00\x40\x00\x00\x00",
        b"GET / HTTP/1.0\r\n\r\n",
    ],
    ids=["size -1", "body shorter than its lengths", "huge inner length", "2^30 bytes", "http"],
)
def test_unreadable_frames_are_neither_answered_nor_closed(node, plain, octets):
    plain.send(octets)
    assert plain.is_silent()
    plain.send(LOGIN)
    assert plain.is_silent()
    # Others are served as before.
    with socket.create_connection(("localhost", node.port(9611))) as other:
        publisher = Publisher(other)
        publisher.send(LOGIN)
        publisher.session()


def test_plain_bytes_on_the_tls_port_get_the_alert_and_the_end(node):
    with socket.create_connection(("localhost", node.port(9711))) as connection:
        publisher = Publisher(connection)
        publisher.send(LOGIN)
        assert publisher.read(100).hex() == "1503030002020a"


def test_no_client_certificate_is_asked_for_over_tls(secure):
    secure.send(LOGIN)
    secure.session()


def test_sessions_expire_after_the_configured_time(start):
    node = start("control-plane", "[transport.receiver]\nsession_timeout = 0")
    with socket.create_connection(("localhost", node.port(9611))) as connection:
        publisher = Publisher(connection)
        publisher.send(LOGIN)
        publisher.send(publish(publisher.session()))
        assert publisher.read(1) == b"\x01"


@pytest.mark.parametrize("role", ["gateway-worker", "api-key-manager-deprecated"])
def test_other_roles_have_no_receiver(start, role):
    node = start(role)
    for port in (9611, 9711):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("localhost", node.port(port)))
