"""HTTP/1.1 over a connection of the acceptor: requests in, responses out."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import h11

from standin import log

_BODY_LIMIT = 10 * 1024 * 1024
_IDLE_SECONDS = 60.0
SERVER = "stand-in"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """Return the fields of a form body, the first value of each."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}


@dataclass(frozen=True, slots=True)
class Response:
    """One response; an empty *content_type* sends no such header."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Awaitable[Response]]

TOMCAT_PLAIN_ANSWER = (
    b"HTTP/1.1 400 \r\nContent-Type: text/plain;charset=UTF-8\r\nServer: stand-in\r\n"
    b"Connection: close\r\n\r\n"
    b"Bad Request\r\nThis combination of host and port requires TLS.\r\n"
)


def json_response(value: Any, status: int = 200) -> Response:
    """Return *value* as compact JSON, as the product writes it."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return Response(status, body.encode(), "application/json")


def serve_http(
    handler: Handler,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Return what the acceptor calls for each connection of an HTTP port served by *handler*."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            while await _exchange(connection, handler, reader, writer):
                connection.start_next_cycle()
        except (h11.RemoteProtocolError, TimeoutError):
            if connection.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
                await _send(connection, writer, Response(400))

    return serve


async def _exchange(
    connection: h11.Connection,
    handler: Handler,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    request = await _receive(connection, reader, writer)
    if request is None:
        return False
    try:
        response = await handler(request)
    except Exception as fault:  # noqa: BLE001 - a fault of ours must not look like a dead node
        log.error("org.wso2.carbon.standin.Http", f"{request.path}: {fault!r}")
        response = Response(500)
    await _send(connection, writer, response, without_body=request.method == "HEAD")
    return connection.our_state is h11.DONE and connection.their_state is h11.DONE


async def _receive(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                await _write(
                    connection, writer, h11.InformationalResponse(status_code=100, headers=[])
                )
            async with asyncio.timeout(_IDLE_SECONDS):
                connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _BODY_LIMIT:
                raise h11.RemoteProtocolError("body too large")
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _request(head, bytes(body))
        else:
            return None


def _request(head: h11.Request, body: bytes) -> Request:
    target = urlsplit(head.target.decode("latin-1"))
    # With blanks: `?wsdl` is a question without a value.
    fields = parse_qs(target.query, keep_blank_values=True)
    query = {name: values[0] for name, values in fields.items()}
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    return Request(head.method.decode(), unquote(target.path), query, headers, body)


async def _send(
    connection: h11.Connection,
    writer: asyncio.StreamWriter,
    response: Response,
    *,
    without_body: bool = False,
) -> None:
    headers = [("Server", SERVER), ("Content-Length", str(len(response.body)))]
    if response.content_type:
        headers.append(("Content-Type", response.content_type))
    headers.extend(response.headers.items())
    head = h11.Response(status_code=response.status, headers=headers)
    parts = [connection.send(head)]
    if response.body and not without_body:
        parts.append(connection.send(h11.Data(data=response.body)))
    parts.append(connection.send(h11.EndOfMessage()))
    writer.write(b"".join(part for part in parts if part))
    await writer.drain()


async def _write(
    connection: h11.Connection, writer: asyncio.StreamWriter, event: h11.Event
) -> None:
    writer.write(connection.send(event) or b"")
    await writer.drain()
