"""The frames of thrift's binary protocol, as far as a probe speaks it (strict, unframed)."""

import struct

CALL, REPLY, EXCEPTION = 1, 2, 3
STRING, STOP = 11, 0

_VERSION = 0x80010000
_VERSION_MASK = 0xFFFF0000


def call(method: str, number: int) -> bytes:
    """Give a call of *method* without arguments."""
    name = method.encode()
    head = struct.pack(">Ii", _VERSION | CALL, len(name))
    return head + name + struct.pack(">ib", number, STOP)


def message_kind(word: int) -> int | None:
    """Give what a message is by its first word, `None` when it is no strict thrift message."""
    return word & 0xFF if word & _VERSION_MASK == _VERSION else None
