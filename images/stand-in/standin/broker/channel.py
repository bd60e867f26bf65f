"""One AMQP channel: the methods of a peer turned into queues, bindings, deliveries and answers."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pamqp import base, body, commands, header

from standin import log
from standin.broker.faults import (
    COMMAND_INVALID,
    IN_USE,
    NO_ROUTE,
    NOT_IMPLEMENTED,
    RESOURCE_ERROR,
    ChannelFaultError,
    ConnectionFaultError,
    DroppedConnection,
)
from standin.broker.routing import Message, Queue, VirtualHost

_MESSAGE_LIMIT = 16 * 1024 * 1024
_ENGINE = "org.wso2.andes.server.protocol.AMQProtocolEngine"

Frame = base.Frame | header.ContentHeader | body.ContentBody


class Peer(Protocol):
    """The connection that a channel belongs to."""

    frame_max: int

    def send(self, channel: int, *frames: Frame) -> None:
        """Write frames on a channel, together."""

    def writable(self) -> bool:
        """Tell whether the peer reads what it was sent."""


@dataclass(slots=True, eq=False)
class Consumer:
    """A subscription of a channel to a queue."""

    channel: "Channel"
    tag: str
    queue: Queue

    def ready(self) -> bool:
        """Tell whether another message may be delivered."""
        return self.channel.may_deliver()

    def deliver(self, queue: Queue, message: Message, *, redelivered: bool) -> None:
        """Send the message to the peer."""
        method = commands.Basic.Deliver(
            consumer_tag=self.tag,
            delivery_tag=self.channel.remember(queue, message),
            redelivered=redelivered,
            exchange=message.exchange,
            routing_key=message.routing_key,
        )
        self.channel.send_message(method, message)


@dataclass(slots=True)
class _Incoming:
    """A message that is being published, frame by frame."""

    publish: commands.Basic.Publish
    head: header.ContentHeader | None = None
    body: bytearray = field(default_factory=bytearray)


class Channel:
    """The state of one channel and the answers to its methods."""

    def __init__(self, number: int, peer: Peer, host: VirtualHost) -> None:
        self._number = number
        self._peer = peer
        self._host = host
        self._consumers: dict[str, Consumer] = {}
        self._unacknowledged: dict[int, tuple[Queue, Message]] = {}
        self._delivered = 0
        self._prefetch = 0
        self._flowing = True
        self._last_queue = ""
        self._incoming: _Incoming | None = None
        self._methods: dict[type[base.Frame], Callable[[Any], base.Frame | None]] = {
            commands.Exchange.Declare: self._declare_exchange,
            commands.Exchange.Delete: self._delete_exchange,
            commands.Queue.Declare: self._declare_queue,
            commands.Queue.Bind: self._bind,
            commands.Queue.Unbind: self._unbind,
            commands.Queue.Purge: self._purge,
            commands.Queue.Delete: self._delete_queue,
            commands.Basic.Qos: self._qos,
            commands.Basic.Consume: self._consume,
            commands.Basic.Cancel: self._cancel,
            commands.Basic.Get: self._get,
            commands.Basic.Ack: self._ack,
            commands.Basic.Reject: self._reject,
            commands.Basic.Recover: self._recover,
            commands.Channel.Flow: self._flow,
        }

    def receive(self, frame: Frame) -> None:
        """Act on one frame of the peer; raises a fault or DroppedConnection."""
        if isinstance(frame, header.ContentHeader | body.ContentBody):
            self._content(frame)
        elif isinstance(frame, commands.Basic.Publish):
            self._incoming = _Incoming(frame)
        else:
            method = self._methods.get(type(frame))
            if method is None:
                raise ConnectionFaultError(NOT_IMPLEMENTED, f"{frame.name} is not implemented")
            answer = method(frame)
            if answer is not None and not getattr(frame, "nowait", False):
                self._peer.send(self._number, answer)
            if isinstance(frame, commands.Basic.Consume):
                # Deliveries follow the answer that names the consumer.
                self._host.queue(self._named(frame.queue), self._peer).dispatch()

    def may_deliver(self) -> bool:
        """Tell whether the prefetch window, the peer's flow and its socket leave room."""
        room = self._prefetch == 0 or len(self._unacknowledged) < self._prefetch
        return room and self._flowing and self._peer.writable()

    def remember(self, queue: Queue, message: Message) -> int:
        """Keep a delivered message until it is acknowledged and return its delivery tag."""
        self._delivered += 1
        self._unacknowledged[self._delivered] = (queue, message)
        return self._delivered

    def send_message(self, method: base.Frame, message: Message) -> None:
        """Send a method with the message's header and body, cut to the peer's frame size."""
        step = self._peer.frame_max - 8
        parts = (message.body[at : at + step] for at in range(0, len(message.body), step))
        head = header.ContentHeader(body_size=len(message.body), properties=message.properties)
        self._peer.send(self._number, method, head, *(body.ContentBody(part) for part in parts))

    def close(self) -> None:
        """Give back what is not acknowledged and end the consumers."""
        for tag in list(self._consumers):
            self._end_consumer(tag)
        self._requeue(list(self._unacknowledged))

    def _named(self, queue: str) -> str:
        # An empty name means the queue declared last on this channel.
        return queue or self._last_queue

    def _declare_exchange(self, frame: commands.Exchange.Declare) -> base.Frame:
        self._host.declare_exchange(frame.exchange, frame.exchange_type, passive=frame.passive)
        return commands.Exchange.DeclareOk()

    def _delete_exchange(self, frame: commands.Exchange.Delete) -> base.Frame:
        self._host.delete_exchange(frame.exchange)
        return commands.Exchange.DeleteOk()

    def _declare_queue(self, frame: commands.Queue.Declare) -> base.Frame:
        queue = self._host.declare_queue(
            self._named(frame.queue) if frame.passive else frame.queue,
            self._peer,
            passive=frame.passive,
            durable=frame.durable,
            exclusive=frame.exclusive,
            auto_delete=frame.auto_delete,
        )
        self._last_queue = queue.name
        return commands.Queue.DeclareOk(queue.name, len(queue.waiting), len(queue.consumers))

    def _bind(self, frame: commands.Queue.Bind) -> base.Frame:
        queue = self._host.queue(self._named(frame.queue), self._peer)
        self._host.bind(queue, frame.exchange, frame.routing_key or "")
        return commands.Queue.BindOk()

    def _unbind(self, frame: commands.Queue.Unbind) -> base.Frame:
        queue = self._host.queue(self._named(frame.queue), self._peer)
        self._host.unbind(queue, frame.exchange, frame.routing_key or "")
        return commands.Queue.UnbindOk()

    def _purge(self, frame: commands.Queue.Purge) -> base.Frame:
        queue = self._host.queue(self._named(frame.queue), self._peer)
        count = len(queue.waiting)
        queue.waiting.clear()
        return commands.Queue.PurgeOk(count)

    def _delete_queue(self, frame: commands.Queue.Delete) -> base.Frame:
        queue = self._host.queue(self._named(frame.queue), self._peer)
        if (frame.if_empty and queue.waiting) or (frame.if_unused and queue.consumers):
            raise ChannelFaultError(IN_USE, f"Queue {queue.name} is in use or not empty.")
        count = len(queue.waiting)
        self._host.delete_queue(queue)
        return commands.Queue.DeleteOk(count)

    def _qos(self, frame: commands.Basic.Qos) -> base.Frame:
        self._prefetch = frame.prefetch_count
        return commands.Basic.QosOk()

    def _consume(self, frame: commands.Basic.Consume) -> base.Frame:
        queue = self._host.queue(self._named(frame.queue), self._peer)
        if frame.no_ack:
            # Measured on 4.1.0: the broker throws and the connection is gone.
            log.error(_ENGINE, "ClassCastException: basic.consume without acknowledgement")
            raise DroppedConnection
        tag = frame.consumer_tag or f"sgen_{secrets.token_hex(4)}"
        if tag in self._consumers:
            raise ConnectionFaultError(COMMAND_INVALID, f"Non-unique consumer tag, '{tag}'")
        consumer = Consumer(self, tag, queue)
        self._consumers[tag] = consumer
        queue.consumers.append(consumer)
        return commands.Basic.ConsumeOk(tag)

    def _cancel(self, frame: commands.Basic.Cancel) -> base.Frame:
        tag = frame.consumer_tag or ""
        self._end_consumer(tag)
        return commands.Basic.CancelOk(tag)

    def _end_consumer(self, tag: str) -> None:
        consumer = self._consumers.pop(tag, None)
        if consumer is None:
            return
        queue = consumer.queue
        queue.consumers.remove(consumer)
        if queue.auto_delete and not queue.consumers:
            self._host.delete_queue(queue)

    def _get(self, frame: commands.Basic.Get) -> base.Frame | None:
        queue = self._host.queue(self._named(frame.queue), self._peer)
        if not queue.waiting:
            return commands.Basic.GetEmpty()
        message, redelivered = queue.waiting.popleft()
        tag = self.remember(queue, message)
        if frame.no_ack:
            del self._unacknowledged[tag]
        answer = commands.Basic.GetOk(
            tag, redelivered, message.exchange, message.routing_key, len(queue.waiting)
        )
        self.send_message(answer, message)
        return None

    def _tags(self, tag: int, *, multiple: bool) -> Sequence[int]:
        if multiple:
            return [each for each in self._unacknowledged if tag in {0, each} or each < tag]
        return [tag] if tag in self._unacknowledged else []

    def _ack(self, frame: commands.Basic.Ack) -> None:
        queues = {}
        for tag in self._tags(frame.delivery_tag or 0, multiple=frame.multiple):
            queue, _ = self._unacknowledged.pop(tag)
            queues[queue.name] = queue
        for queue in queues.values():
            queue.dispatch()

    def _reject(self, frame: commands.Basic.Reject) -> None:
        if frame.requeue:
            self._requeue(self._tags(frame.delivery_tag or 0, multiple=False))
        else:
            self._unacknowledged.pop(frame.delivery_tag or 0, None)

    def _recover(self, _frame: commands.Basic.Recover) -> base.Frame:
        self._requeue(list(self._unacknowledged))
        return commands.Basic.RecoverOk()

    def _requeue(self, tags: Sequence[int]) -> None:
        for queue, message in [self._unacknowledged.pop(tag) for tag in reversed(tags)]:
            queue.put(message, redelivered=True)

    def _flow(self, frame: commands.Channel.Flow) -> base.Frame:
        self._flowing = bool(frame.active)
        for consumer in self._consumers.values():
            consumer.queue.dispatch()
        return commands.Channel.FlowOk(frame.active)

    def _content(self, frame: header.ContentHeader | body.ContentBody) -> None:
        incoming = self._incoming
        if incoming is None:
            raise ConnectionFaultError(COMMAND_INVALID, "Content without a publish")
        if isinstance(frame, header.ContentHeader):
            if frame.body_size > _MESSAGE_LIMIT:
                raise ConnectionFaultError(RESOURCE_ERROR, "Message too large for a stand-in")
            incoming.head = frame
        else:
            incoming.body += frame.value
        if incoming.head is not None and len(incoming.body) >= incoming.head.body_size:
            self._incoming = None
            self._publish(incoming.publish, incoming.head, bytes(incoming.body))

    def _publish(
        self, frame: commands.Basic.Publish, head: header.ContentHeader, content: bytes
    ) -> None:
        key = (frame.routing_key or "").lower()
        message = Message(frame.exchange, key, head.properties, content)
        if not self._host.publish(message) and frame.mandatory:
            returned = commands.Basic.Return(NO_ROUTE, "No Route for message", frame.exchange, key)
            self.send_message(returned, message)
