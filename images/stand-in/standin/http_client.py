"""HTTP requests of the node itself, to peers that its configuration names."""

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
    once = {"Connection": "close", **(headers or {})}
    async with contextlib.aclosing(Connection(trust)) as peer:
        return await peer.send(method, url, account, body=body, headers=once)


class Connection:
    """Requests to one peer, one after another, over one connection while that lasts.

    After a failure the next request opens another one.
    """

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._trust = trust
        self._opened: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._state = h11.Connection(h11.CLIENT)

    async def send(
        self,
        method: str,
        url: str,
        account: Account | None,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return the response; raises as `http_client.send`."""
        try:
            async with asyncio.timeout(_SECONDS):
                request = _request(method, url, account, body, headers or {})
                answer = await self._exchange(url, request, body)
        except h11.RemoteProtocolError as fault:
            await self.aclose()
            raise ConnectionError(str(fault)) from fault
        except BaseException:
            await self.aclose()
            raise
        if self._state.our_state is not h11.DONE or self._state.their_state is not h11.DONE:
            await self.aclose()  # the peer wants no other request
        return answer

    async def _exchange(self, url: str, request: h11.Request, body: bytes) -> Answer:
        if self._opened is None:
            self._opened = await _open(url, self._trust)
            self._state = h11.Connection(h11.CLIENT)
        else:
            self._state.start_next_cycle()
        reader, writer = self._opened
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(self._state.send(event) or b"")
        return await _answer(self._state, reader)

    async def aclose(self) -> None:
        """End the connection; another request would open the next."""
        if self._opened is None:
            return
        _, writer = self._opened
        self._opened = None
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _open(
    url: str, trust: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    tls = trust if parts.scheme == "https" else None
    port = parts.port or (443 if tls else 80)
    return await asyncio.open_connection(
        parts.hostname, port, ssl=tls, server_hostname=parts.hostname if tls else None
    )


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
