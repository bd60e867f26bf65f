"""Exchanges, queues and bindings of the broker's one virtual host: which message goes where."""

import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from pamqp import commands

from standin.broker.faults import (
    ALREADY_EXISTS,
    NOT_ALLOWED,
    NOT_FOUND,
    ChannelFaultError,
    ConnectionFaultError,
)

_QUEUE_LIMIT = 10_000
_PREDECLARED = {
    "": "direct",
    "amq.direct": "direct",
    "amq.topic": "topic",
    "amq.fanout": "fanout",
    "amq.match": "headers",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it was published; the routing key is lower case."""

    exchange: str
    routing_key: str
    properties: commands.Basic.Properties
    body: bytes


class Subscriber(Protocol):
    """What a queue delivers to: one consumer of one channel."""

    def ready(self) -> bool:
        """Tell whether another message may be delivered."""

    def deliver(self, queue: "Queue", message: Message, *, redelivered: bool) -> None:
        """Send the message to the peer."""


@dataclass(slots=True, eq=False)
class Queue:
    """A queue with its waiting messages and its consumers; *owner* holds an exclusive one."""

    name: str
    durable: bool
    auto_delete: bool
    owner: object | None
    waiting: deque[tuple[Message, bool]] = field(default_factory=deque)
    consumers: list[Subscriber] = field(default_factory=list)

    def put(self, message: Message, *, redelivered: bool = False) -> None:
        """Add a message, in front when it comes back, and deliver what can be delivered."""
        if redelivered:
            self.waiting.appendleft((message, True))
        else:
            self.waiting.append((message, False))
        if len(self.waiting) > _QUEUE_LIMIT:
            self.waiting.popleft()
        self.dispatch()

    def dispatch(self) -> None:
        """Deliver waiting messages to ready consumers in turn."""
        while self.waiting:
            ready = next((each for each in self.consumers if each.ready()), None)
            if ready is None:
                return
            self.consumers.remove(ready)
            self.consumers.append(ready)
            message, redelivered = self.waiting.popleft()
            ready.deliver(self, message, redelivered=redelivered)


class VirtualHost:
    """The exchanges, queues and bindings that every connection shares."""

    def __init__(self) -> None:
        self._exchanges = dict(_PREDECLARED)
        self._queues: dict[str, Queue] = {}
        self._bindings: set[tuple[str, str, str]] = set()

    def declare_exchange(self, name: str, kind: str, *, passive: bool) -> None:
        """Make sure that the exchange is there; raises a fault when it can't be so."""
        known = self._exchanges.get(name)
        if known is None and passive:
            raise ChannelFaultError(NOT_FOUND, f"Unknown exchange: {name}")
        if known is None:
            self._exchanges[name] = kind
        elif not passive and kind and known != kind:
            raise ConnectionFaultError(
                NOT_ALLOWED,
                f"Attempt to redeclare exchange: {name} of type {known} to {kind}.",
            )

    def delete_exchange(self, name: str) -> None:
        """Remove an exchange and its bindings; raises ChannelFaultError for an unknown one."""
        if name not in self._exchanges:
            raise ChannelFaultError(NOT_FOUND, f"No such exchange: {name}")
        if name in _PREDECLARED:
            raise ConnectionFaultError(NOT_ALLOWED, f"Exchange {name} cannot be deleted")
        del self._exchanges[name]
        self._bindings = {each for each in self._bindings if each[0] != name}

    def declare_queue(
        self,
        asked: str,
        owner: object,
        *,
        passive: bool,
        durable: bool,
        exclusive: bool,
        auto_delete: bool,
    ) -> Queue:
        """Return the queue, made if need be; the broker lower-cases its name."""
        name = asked.lower() or f"tmp_{secrets.token_hex(16)}"
        queue = self._queues.get(name)
        if queue is None and passive:
            raise ChannelFaultError(NOT_FOUND, f"Queue: {name} not found on VirtualHost(carbon).")
        if queue is None:
            queue = Queue(name, durable, auto_delete, owner if exclusive else None)
            self._queues[name] = queue
            return queue
        self._refuse_foreign(queue, owner)
        same = (queue.durable, queue.auto_delete, queue.owner is not None)
        if not passive and same != (durable, auto_delete, exclusive):
            raise ChannelFaultError(
                ALREADY_EXISTS, f"Cannot re-declare queue '{name}' with different flags"
            )
        return queue

    def queue(self, asked: str, owner: object) -> Queue:
        """Return an existing queue that *owner* may use; raises a fault."""
        queue = self._queues.get(asked.lower())
        if queue is None:
            raise ChannelFaultError(NOT_FOUND, f"Queue {asked.lower()} does not exist.")
        self._refuse_foreign(queue, owner)
        return queue

    def _refuse_foreign(self, queue: Queue, owner: object) -> None:
        if queue.owner is not None and queue.owner is not owner:
            raise ConnectionFaultError(
                NOT_ALLOWED,
                f"Queue {queue.name} is exclusive, but not created on this Connection.",
            )

    def bind(self, queue: Queue, exchange: str, key: str) -> None:
        """Bind *queue* to *exchange* with a key, lower-cased; raises ChannelFaultError."""
        if exchange not in self._exchanges:
            raise ChannelFaultError(NOT_FOUND, f"Exchange {exchange} does not exist.")
        self._bindings.add((exchange, key.lower(), queue.name))

    def unbind(self, queue: Queue, exchange: str, key: str) -> None:
        """Take a binding away; raises ChannelFaultError when there is no such exchange."""
        if exchange not in self._exchanges:
            raise ChannelFaultError(NOT_FOUND, f"Exchange {exchange} does not exist.")
        self._bindings.discard((exchange, key.lower(), queue.name))

    def delete_queue(self, queue: Queue) -> None:
        """Remove a queue and its bindings."""
        self._queues.pop(queue.name, None)
        self._bindings = {each for each in self._bindings if each[2] != queue.name}

    def release(self, owner: object) -> None:
        """Remove the exclusive queues of a connection that ended."""
        for queue in [each for each in self._queues.values() if each.owner is owner]:
            self.delete_queue(queue)

    def publish(self, message: Message) -> bool:
        """Put *message* into every queue it is routed to; tell whether there was one."""
        kind = self._exchanges.get(message.exchange)
        if kind is None:
            raise ChannelFaultError(NOT_FOUND, f"Unknown exchange name {message.exchange}")
        if not message.exchange:
            names = {message.routing_key} & self._queues.keys()
        else:
            names = {
                name
                for exchange, key, name in self._bindings
                if exchange == message.exchange and _matches(kind, key, message.routing_key)
            }
        for name in names:
            self._queues[name].put(message)
        return bool(names)


def _matches(kind: str, binding: str, key: str) -> bool:
    if kind == "topic":
        return topic_matches(binding, key)
    return kind == "fanout" or binding == key


def topic_matches(pattern: str, key: str) -> bool:
    """Tell whether a topic *pattern* (`*` one word, `#` any number of words) covers *key*."""
    return _words_match(pattern.split("."), key.split("."))


def _words_match(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_words_match(pattern[1:], words[skip:]) for skip in range(len(words) + 1))
    return bool(words) and pattern[0] in {"*", words[0]} and _words_match(pattern[1:], words[1:])
