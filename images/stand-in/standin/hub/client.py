"""One AMQP connection of the node to a broker that its configuration names."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pamqp import base, body, commands, exceptions, header
from pamqp import frame as frames

from standin.configuration import Account
from standin.urls import Endpoint

_VIRTUAL_HOST = "/carbon"
_EXCHANGE = "amq.topic"
_SECONDS = 10.0
_FRAME_LIMIT = 65535
_Method = TypeVar("_Method", bound=base.Frame)


class HubError(Exception):
    """The broker can't be reached, refuses the node, or breaks off."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message of a topic."""

    routing_key: str
    content: bytes


class HubClient:
    """A connection to one broker with one channel."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def usable(self) -> bool:
        """Tell whether neither side has closed the connection."""
        return not (self._writer.is_closing() or self._reader.at_eof())

    async def subscribe(self, topics: Sequence[str]) -> None:
        """Bind a queue of the node's own to *topics* and consume from it."""
        self._send(1, commands.Queue.Declare(exclusive=True, auto_delete=True))
        queue = (await self._expect(commands.Queue.DeclareOk)).queue or ""
        for topic in topics:
            self._send(1, commands.Queue.Bind(queue=queue, exchange=_EXCHANGE, routing_key=topic))
            await self._expect(commands.Queue.BindOk)
        self._send(1, commands.Basic.Consume(queue=queue))
        await self._expect(commands.Basic.ConsumeOk)

    async def next_delivery(self) -> Delivery:
        """Wait for the next message and acknowledge it; raises HubError when the broker goes."""
        method = await self._expect(commands.Basic.Deliver)
        head = await self._next()
        if not isinstance(head, header.ContentHeader):
            raise HubError("a delivery without its header")
        content = bytearray()
        while len(content) < head.body_size:
            part = await self._next()
            if not isinstance(part, body.ContentBody):
                raise HubError("a delivery without its body")
            content += part.value
        self._send(1, commands.Basic.Ack(method.delivery_tag or 0))
        return Delivery(method.routing_key or "", bytes(content))

    async def publish(self, topic: str, content: bytes, content_type: str = "text/plain") -> None:
        """Publish a message to *topic*, as the product's JMS publishers do."""
        properties = commands.Basic.Properties(
            content_type=content_type, headers={"JMS_QPID_DESTTYPE": 2}
        )
        self._send(
            1,
            commands.Basic.Publish(exchange=_EXCHANGE, routing_key=topic),
            header.ContentHeader(body_size=len(content), properties=properties),
            body.ContentBody(content),
        )
        await self._writer.drain()

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def log_in(self, account: Account) -> None:
        """Do the handshake up to an open channel; raises HubError."""
        self._writer.write(b"AMQP\x00\x00\x09\x01")
        await self._expect(commands.Connection.Start)
        response = f"\0{account.username}\0{account.password}"
        self._send(
            0, commands.Connection.StartOk({"product": "stand-in"}, "PLAIN", response, "en_US")
        )
        tune = await self._expect(commands.Connection.Tune)
        self._send(0, commands.Connection.TuneOk(tune.channel_max, tune.frame_max, 0))
        self._send(0, commands.Connection.Open(_VIRTUAL_HOST))
        await self._expect(commands.Connection.OpenOk)
        self._send(1, commands.Channel.Open())
        await self._expect(commands.Channel.OpenOk)

    def _send(self, channel: int, *to_send: frames.FrameTypes) -> None:
        self._writer.write(b"".join(frames.marshal(each, channel) for each in to_send))

    async def _expect(self, kind: type[_Method]) -> _Method:
        while True:
            received = await self._next()
            if isinstance(received, kind):
                return received
            if isinstance(received, commands.Connection.Close | commands.Channel.Close):
                raise HubError(f"{received.reply_code}: {received.reply_text}")

    async def _next(self) -> frames.FrameTypes:
        try:
            head = await self._reader.readexactly(7)
            _, _, size = frames.frame_parts(head)
            if size is None or size > _FRAME_LIMIT:
                raise HubError("not an AMQP broker, or another version of it")
            return frames.unmarshal(head + await self._reader.readexactly(size + 1))[2]
        except (asyncio.IncompleteReadError, OSError) as fault:
            raise HubError(f"the connection broke off: {fault!r}") from fault
        except exceptions.UnmarshalingException as fault:
            raise HubError(f"not an AMQP broker: {fault}") from fault


async def connect(endpoints: Sequence[Endpoint], account: Account) -> tuple[HubClient, Endpoint]:
    """Return a client of the first of *endpoints* that lets the node in, and which one that is.

    A list of endpoints is a failover list. Raises HubError with the reason of each.
    """
    reasons = []
    for endpoint in endpoints:
        try:
            async with asyncio.timeout(_SECONDS):
                client = HubClient(*await asyncio.open_connection(endpoint.host, endpoint.port))
                try:
                    await client.log_in(account)
                except BaseException:
                    await client.close()
                    raise
        except (OSError, TimeoutError, HubError) as fault:
            reasons.append(f"{endpoint}: {fault!r}")
        else:
            return client, endpoint
    raise HubError("; ".join(reasons))
