"""Opens a node's listening ports, plain and TLS, and stamps the moment each one can serve."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from standin import log
from standin.background import Background

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_LISTENER = "org.wso2.carbon.standin.Listener"
_CLIENT_HELLO = 0x16
_HANDSHAKE_SECONDS = 60.0
# unexpected_message, fatal: what the product's TLS ports send to plain bytes (measured on 4.1.0).
TLS_ALERT = bytes.fromhex("1503030002020a")


@dataclass(frozen=True, slots=True)
class Listener:
    """One port: what serves it, with TLS or without, and what a plain client of a TLS port gets."""

    port: int
    serve: Serve
    tls: ssl.SSLContext | None = None
    plain_answer: bytes = TLS_ALERT
    host: str = ""  # the one name whose address is bound; empty binds all of them


class Acceptor:
    """Accepts connections on one listener until closed."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._socket = _bound(listener.port, listener.host)
        self._background = Background(_LISTENER)

    def open(self) -> None:
        """Listen, and log when the port was open, in seconds since the epoch."""
        self._socket.listen(128)
        stamp = time.time()
        self._background.spawn(self._accept())
        log.info(_LISTENER, f"stand-in listener {self._listener.port} open at {stamp:.3f}")

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._socket)
            except OSError as fault:
                log.error(_LISTENER, f"accept failed: {fault}")
                await asyncio.sleep(0.1)
                continue
            connection.setblocking(False)  # noqa: FBT003 - the socket's own signature
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._background.spawn(self._handle(connection))

    async def _handle(self, connection: socket.socket) -> None:
        tls = self._listener.tls
        try:
            if tls is not None and not await _greets_with_tls(connection):
                await _refuse_plain(connection, self._listener.plain_answer)
                return
            reader, writer = await _streams(connection, tls)
        except (OSError, TimeoutError):
            connection.close()
            return
        try:
            await self._listener.serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the peer went away: nothing to tell anyone
        finally:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await writer.wait_closed()


def _bound(port: int, host: str) -> socket.socket:
    if host:
        return _listening(socket.socket(socket.AF_INET, socket.SOCK_STREAM), (host, port))
    # Both families, as a JVM listens; where a container has no IPv6, the old one alone.
    dual = socket.has_dualstack_ipv6()
    bound = socket.socket(socket.AF_INET6 if dual else socket.AF_INET, socket.SOCK_STREAM)
    if dual:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    return _listening(bound, ("", port))


def _listening(bound: socket.socket, address: tuple[str, int]) -> socket.socket:
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(address)
    bound.setblocking(False)  # noqa: FBT003 - the socket's own signature
    return bound


def _resolve(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(connection, _resolve, ready)
    try:
        await asyncio.wait_for(ready, _HANDSHAKE_SECONDS)
    finally:
        loop.remove_reader(connection)


async def _greets_with_tls(connection: socket.socket) -> bool:
    await _readable(connection)
    first = connection.recv(1, socket.MSG_PEEK)
    if not first:
        raise ConnectionResetError("closed before a byte came")
    return first[0] == _CLIENT_HELLO


async def _refuse_plain(connection: socket.socket, answer: bytes) -> None:
    # Unread bytes at close would turn the answer into a reset.
    connection.recv(65536)
    await asyncio.get_running_loop().sock_sendall(connection, answer)
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
    connection.close()


async def _streams(
    connection: socket.socket, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**16, loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    timeout = None if tls is None else _HANDSHAKE_SECONDS
    transport, _ = await loop.connect_accepted_socket(
        lambda: protocol, connection, ssl=tls, ssl_handshake_timeout=timeout
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
