"""Thrift's binary protocol: strict messages without frames, as libthrift writes them."""

import asyncio
import struct
from dataclasses import dataclass
from typing import Any

CALL, REPLY, EXCEPTION = 1, 2, 3
STOP, BOOL, I32, I64, STRING, STRUCT, LIST = 0, 2, 8, 10, 11, 12, 15
UNKNOWN_METHOD = 1

_VERSION, _VERSION_MASK = 0x80010000, 0xFFFF0000
_SIZES = {BOOL: 1, 3: 1, 4: 8, 6: 2, I32: 4, I64: 8}
_MAP, _SET = 13, 14
_TEXT_LIMIT, _ITEM_LIMIT, _DEPTH = 1 << 20, 10_000, 16


class ThriftError(ValueError):
    """Bytes that are no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; *fields* are those of its struct, by their numbers."""

    kind: int
    method: str
    number: int
    fields: dict[int, Any]


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Return the next message; raises ThriftError, IncompleteReadError."""
    (word,) = struct.unpack(">I", await reader.readexactly(4))
    if word & _VERSION_MASK != _VERSION:
        raise ThriftError(f"Missing version in readMessageBegin, old client? ({word:#010x})")
    method = (await _bytes(reader)).decode("utf-8", "replace")
    (number,) = struct.unpack(">i", await reader.readexactly(4))
    return Message(word & 0xFF, method, number, await _struct(reader, 0))


def message(kind: int, method: str, number: int, *fields: bytes) -> bytes:
    """Return a message whose struct has *fields*."""
    return (
        struct.pack(">I", _VERSION | kind)
        + text(method)
        + struct.pack(">i", number)
        + (structure(*fields))
    )


def field(kind: int, number: int, value: bytes) -> bytes:
    """Return one field of a struct."""
    return struct.pack(">bh", kind, number) + value


def structure(*fields: bytes) -> bytes:
    """Return a struct."""
    return b"".join(fields) + bytes((STOP,))


def text(value: str) -> bytes:
    """Return a string."""
    content = value.encode()
    return struct.pack(">i", len(content)) + content


def refusal(call: Message, words: str) -> bytes:
    """Return a TApplicationException: what libthrift answers to an unknown method."""
    told = field(STRING, 1, text(words)), field(I32, 2, struct.pack(">i", UNKNOWN_METHOD))
    return message(EXCEPTION, call.method, call.number, *told)


async def _struct(reader: asyncio.StreamReader, depth: int) -> dict[int, Any]:
    found: dict[int, Any] = {}
    while (kind := (await reader.readexactly(1))[0]) != STOP:
        (number,) = struct.unpack(">h", await reader.readexactly(2))
        found[number] = await _value(reader, kind, depth + 1)
    return found


async def _value(reader: asyncio.StreamReader, kind: int, depth: int) -> Any:
    if depth > _DEPTH:
        raise ThriftError("nested too deeply")
    if kind in _SIZES:
        content = await reader.readexactly(_SIZES[kind])
        return int.from_bytes(content, "big", signed=True)
    if kind == STRING:
        return (await _bytes(reader)).decode("utf-8", "replace")
    if kind == STRUCT:
        return await _struct(reader, depth)
    if kind not in (LIST, _SET, _MAP):
        raise ThriftError(f"an unknown type {kind}")
    kinds = await reader.readexactly(2 if kind == _MAP else 1)
    items = await _count(reader, _ITEM_LIMIT)
    return [await _value(reader, each, depth + 1) for _ in range(items) for each in kinds]


async def _bytes(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(await _count(reader, _TEXT_LIMIT))


async def _count(reader: asyncio.StreamReader, limit: int) -> int:
    (size,) = struct.unpack(">i", await reader.readexactly(4))
    if not 0 <= size <= limit:
        raise ThriftError(f"a size of {size}")
    return int(size)
