import asyncio
from dataclasses import replace
from pathlib import Path

from lab.gate.host import HostVantage
from lab.gate.session import ProberSession
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.topology.read import read_topology
from lab.wiring.published import HOST
from probes.result import Outcome
from probes.target import HttpRequest, Protocol, Target
from tests.gate.scripted import ScriptedChannel

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "km-tm-separated.toml"
TARGET = Target(
    "host/gw:8280",
    Protocol.HTTP,
    "gw.wso2.com",
    8280,
    timeout=2.0,
    requests=(HttpRequest("GET", "/", (200,)),),
)


def _plan() -> Plan:
    return make_plan(read_topology(TOPOLOGY))


async def _serve(heads: list[bytes]) -> asyncio.Server:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


async def test_the_host_reaches_a_node_by_its_name_on_the_published_port() -> None:
    heads: list[bytes] = []
    server = await _serve(heads)
    port = server.sockets[0].getsockname()[1]
    host = HostVantage(_plan(), lambda: {"gw": {8280: port}}, "")
    result = await ProberSession(ScriptedChannel(), host).ask(HOST, TARGET)
    server.close()
    assert (result.id, result.outcome, result.endpoint) == ("host/gw:8280", Outcome.OK, "")
    assert b"gw.wso2.com" in heads[0]


async def test_a_node_that_took_another_port_is_reached_there() -> None:
    server = await _serve([])
    ports = {"gw": {8280: 1}}
    host = HostVantage(_plan(), lambda: ports, "")
    first = await host.ask(TARGET)
    ports["gw"] = {8280: server.sockets[0].getsockname()[1]}
    second = await host.ask(TARGET)
    server.close()
    assert (first.outcome, second.outcome) == (Outcome.REFUSED, Outcome.OK)


async def test_without_a_known_port_nothing_is_dialled() -> None:
    """At 127.0.0.1 the node's own port may be somebody else's."""
    heads: list[bytes] = []
    server = await _serve(heads)
    port = server.sockets[0].getsockname()[1]
    host = HostVantage(_plan(), dict, "")
    result = await host.ask(replace(TARGET, port=port))
    server.close()
    assert result.outcome is Outcome.NO_VANTAGE
    assert heads == []
