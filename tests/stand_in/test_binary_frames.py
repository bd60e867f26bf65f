"""The data publisher's receiver on frames whose own lengths lie."""

import asyncio
import struct
from types import SimpleNamespace

import pytest
from standin.databridge.receiver import Receiver, Sessions


async def answer_to(frame: bytes) -> tuple[bytes, list[object]]:
    """Give what a receiver answers to a frame's events, and the events that it took."""
    sessions, taken, written = Sessions(), [], bytearray()
    session = sessions.open().encode()
    body = struct.pack(">i", len(session)) + session + frame
    reader = asyncio.StreamReader()
    reader.feed_data(struct.pack(">bi", 2, len(body)) + body)
    reader.feed_eof()

    async def drain() -> None:
        pass

    writer = SimpleNamespace(write=written.extend, drain=drain)
    receiver = Receiver(SimpleNamespace(), sessions, lambda *event: taken.append(event))
    await receiver.serve(reader, writer)
    return bytes(written), taken


@pytest.mark.parametrize(
    "frame",
    [
        struct.pack(">ii", 2**31 - 1, -4),
        struct.pack(">ii", 1, -1),
        struct.pack(">ii", 2, 0),
        struct.pack(">ii", 1, 1),
        struct.pack(">i", 1),
    ],
    ids=["the same event for ever", "size -1", "count too large", "size too large", "no event"],
)
async def test_events_that_reach_beyond_their_frame_get_no_answer(frame: bytes) -> None:
    async with asyncio.timeout(2):
        assert await answer_to(frame) == (b"", [])


async def test_a_frame_without_events_is_answered() -> None:
    assert await answer_to(struct.pack(">i", 0)) == (b"\x00", [])
