"""The login to a broker that follows a script; a real broker's turn is in `engine/`."""

import struct

import pytest
from pamqp import commands, frame, header

from probes.attempt import attempt
from probes.result import Outcome, Phase
from probes.target import Protocol, Target

HOST = "tm.wso2.com"
PASSWORD = "a-secret-of-the-hub"
TUNE = commands.Connection.Tune(256, 65535, 0)
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"


def target(port: int) -> Target:
    return Target(
        "a link",
        Protocol.AMQP,
        HOST,
        port,
        timeout=0.5,
        username="admin",
        password=PASSWORD,
        virtual_host="carbon",
    )


def start(mechanisms: str = "PLAIN") -> commands.Connection.Start:
    return commands.Connection.Start(0, 9, {}, mechanisms, "en_US")


async def read_frame(reader):
    head = await reader.readexactly(7)
    whole = head + await reader.readexactly(struct.unpack(">I", head[3:])[0] + 1)
    return frame.unmarshal(whole)[2]


def broker(script, heard):
    """Await the protocol header, then send each entry; between two of them, hear one frame.

    An entry is a frame with its channel, or bytes; None hears without answering.
    """

    async def handler(reader, writer):
        heard.append(await reader.readexactly(8))
        for number, entry in enumerate(script):
            if number:
                heard.append(await read_frame(reader))
            match entry:
                case bytes():
                    writer.write(entry)
                case (method, channel):
                    writer.write(frame.marshal(method, channel))

    return handler


WELCOME = [
    (start(), 0),
    (TUNE, 0),
    None,  # tune-ok
    (commands.Connection.OpenOk(), 0),
    (commands.Channel.OpenOk(), 1),
    (commands.Exchange.DeclareOk(), 1),
    (commands.Connection.CloseOk(), 0),
]


async def run(serve, vantage, script):
    heard: list[object] = []
    async with serve(broker(script, heard)) as port:
        return await attempt(target(port), vantage), heard


async def test_a_login_asks_for_the_exchange_without_making_it(serve, vantage):
    result, heard = await run(serve, vantage, WELCOME)
    assert result.outcome is Outcome.OK, result
    assert list(result.phases) == [Phase.DNS, Phase.TCP, Phase.AUTH, Phase.APP]
    assert heard[0] == b"AMQP\x00\x00\x09\x01"
    start_ok, tune_ok, opened, _, declared, closed = heard[1:]
    assert (start_ok.mechanism, start_ok.response) == ("PLAIN", f"\0admin\0{PASSWORD}")
    assert (tune_ok.heartbeat, tune_ok.frame_max) == (0, 65535)
    assert opened.virtual_host == "carbon"
    assert (declared.exchange, declared.passive) == ("amq.topic", True)
    assert closed.name == "Connection.Close"


async def test_heartbeats_between_the_frames_are_passed_over(serve, vantage):
    script = [*WELCOME]
    script[3] = HEARTBEAT + frame.marshal(commands.Connection.OpenOk(), 0)
    result, _ = await run(serve, vantage, script)
    assert result.outcome is Outcome.OK


@pytest.mark.parametrize("code", [403, 530])
async def test_a_close_after_the_login_means_wrong_credentials(serve, vantage, code):
    refusal = commands.Connection.Close(code, "not allowed", 0, 0)
    result, _ = await run(serve, vantage, [(start(), 0), (refusal, 0)])
    assert (result.outcome, result.seen) == (Outcome.CREDENTIALS_REFUSED, f"{code} not allowed")
    assert list(result.phases)[-1] is Phase.AUTH


async def test_a_bare_close_after_the_login_means_wrong_credentials(serve, vantage):
    result, _ = await run(serve, vantage, [(start(), 0), b""])
    assert (result.outcome, result.seen) == (Outcome.CREDENTIALS_REFUSED, "closed after the login")


async def test_another_reason_to_close_is_no_matter_of_credentials(serve, vantage):
    refusal = commands.Connection.Close(541, "internal error", 0, 0)
    result, _ = await run(serve, vantage, [(start(), 0), (refusal, 0)])
    assert (result.outcome, result.seen) == (Outcome.WRONG_ANSWER, "541 internal error")


async def test_an_unknown_virtual_host_is_a_wrong_answer(serve, vantage):
    refusal = commands.Connection.Close(404, "Unknown virtual host: 'carbon'", 10, 40)
    result, _ = await run(serve, vantage, [*WELCOME[:3], (refusal, 0)])
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.expected == "virtual host carbon"
    assert result.seen == "404 Unknown virtual host: 'carbon'"


async def test_a_broker_without_the_exchange_is_a_wrong_answer(serve, vantage):
    refusal = commands.Channel.Close(404, "NOT_FOUND - no exchange 'amq.topic'", 40, 10)
    result, _ = await run(serve, vantage, [*WELCOME[:5], (refusal, 1)])
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.expected == "exchange amq.topic on virtual host carbon"


async def test_a_broker_that_doesnt_take_plain_is_not_logged_in_to(serve, vantage):
    result, heard = await run(serve, vantage, [(start("AMQPLAIN EXTERNAL"), 0)])
    assert result.outcome is Outcome.WRONG_ANSWER
    assert "AMQPLAIN EXTERNAL" in result.seen
    assert len(heard) == 1


async def test_a_broker_of_another_version_is_another_protocol(serve, vantage):
    result, _ = await run(serve, vantage, [header.ProtocolHeader(1, 1, 10).marshal()])
    assert result.outcome is Outcome.WRONG_PROTOCOL
    assert "speaks only AMQP" in result.seen


@pytest.mark.parametrize(
    "answer",
    [
        b"\x15\x03\x03\x00\x02\x02\x0a",  # a TLS alert
        b"APPLE",
        b"\x01\x00\x00\x7f\xff\xff\xff",  # a frame of 2 GB
        b"\x01\x00\x00\x00\x00\x00\x04\x00\x63\x00\x63\xce",  # an unknown method
        b"\x01\x00\x00\x00\x00\x00\x00\x00",  # no end of frame
    ],
)
async def test_what_is_no_frame_is_another_protocol(serve, vantage, answer):
    result, _ = await run(serve, vantage, [answer])
    assert result.outcome is Outcome.WRONG_PROTOCOL


async def test_a_close_that_repeats_the_password_loses_it(serve, vantage):
    refusal = commands.Connection.Close(403, f"no {PASSWORD} for admin", 0, 0)
    result, _ = await run(serve, vantage, [(start(), 0), (refusal, 0)])
    assert result.seen == "403 no *** for admin"
