"""The connection of an attempt, before any protocol is spoken on it."""

import asyncio
import dataclasses
import socket
from types import SimpleNamespace

import pytest

from probes.attempt import attempt
from probes.connection import dial, open_plain
from probes.phases import Phases
from probes.result import Outcome, Phase
from probes.target import Protocol, Target


async def test_what_an_attempt_sends_never_waits_for_an_acknowledgement(vantage, serve, hanging):
    async with serve(hanging) as port:
        with await dial(vantage, Phases(), "cp.wso2.com", port) as sock:
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("port", [0, 70000])
async def test_a_port_that_is_none_is_unreachable(vantage, port):
    result = await attempt(Target("a", Protocol.TCP, "cp.wso2.com", port), vantage)
    assert (result.outcome, result.seen) == (Outcome.UNREACHABLE, f"{port} is no port")


async def test_an_address_that_no_connection_can_be_made_to_is_unreachable(vantage):
    link_local = Target("a", Protocol.TCP, "fe80::1", 9443)  # it says no network card
    result = await attempt(link_local, vantage)
    assert result.outcome is Outcome.UNREACHABLE
    assert result.seen.startswith("no way to fe80::1: ")


@pytest.mark.parametrize("fault", [AttributeError, TypeError])
async def test_a_transport_that_cant_be_aborted_is_closed_at_its_socket(vantage, serve, fault):
    ended = asyncio.Event()

    async def listen(reader, _writer):
        await reader.read(-1)
        ended.set()

    def refuse(*_args):
        raise fault

    async with serve(listen) as port:
        connection = await open_plain(await dial(vantage, Phases(), "cp.wso2.com", port))
        transport = connection.writer.transport
        connection.writer._transport = SimpleNamespace(
            close=lambda: None, abort=refuse, get_extra_info=transport.get_extra_info
        )
        await connection.close()
        assert await asyncio.wait_for(ended.wait(), 5)
        connection.writer._transport = transport
        transport.close()


async def test_an_address_outside_is_not_dialled(vantage, serve, hanging):
    outside = dataclasses.replace(vantage, is_outside=lambda address: address == "127.0.0.1")
    async with serve(hanging) as port:
        result = await attempt(Target("a", Protocol.TCP, "cp.wso2.com", port), outside)
    assert (result.outcome, list(result.phases)) == (Outcome.NAME_UNKNOWN, [Phase.DNS])
    assert result.seen == "cp.wso2.com leads out of the lab, to 127.0.0.1, and is not dialled"


@pytest.mark.parametrize(
    "protocol",
    [Protocol.HTTPS, Protocol.HTTP, Protocol.AMQP, Protocol.BINARY_TLS, Protocol.TLS, Protocol.WSS],
)
async def test_a_data_receiver_hears_no_byte_of_another_protocol(vantage, serve, protocol):
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def listen(reader, _writer):
        await heard.put(await reader.read(-1))

    async with serve(listen) as port:
        spared = (("tm.wso2.com", port, "binary"),)
        result = await attempt(Target("a", protocol, "tm.wso2.com", port, spared=spared), vantage)
        assert await heard.get() == b""
    assert (result.outcome, list(result.phases)) == (
        Outcome.WRONG_PROTOCOL,
        [Phase.DNS, Phase.TCP],
    )
    assert result.seen == "the port of a data receiver (binary), to which nothing else is sent"


async def test_a_login_url_that_leads_to_a_receiver_is_where_the_attempt_ends(
    vantage, serve, hanging
):
    async with serve(hanging) as port:
        target = Target(
            *("a", Protocol.BINARY, "tm.wso2.com", port),
            login_host="tm.wso2.com",
            login_port=port,
            spared=(("tm.wso2.com", port, "binary"),),
        )
        result = await attempt(target, vantage)
    assert (result.outcome, result.endpoint) == (Outcome.WRONG_PROTOCOL, f"tm.wso2.com:{port}")
