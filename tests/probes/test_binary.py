"""The data publisher's login and empty publish against a receiver that answers byte by byte."""

import struct

import pytest

from probes.attempt import attempt
from probes.result import Outcome, Phase
from probes.target import Protocol, Target

HOST = "tm.wso2.com"
SESSION = "11111111-2222-3333-4444-555555555555"
GOOD_LOGIN = bytes.fromhex("0000000012000000050000000561646d696e61646d696e")
SESSION_REPLY = b"\x02\x00\x00\x00\x24" + SESSION.encode()


def error(name: str, message: str) -> bytes:
    return b"\x01" + struct.pack(">ii", len(name), len(message)) + name.encode() + message.encode()


REFUSED = error(
    "org.wso2.carbon.databridge.commons.exception.AuthenticationException",
    "wrong userName or password",
)


def receiver(*replies: bytes, heard: list[bytes]):
    """Answer each request frame with the next reply; then stay silent."""

    async def handler(reader, writer):
        for reply in replies:
            head = await reader.readexactly(5)
            heard.append(head + await reader.readexactly(struct.unpack(">i", head[1:])[0]))
            writer.write(reply)
        await reader.read(-1)

    return handler


def target(port: int, protocol: Protocol, **fields: object) -> Target:
    return Target(
        **{
            "id": "a link",
            "protocol": protocol,
            "host": HOST,
            "port": port,
            "timeout": 0.5,
            "username": "admin",
            "password": "admin",
            **fields,
        }
    )


async def test_a_login_on_the_tls_port_is_taken_back(serve, vantage, authority):
    heard: list[bytes] = []
    handler = receiver(SESSION_REPLY, b"\0", heard=heard)
    async with serve(handler, authority.server(HOST)) as port:
        result = await attempt(target(port, Protocol.BINARY_TLS), vantage)
    assert (result.outcome, result.seen) == (Outcome.OK, "logged in and out")
    assert list(result.phases) == [Phase.DNS, Phase.TCP, Phase.TLS, Phase.AUTH, Phase.APP]
    assert heard == [GOOD_LOGIN, bytes.fromhex("010000002800000024") + SESSION.encode()]


async def test_the_agent_does_not_look_at_the_name_in_the_certificate(serve, vantage, authority):
    handler = receiver(SESSION_REPLY, b"\0", heard=[])
    async with serve(handler, authority.server("localhost")) as port:
        result = await attempt(target(port, Protocol.BINARY_TLS), vantage)
    assert result.outcome is Outcome.OK


async def test_publishing_logs_in_at_the_partner_and_uses_its_session(serve, vantage, authority):
    logins: list[bytes] = []
    published: list[bytes] = []
    partner = receiver(SESSION_REPLY, heard=logins)
    port_9611 = receiver(b"\0", b"\0", heard=published)
    async with serve(partner, authority.server(HOST)) as tls, serve(port_9611) as port:
        asked = target(port, Protocol.BINARY, login_host=HOST, login_port=tls)
        result = await attempt(asked, vantage)
    assert result.outcome is Outcome.OK
    assert result.endpoint == f"{HOST}:{port}"
    assert logins == [GOOD_LOGIN]
    assert [frame[0] for frame in published] == [2, 1]
    assert published[0].endswith(SESSION.encode() + bytes(4))


async def test_without_a_partner_the_port_itself_takes_the_login(serve, vantage):
    heard: list[bytes] = []
    async with serve(receiver(SESSION_REPLY, b"\0", b"\0", heard=heard)) as port:
        result = await attempt(target(port, Protocol.BINARY), vantage)
    assert result.outcome is Outcome.OK
    assert [frame[0] for frame in heard] == [0, 2, 1]


async def test_a_wrong_password_is_told_with_the_servers_words(serve, vantage):
    async with serve(receiver(REFUSED, heard=[])) as port:
        result = await attempt(target(port, Protocol.BINARY), vantage)
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert result.seen == "AuthenticationException: wrong userName or password"
    assert list(result.phases)[-1] is Phase.AUTH


async def test_the_partner_decides_when_it_refuses(serve, vantage, authority, closed_port):
    async with serve(receiver(REFUSED, heard=[]), authority.server(HOST)) as tls:
        asked = target(closed_port, Protocol.BINARY, login_host=HOST, login_port=tls)
        result = await attempt(asked, vantage)
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert result.endpoint == f"{HOST}:{tls}"


async def test_a_session_that_the_receiver_does_not_know_is_a_wrong_answer(serve, vantage):
    unknown = error("org.wso2.SessionTimeoutException", f"{SESSION} expired")
    async with serve(receiver(SESSION_REPLY, unknown, heard=[])) as port:
        result = await attempt(target(port, Protocol.BINARY), vantage)
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.seen == "SessionTimeoutException: <session> expired"


async def test_a_pool_that_is_used_up_is_silent(serve, vantage):
    async with serve(receiver(heard=[])) as port:
        result = await attempt(target(port, Protocol.BINARY), vantage)
    assert result.outcome is Outcome.SILENT
    assert list(result.phases)[-1] is Phase.AUTH


@pytest.mark.parametrize("reply", [b"\x02\x7f\xff\xff\xff", b"\x02\xff\xff\xff\xff", b"\x2a"])
async def test_lengths_and_types_that_no_receiver_sends_are_another_protocol(serve, vantage, reply):
    async with serve(receiver(reply, heard=[])) as port:
        result = await attempt(target(port, Protocol.BINARY), vantage)
    assert result.outcome is Outcome.WRONG_PROTOCOL


async def test_a_receiver_that_closes_within_its_answer_is_closed(serve, vantage):
    async def half(reader, writer):
        await reader.readexactly(len(GOOD_LOGIN))
        writer.write(SESSION_REPLY[:9])

    async with serve(half) as port:
        result = await attempt(target(port, Protocol.BINARY), vantage)
    assert result.outcome is Outcome.CLOSED


@pytest.mark.parametrize("field", ["username", "password"])
async def test_credentials_that_break_the_protocol_are_never_sent(serve, vantage, field):
    heard: list[bytes] = []

    async def listen(reader, _writer):
        heard.append(await reader.read(-1))

    async with serve(listen) as port:
        result = await attempt(target(port, Protocol.BINARY, **{field: "ädmin"}), vantage)
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert heard == [b""]


async def test_a_refusal_that_repeats_the_password_loses_it(serve, vantage):
    echo = error("org.wso2.AuthenticationException", "no user admin with a-secret-of-the-lab")
    async with serve(receiver(echo, heard=[])) as port:
        asked = target(port, Protocol.BINARY, password="a-secret-of-the-lab")
        result = await attempt(asked, vantage)
    assert "a-secret" not in str(result)
