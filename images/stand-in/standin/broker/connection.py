"""One AMQP connection: protocol header, login, tuning, and frames handed to its channels."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pamqp import base, body, commands, exceptions, header, heartbeat
from pamqp import frame as frames

from standin import log
from standin.accounts import Accounts
from standin.broker.channel import Channel, Frame
from standin.broker.faults import (
    CHANNEL_ERROR,
    COMMAND_INVALID,
    FRAME_ERROR,
    NOT_ALLOWED,
    NOT_FOUND,
    ChannelFaultError,
    ConnectionFaultError,
    DroppedConnection,
)
from standin.broker.routing import VirtualHost

FRAME_MAX = 65535
_CHANNEL_MAX = 256
_PROTOCOL = b"AMQP\x00\x00\x09\x01"
_HOSTS = {"", "carbon"}
_WRITE_LIMIT = 4 * 1024 * 1024
_HANDSHAKE_SECONDS = 60.0
_Method = TypeVar("_Method", bound=base.Frame)
_ENGINE = "org.wso2.andes.server.protocol.AMQProtocolEngine"


def serve_amqp(
    accounts: Accounts, host: VirtualHost
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Return what the acceptor calls for each connection of the broker's port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(reader, writer, accounts, host)
        try:
            await connection.run()
        except DroppedConnection:
            writer.transport.abort()
        finally:
            connection.release()

    return serve


class _Connection:
    """One peer from its protocol header to its close."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        accounts: Accounts,
        host: VirtualHost,
    ) -> None:
        self.frame_max = FRAME_MAX
        self._reader = reader
        self._writer = writer
        self._accounts = accounts
        self._host = host
        self._channels: dict[int, Channel] = {}
        # Closed for a fault: what the peer had under way is dropped until it agrees.
        self._closing: set[int] = set()

    def send(self, channel: int, *to_send: Frame) -> None:
        """Write frames on a channel, together."""
        self._writer.write(b"".join(frames.marshal(each, channel) for each in to_send))

    def writable(self) -> bool:
        """Tell whether the peer reads what it was sent."""
        return self._writer.transport.get_write_buffer_size() < _WRITE_LIMIT

    async def run(self) -> None:
        """Serve the peer until one side closes."""
        if await self._reader.readexactly(8) != _PROTOCOL:
            self._writer.write(_PROTOCOL)
            await self._writer.drain()
            return
        method: base.Frame | None = None
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await self._log_in()
            while True:
                number, received = await self._next()
                method = received if isinstance(received, base.Frame) else method
                if isinstance(received, commands.Connection.Close):
                    self.send(0, commands.Connection.CloseOk())
                    return
                self._handle(number, received)
                await self._writer.drain()
        except ConnectionFaultError as fault:
            await self._close(fault, method)
        except TimeoutError:
            return

    def release(self) -> None:
        """Give back what the peer held."""
        for channel in self._channels.values():
            channel.close()
        self._host.release(self)

    async def _next(self) -> tuple[int, frames.FrameTypes]:
        head = await self._reader.readexactly(7)
        _, number, size = frames.frame_parts(head)
        if size is None or size > self.frame_max:
            raise ConnectionFaultError(FRAME_ERROR, f"frame of {size} bytes is larger than agreed")
        rest = await self._reader.readexactly(size + 1)
        try:
            return number, frames.unmarshal(head + rest)[2]
        except exceptions.UnmarshalingException as fault:
            raise ConnectionFaultError(FRAME_ERROR, str(fault)) from fault

    async def _expect(self, kind: type[_Method]) -> _Method:
        _, received = await self._next()
        while isinstance(received, heartbeat.Heartbeat):
            _, received = await self._next()
        if not isinstance(received, kind):
            raise ConnectionFaultError(COMMAND_INVALID, f"expected {kind.name}")
        return received

    async def _log_in(self) -> None:
        self.send(0, commands.Connection.Start(0, 9, {}, mechanisms="PLAIN", locales="en_US"))
        start = await self._expect(commands.Connection.StartOk)
        username = self._authenticate(start)
        self.send(0, commands.Connection.Tune(_CHANNEL_MAX, FRAME_MAX, 0))
        tuned = await self._expect(commands.Connection.TuneOk)
        self.frame_max = min(FRAME_MAX, tuned.frame_max or FRAME_MAX)
        opened = await self._expect(commands.Connection.Open)
        name = opened.virtual_host or ""
        if name.removeprefix("/") not in _HOSTS:
            raise ConnectionFaultError(NOT_FOUND, f"Unknown virtual host: '{name}'")
        self.send(0, commands.Connection.OpenOk())
        log.info(_ENGINE, f"stand-in broker: user {username} connected")

    def _authenticate(self, start: commands.Connection.StartOk) -> str:
        _, username, password, *_ = [*start.response.split("\0"), "", "", ""]
        if start.mechanism != "PLAIN" or not self._accounts.knows(username, password):
            log.warn(_ENGINE, f"authentication of user {username} failed")
            raise ConnectionFaultError(NOT_ALLOWED, "not allowed")
        return username

    def _handle(self, number: int, received: frames.FrameTypes) -> None:
        if isinstance(received, heartbeat.Heartbeat | header.ProtocolHeader):
            return
        if number in self._closing:
            if isinstance(received, commands.Channel.CloseOk):
                self._closing.discard(number)
            return
        if isinstance(received, commands.Channel.Open):
            if number in self._channels:
                raise ConnectionFaultError(CHANNEL_ERROR, f"Channel {number} already exists")
            self._channels[number] = Channel(number, self, self._host)
            self.send(number, commands.Channel.OpenOk())
            return
        channel = self._channels.get(number)
        if channel is None:
            raise ConnectionFaultError(CHANNEL_ERROR, f"Unknown channel id: {number}")
        if isinstance(received, commands.Channel.Close):
            self._channels.pop(number).close()
            self.send(number, commands.Channel.CloseOk())
        elif not isinstance(received, commands.Channel.CloseOk):
            self._on_channel(number, channel, received)

    def _on_channel(
        self,
        number: int,
        channel: Channel,
        received: base.Frame | header.ContentHeader | body.ContentBody,
    ) -> None:
        try:
            channel.receive(received)
        except ChannelFaultError as fault:
            self._channels.pop(number).close()
            self._closing.add(number)
            ids = _identifiers(received if isinstance(received, base.Frame) else None)
            self.send(number, commands.Channel.Close(fault.code, fault.text[:255], *ids))

    async def _close(self, fault: ConnectionFaultError, method: base.Frame | None) -> None:
        text = fault.text[:255]
        self.send(0, commands.Connection.Close(fault.code, text, *_identifiers(method)))
        await self._writer.drain()
        try:
            async with asyncio.timeout(2):
                while not isinstance((await self._next())[1], commands.Connection.CloseOk):
                    pass
        except (ConnectionFaultError, TimeoutError):
            return


def _identifiers(method: base.Frame | None) -> tuple[int, int]:
    index = 0 if method is None else method.index
    return index >> 16, index & 0xFFFF
