"""The thrift probe against a TLS server that answers frame by frame."""

import pytest

from probes.attempt import attempt
from probes.result import Outcome, Phase
from probes.target import Protocol, Target

HOST = "cp.wso2.com"
# Strict binary protocol: version 1 and CALL, the name, the number 1, an empty struct.
CALL = bytes.fromhex("80010001 00000008 6c616250726f6265 00000001 00")
SAID = b"Invalid method name: 'labProbe'"
REFUSAL = (
    bytes.fromhex("80010003 00000008 6c616250726f6265 00000001 0b0001")
    + len(SAID).to_bytes(4, "big")
    + SAID
    + bytes.fromhex("080002 00000001 00")
)


def target(port: int) -> Target:
    return Target("a link", Protocol.THRIFT, HOST, port, timeout=0.5)


def server(answer: bytes, heard: list[bytes]):
    async def handler(reader, writer):
        heard.append(await reader.readexactly(len(CALL)))
        writer.write(answer)
        await reader.read(-1)

    return handler


async def test_an_unknown_methods_refusal_proves_the_port(serve, vantage, authority):
    heard: list[bytes] = []
    async with serve(server(REFUSAL, heard), authority.server("localhost")) as port:
        found = await attempt(target(port), vantage)
    assert (found.outcome, found.seen) == (Outcome.OK, f"thrift answers: {SAID.decode()}")
    assert list(found.phases) == [Phase.DNS, Phase.TCP, Phase.TLS, Phase.APP]
    assert heard == [CALL]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Outcome.WRONG_PROTOCOL),
        (REFUSAL[:4] + bytes.fromhex("7fffffff"), Outcome.WRONG_PROTOCOL),
        (REFUSAL.replace(b"labProbe", b"labOther", 1), Outcome.WRONG_PROTOCOL),
        (CALL, Outcome.WRONG_PROTOCOL),
        (REFUSAL[:20], Outcome.SILENT),
    ],
)
async def test_another_answer_is_told_apart(serve, vantage, authority, answer, outcome):
    async with serve(server(answer, []), authority.server(HOST)) as port:
        found = await attempt(target(port), vantage)
    assert found.outcome is outcome


async def test_a_certificate_of_nobody_is_not_trusted(serve, vantage, stranger):
    async with serve(server(REFUSAL, []), stranger.server(HOST)) as port:
        found = await attempt(target(port), vantage)
    assert found.outcome is Outcome.CERTIFICATE_INVALID
