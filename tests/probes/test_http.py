"""HTTP and HTTPS requests against small loopback servers."""

import base64

import pytest

from probes.attempt import attempt
from probes.result import Outcome, Phase
from probes.target import HttpRequest, Protocol, Target

HOST = "cp.wso2.com"
VERSION = HttpRequest("GET", "/services/Version", (200,), contains="4.1.0")
NOTIFY = HttpRequest(
    "POST",
    "/internal/data/v1/notify",
    (200,),
    authenticated=True,
    headers=(("X-WSO2-KEY-MANAGER", "default"),),
    body="{}",
)


def target(port: int, *requests: HttpRequest, protocol: Protocol = Protocol.HTTP) -> Target:
    return Target(
        "a link",
        protocol,
        HOST,
        port,
        timeout=1,
        username="admin",
        password="a-secret",
        requests=requests,
    )


def answering(*answers: bytes, heard: list[bytes], then_close: bool = False):
    """A server that gives these answers in order, and keeps what it hears."""

    async def handler(reader, writer):
        for answer in answers:
            request = await reader.readuntil(b"\r\n\r\n")
            heard.append(request)
            if b"Content-Length: 2" in request:
                heard.append(await reader.readexactly(2))
            writer.write(answer)
        if not then_close:
            await reader.read(-1)

    return handler


