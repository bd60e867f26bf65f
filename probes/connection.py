"""Opens the one connection of an attempt, phase by phase, and closes it."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from probes.failure import LinkError
from probes.names import Resolver
from probes.phases import Phases
from probes.result import Outcome, Phase
from probes.trust import check_certificate, client_context, explain_verification

# A server that doesn't answer the good-bye of TLS keeps an attempt no longer than this, in seconds.
_GOOD_BYE = 0.2

_HIGHEST_PORT = 65535
# The prober's own want, which says nothing of the link.
_OWN_WANT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where probes stand: how names are looked up there, and which CAs count (PEM text).

    What *is_outside* is nobody's to dial from there.
    """

    resolver: Resolver
    trust: str = ""
    is_outside: Callable[[str], bool] = lambda _address: False


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection of one attempt."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def certificate(self) -> Mapping[str, Any]:
        """Give the server's certificate as `ssl.SSLSocket.getpeercert` does."""
        certificate: Mapping[str, Any] = self.writer.get_extra_info("peercert") or {}
        return certificate

    @property
    def tls_version(self) -> str:
        """Give `TLSv1.3`, or "" without TLS."""
        tls: ssl.SSLObject | None = self.writer.get_extra_info("ssl_object")
        return (tls.version() or "") if tls else ""

    async def send(self, data: bytes) -> None:
        """Write *data*, waiting while the server doesn't read."""
        self.writer.write(data)
        await self.writer.drain()

    async def close(self) -> None:
        """Say good-bye and close, within a fraction of a second whatever the server does."""
        self.writer.close()
        try:
            async with asyncio.timeout(_GOOD_BYE):
                await self.writer.wait_closed()
        except (OSError, TimeoutError):
            self._cut()

    def _cut(self) -> None:
        """Close it at once: Python up to 3.11.3 can't abort a TLS transport."""
        try:
            self.writer.transport.abort()
        except (AttributeError, TypeError):
            with suppress(OSError):
                self.writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


async def dial(vantage: Vantage, phases: Phases, host: str, port: int) -> socket.socket:
    """Look *host* up and connect. Raises `LinkError`."""
    phases.enter(Phase.DNS)
    address = await vantage.resolver.resolve(host)
    if vantage.is_outside(address):
        seen = f"{host} leads out of the lab, to {address}, and is not dialled"
        raise LinkError(Outcome.NAME_UNKNOWN, seen)
    phases.enter(Phase.TCP)
    if not 0 < port <= _HIGHEST_PORT:
        raise LinkError(Outcome.UNREACHABLE, f"{port} is no port")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:  # a kernel without IPv6
        raise _no_connection(error, address) from error
    # A protocol that sends twice before it reads would else wait, 40 ms, until the peer has
    # acknowledged the first. asyncio sees to it for sockets alone that name their protocol.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except OSError as error:
        sock.close()
        raise _no_connection(error, address) from error
    except BaseException:
        sock.close()
        raise
    return sock


async def open_plain(sock: socket.socket) -> Connection:
    """Give the streams of a connected socket."""
    return Connection(*await asyncio.open_connection(sock=sock))


async def open_tls(
    vantage: Vantage, phases: Phases, sock: socket.socket, host: str, *, check_name: bool
) -> Connection:
    """Shake hands as a client of *host* and check the certificate. Raises `LinkError`."""
    phases.enter(Phase.TLS)
    context = client_context(vantage.trust)
    try:
        streams = await asyncio.open_connection(sock=sock, ssl=context, server_hostname=host)
    except OSError as error:
        raise explain_handshake(error) from error
    connection = Connection(*streams)
    try:
        check_certificate(context, connection.certificate, host if check_name else "")
    except LinkError:
        await connection.close()
        raise
    return connection


def explain_handshake(error: OSError) -> LinkError:
    """Say how a TLS handshake failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return LinkError(Outcome.CERTIFICATE_INVALID, explain_verification(error))
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError)):
        return LinkError(Outcome.CLOSED, "closed during the TLS handshake")
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or str(error)).replace("_", " ").lower()
        return LinkError(Outcome.WRONG_PROTOCOL, f"no TLS that a node could use: {reason}")
    return LinkError(Outcome.UNREACHABLE, f"lost during the TLS handshake: {error.strerror}")


def _no_connection(error: OSError, address: str) -> LinkError:
    if isinstance(error, ConnectionRefusedError):
        return LinkError(Outcome.REFUSED, f"{address} refuses the connection")
    if isinstance(error, TimeoutError):
        return LinkError(Outcome.TIMED_OUT, f"no answer from {address}")
    if isinstance(error, ConnectionError):
        return LinkError(Outcome.CLOSED, f"{address} closed the connection at once")
    if error.errno in _OWN_WANT:
        raise error
    return LinkError(Outcome.UNREACHABLE, f"no way to {address}: {error.strerror}")
