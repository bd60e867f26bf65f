"""The frames of WSO2's binary data publisher.

A request is a type byte, a size and a body; an answer has no size. Integers are big-endian and
signed (carbon-analytics-common BinaryEventSender, BinaryDataReceiver).
"""

import struct
from enum import IntEnum


class Reply(IntEnum):
    """The first byte of an answer."""

    OK = 0
    ERROR = 1
    SESSION = 2


_LOGIN, _LOGOUT, _PUBLISH = 0, 1, 2


def login(username: str, password: str) -> bytes:
    """Ask for a session.

    The credentials must be ASCII: the agent counts characters and writes bytes. Raises
    `UnicodeEncodeError`.
    """
    user, secret = username.encode("ascii"), password.encode("ascii")
    return _request(_LOGIN, struct.pack(">ii", len(user), len(secret)) + user + secret)


def logout(session: str) -> bytes:
    """Give a session back."""
    return _request(_LOGOUT, _text(session))


def publish(session: str, events: tuple[bytes, ...] = ()) -> bytes:
    """Publish events made by `event`; none at all only asks whether the session counts here."""
    bundle = b"".join(struct.pack(">i", len(encoded)) + encoded for encoded in events)
    return _request(_PUBLISH, _text(session) + struct.pack(">i", len(events)) + bundle)


def event(stream_id: str, timestamp: int, payload: bytes) -> bytes:
    """Build one event of a stream with only payload data; *timestamp* is in milliseconds."""
    return struct.pack(">q", timestamp) + _text(stream_id) + payload


def text(value: str) -> bytes:
    """Encode a STRING attribute."""
    return _text(value)


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack(">i", len(encoded)) + encoded


def _request(kind: int, body: bytes) -> bytes:
    return struct.pack(">bi", kind, len(body)) + body
