"""One HTTP request of the node itself, to a peer that its configuration names."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

from standin.configuration import Account

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A peer's response; header names are lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


async def send(
    method: str,
    url: str,
    account: Account | None,
    trust: ssl.SSLContext,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request, with Basic credentials of *account* if any, and return the response.

    Raises OSError when the peer can't be reached, its certificate isn't trusted or it breaks
    off, TimeoutError after 30 s.
    """
    parts = urlsplit(url)
    tls = trust if parts.scheme == "https" else None
    port = parts.port or (443 if tls else 80)
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(
            parts.hostname, port, ssl=tls, server_hostname=parts.hostname if tls else None
        )
        try:
            connection = h11.Connection(h11.CLIENT)
            request = _request(method, url, account, body, headers or {})
            writer.write(connection.send(request) or b"")
            writer.write(connection.send(h11.Data(data=body)) or b"")
            writer.write(connection.send(h11.EndOfMessage()) or b"")
            return await _answer(connection, reader)
        except h11.RemoteProtocolError as fault:
            raise ConnectionError(str(fault)) from fault
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def _request(
    method: str, url: str, account: Account | None, body: bytes, headers: Mapping[str, str]
) -> h11.Request:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return h11.Request(
        method=method,
        target=target,
        headers=[
            ("Host", parts.netloc),
            *_authorization(account),
            ("Content-Length", str(len(body))),
            ("User-Agent", "stand-in"),
            ("Connection", "close"),
            *headers.items(),
        ],
    )


def _authorization(account: Account | None) -> list[tuple[str, str]]:
    if account is None:
        return []
    token = base64.b64encode(f"{account.username}:{account.password}".encode()).decode()
    return [("Authorization", f"Basic {token}")]


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    status, body, headers = 0, bytearray(), {}
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {
                name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers
            }
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, bytes(body), headers)
        elif isinstance(event, h11.ConnectionClosed):
            raise ConnectionResetError("closed before the answer was complete")
