"""What a probe works with during its attempt, and what it must leave closed."""

import socket
from contextlib import AsyncExitStack

from probes.connection import Connection, Vantage, dial, open_plain, open_tls
from probes.failure import LinkError
from probes.phases import Phases
from probes.result import Outcome
from probes.target import Target


class Trial:
    """The state of one attempt. A probe says what it *expected* before each step."""

    def __init__(self, target: Target, vantage: Vantage) -> None:
        self.target = target
        self.vantage = vantage
        self.phases = Phases()
        self.expected = "a connection"
        self.endpoint = ""
        self._open = AsyncExitStack()

    async def dial(self, host: str, port: int) -> socket.socket:
        """Give a connected socket; the probe closes it.

        Raises `LinkError`, also where the target must not talk: there it only connects.
        """
        self.endpoint = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        sock = await dial(self.vantage, self.phases, host, port)
        spoken = self.target.spoken_at(host, port)
        if spoken:
            sock.close()
            seen = f"the port of a data receiver ({spoken}), to which nothing else is sent"
            raise LinkError(Outcome.WRONG_PROTOCOL, seen)
        return sock

    async def connect(self, host: str, port: int) -> Connection:
        """Open a plain connection, which is closed at the attempt's end."""
        return self._keep(await open_plain(await self.dial(host, port)))

    async def connect_tls(self, host: str, port: int, *, check_name: bool = True) -> Connection:
        """Open a TLS connection, which is closed at the attempt's end."""
        self.expected = f"TLS with a certificate for {host}" if check_name else "TLS"
        sock = await self.dial(host, port)
        return self._keep(
            await open_tls(self.vantage, self.phases, sock, host, check_name=check_name)
        )

    async def close(self) -> None:
        """Close whatever the attempt opened."""
        await self._open.aclose()

    def _keep(self, connection: Connection) -> Connection:
        self._open.push_async_callback(connection.close)
        return connection
