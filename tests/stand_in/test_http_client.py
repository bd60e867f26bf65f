"""The stand-in's own requests: several over one connection, and another one when that is over."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from standin.http_client import Connection
from standin.http_server import Request, Response, serve_http

TRUST = ssl.create_default_context()


@asynccontextmanager
async def hub(*, closes: bool = False) -> AsyncIterator[tuple[str, list[int]]]:
    """Serve; give the URL and the port of each connection that was opened."""
    opened: list[int] = []

    async def answer(request: Request) -> Response:
        return Response(
            200, request.path.encode(), headers={"Connection": "close"} if closes else {}
        )

    serve = serve_http(answer)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer.get_extra_info("peername")[1])
        await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", opened
    finally:
        server.close()


async def test_several_requests_go_over_one_connection() -> None:
    async with hub() as (url, opened), aclosing(Connection(TRUST)) as peer:
        bodies = [(await peer.send("GET", f"{url}/{name}", None)).body for name in ("a", "b", "c")]
    assert bodies == [b"/a", b"/b", b"/c"]
    assert len(opened) == 1


async def test_a_peer_that_ends_the_connection_gets_another_one() -> None:
    async with hub(closes=True) as (url, opened), aclosing(Connection(TRUST)) as peer:
        for _ in range(2):
            assert (await peer.send("GET", f"{url}/x", None)).status == 200
    assert len(opened) == 2


async def test_after_a_failure_the_next_request_opens_a_connection() -> None:
    async with aclosing(Connection(TRUST)) as peer:
        with pytest.raises(OSError, match=r"127\.0\.0\.1"):
            await peer.send("GET", "http://127.0.0.1:1/", None)
        async with hub() as (url, opened):
            assert (await peer.send("GET", f"{url}/x", None)).status == 200
    assert len(opened) == 1