def ok(body: bytes = b"", status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


async def test_requests_go_in_order_over_one_connection(serve, vantage):
    heard: list[bytes] = []
    handler = answering(ok(b"API Manager-4.1.0"), ok(), heard=heard)
    async with serve(handler) as port:
        result = await attempt(target(port, VERSION, NOTIFY), vantage)
    assert result.outcome is Outcome.OK
    assert result.seen == "200 for GET /services/Version, 200 for POST /internal/data/v1/notify"
    assert heard[0].startswith(b"GET /services/Version HTTP/1.1\r\n")
    assert f"Host: {HOST}:{port}".encode() in heard[0]
    assert b"Authorization" not in heard[0]
    assert b"Authorization: Basic " + base64.b64encode(b"admin:a-secret") in heard[1]
    assert b"X-WSO2-KEY-MANAGER: default" in heard[1]
    assert heard[2] == b"{}"


async def test_a_server_that_closes_after_each_answer_is_dialled_again(serve, vantage):
    heard: list[bytes] = []
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n4.1.0"
    async with serve(answering(closing, heard=heard, then_close=True)) as port:
        result = await attempt(target(port, VERSION, VERSION), vantage)
    assert result.outcome is Outcome.OK
    assert len(heard) == 2


async def test_an_answer_without_a_length_ends_with_the_connection(serve, vantage):
    answer = b"HTTP/1.0 200 OK\r\n\r\nAPI Manager-4.1.0"
    async with serve(answering(answer, heard=[], then_close=True)) as port:
        result = await attempt(target(port, VERSION), vantage)
    assert result.outcome is Outcome.OK


async def test_a_chunked_answer_after_a_provisional_one_is_read_whole(serve, vantage):
    answer = (
        b"HTTP/1.1 102 Processing\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n4.1\r\n2\r\n.0\r\n0\r\n\r\n"
    )
    async with serve(answering(answer, heard=[])) as port:
        result = await attempt(target(port, VERSION), vantage)
    assert result.outcome is Outcome.OK


async def test_another_status_is_a_wrong_answer_with_its_text(serve, vantage):
    async with serve(answering(ok(b"No such service", b"404 Not Found"), heard=[])) as port:
        result = await attempt(target(port, VERSION), vantage)
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.expected == "200 holding '4.1.0' for GET /services/Version"
    assert result.seen == "404 No such service"


async def test_an_answer_without_the_text_is_a_wrong_answer(serve, vantage):
    async with serve(answering(ok(b"API Manager-4.2.0"), heard=[])) as port:
        result = await attempt(target(port, VERSION), vantage)
    assert (result.outcome, result.seen) == (Outcome.WRONG_ANSWER, "200 API Manager-4.2.0")


async def test_a_redirect_is_an_answer_and_not_followed(serve, vantage):
    heard: list[bytes] = []
    moved = b"HTTP/1.1 302 Found\r\nLocation: /carbon\r\nContent-Length: 0\r\n\r\n"
    async with serve(answering(moved, heard=heard)) as port:
        result = await attempt(target(port, VERSION), vantage)
    assert (result.outcome, len(heard)) == (Outcome.WRONG_ANSWER, 1)


async def test_401_after_a_login_means_wrong_credentials(serve, vantage):
    body = b'{"code":401,"description":"Unauthenticated request"}'
    async with serve(answering(ok(body, b"401 Unauthorized"), heard=[])) as port:
        result = await attempt(target(port, NOTIFY), vantage)
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert list(result.phases)[-1] is Phase.AUTH
    assert "Unauthenticated request" in result.seen


async def test_401_where_nobody_logged_in_is_a_wrong_answer(serve, vantage):
    async with serve(answering(ok(b"", b"401 Unauthorized"), heard=[])) as port:
        result = await attempt(target(port, VERSION), vantage)
    assert result.outcome is Outcome.WRONG_ANSWER


async def test_an_expected_401_is_healthy(serve, vantage):
    asked = HttpRequest("GET", "/", (401,), authenticated=True)
    async with serve(answering(ok(b"", b"401 Unauthorized"), heard=[])) as port:
        result = await attempt(target(port, asked), vantage)
    assert result.outcome is Outcome.OK


async def test_a_server_that_echoes_the_request_gets_no_credential_into_the_result(serve, vantage):
    async def echo(reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(ok(b"admin:a-secret " + request, b"500 Internal Server Error"))
        await reader.read(-1)

    async with serve(echo) as port:
        result = await attempt(target(port, NOTIFY), vantage)
    assert result.outcome is Outcome.WRONG_ANSWER
    assert "a-secret" not in str(result)
    assert base64.b64encode(b"admin:a-secret").decode() not in str(result)


async def test_an_answer_that_stops_half_way_was_closed(serve, vantage):
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n4.1.0"
    async with serve(answering(half, heard=[], then_close=True)) as port:
        result = await attempt(target(port, VERSION), vantage)
    assert (result.outcome, result.seen) == (Outcome.CLOSED, "closed within its answer")


async def test_a_path_is_sent_as_a_url_can_hold_it(serve, vantage):
    heard: list[bytes] = []
    async with serve(answering(ok(), heard=heard)) as port:
        request = HttpRequest("GET", "/dienst-ä b/%20?a=b", (200,))
        result = await attempt(target(port, request), vantage)
    assert result.outcome is Outcome.OK
    assert heard[0].startswith(b"GET /dienst-%C3%A4%20b/%20?a=b HTTP/1.1\r\n")


@pytest.mark.parametrize("value", ["ä€", "two\r\nlines"])
async def test_a_header_that_none_can_be_is_told_without_it(serve, vantage, hanging, value):
    async with serve(hanging) as port:
        request = HttpRequest("GET", "/", (200,), headers=(("X-It", value),))
        result = await attempt(target(port, request), vantage)
    assert result.outcome is Outcome.WRONG_PROTOCOL
    assert result.seen.startswith("no HTTP request can be made of the path and the headers")
    assert value not in result.seen


@pytest.mark.parametrize("protocol", [Protocol.HTTPS, Protocol.WSS])
async def test_over_tls_every_phase_has_its_time(protocol, serve, vantage, authority):
    handler = answering(ok(b"4.1.0"), heard=[])
    async with serve(handler, authority.server(HOST)) as port:
        result = await attempt(target(port, VERSION, protocol=protocol), vantage)
    assert result.outcome is Outcome.OK
    assert list(result.phases) == [Phase.DNS, Phase.TCP, Phase.TLS, Phase.APP]
    assert all(spent >= 0 for spent in result.phases.values())
    assert result.phases[Phase.TLS] > 0


async def test_the_server_is_asked_for_the_name_of_the_link(serve, vantage, authority):
    asked: list[str | None] = []
    context = authority.server(HOST)
    context.sni_callback = lambda _sock, name, _context: asked.append(name)
    async with serve(answering(ok(b"4.1.0"), heard=[]), context) as port:
        await attempt(target(port, VERSION, protocol=Protocol.HTTPS), vantage)
    assert asked == [HOST]


async def test_a_websocket_port_is_asked_for_its_health(serve, vantage):
    heard: list[bytes] = []
    async with serve(answering(ok(), heard=heard)) as port:
        result = await attempt(target(port, protocol=Protocol.WS), vantage)
    assert result.outcome is Outcome.OK
    assert heard[0].startswith(b"GET /health HTTP/1.1\r\n")
    assert b"Upgrade" not in heard[0]


async def test_http_that_is_asked_nothing_says_that_it_only_connected(serve, hanging, vantage):
    async with serve(hanging) as port:
        result = await attempt(target(port), vantage)
    assert (result.outcome, result.seen) == (Outcome.OK, "connected")
