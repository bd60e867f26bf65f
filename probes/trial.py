"""What a probe works with during its attempt, and what it must leave closed."""

import socket
from contextlib import AsyncExitStack

from probes.connection import Connection, Vantage, dial, open_plain, open_tls
from probes.phases import Phases
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
        """Give a connected socket; the probe closes it."""
        self.endpoint = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return await dial(self.vantage, self.phases, host, port)

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
