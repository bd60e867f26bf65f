import io
import socket
import struct
import threading

import pytest

from lab.launch.exec_stream import STDERR, STDOUT, ExecStream, next_frame


def frame(number: int, content: bytes) -> bytes:
    return struct.pack(">BxxxL", number, len(content)) + content


def test_frames_of_both_streams_come_one_by_one() -> None:
    reader = io.BytesIO(frame(STDOUT, b"out") + frame(STDERR, b"err") + frame(STDOUT, b""))
    assert next_frame(reader) == (STDOUT, b"out")
    assert next_frame(reader) == (STDERR, b"err")
    assert next_frame(reader) == (STDOUT, b"")
    assert next_frame(reader) is None


def test_an_end_in_mid_frame_is_an_end() -> None:
    whole = frame(STDOUT, b"hello")
    for length in range(len(whole)):
        assert next_frame(io.BytesIO(whole[:length])) is None


class Response:
    def __init__(self, reader: io.BufferedReader, connection: socket.socket) -> None:
        self._held = (reader, connection)

    def close(self) -> None:
        for each in self._held:
            each.close()


def stream() -> tuple[ExecStream, socket.socket]:
    here, there = socket.socketpair()
    reader = here.makefile("rb")
    return ExecStream(here, reader, Response(reader, here)), there


def test_closing_from_another_thread_ends_a_waiting_read() -> None:
    opened, there = stream()
    seen: list[object] = []
    reader = threading.Thread(target=lambda: seen.append(opened.read()))
    reader.start()
    opened.close()
    reader.join(timeout=5)
    there.close()
    assert seen == [None]


def test_output_can_still_be_read_after_the_input_was_ended() -> None:
    opened, there = stream()
    opened.write(b"question")
    opened.end_input()
    assert there.makefile("rb").read() == b"question"
    there.sendall(frame(STDOUT, b"answer"))
    assert opened.read() == (STDOUT, b"answer")
    opened.close()
    there.close()


def test_a_write_that_nobody_reads_fails_after_its_limit() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = ExecStream(ours, io.BytesIO(), None)
        stream.limit_writes(0.05)
        with pytest.raises(BlockingIOError):
            stream.write(b"x" * 10_000_000)
