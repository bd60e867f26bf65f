"""A process in a container, with its three streams on one connection to the engine."""

import contextlib
import socket
import struct
from typing import Any, Protocol

STDOUT, STDERR = 1, 2
_HEADER = struct.Struct(">BxxxL")


class Reader(Protocol):
    """What the frames are read from: it may hold bytes that came with the answer's headers."""

    def read(self, size: int, /) -> bytes:
        """Read *size* bytes, fewer only at the end."""


def next_frame(reader: Reader) -> tuple[int, bytes] | None:
    """Read one frame, the stream's number and its bytes; None at the end, also in mid-frame."""
    header = reader.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    number, length = _HEADER.unpack(header)
    payload = reader.read(length)
    return (number, payload) if len(payload) == length else None


class ExecStream:
    """The streams of one exec'd process. One thread may write while another reads."""

    def __init__(self, connection: socket.socket, reader: Reader, response: Any) -> None:
        self._connection = connection
        self._reader = reader
        self._response = response

    def write(self, content: bytes) -> None:
        """Write to the process's stdin; raises `OSError` when it has gone."""
        self._connection.sendall(content)

    def limit_writes(self, seconds: float) -> None:
        """Let a write fail with `OSError` when nobody has read for so long; reads still wait."""
        whole, part = divmod(seconds, 1)
        limit = struct.pack("ll", int(whole), int(part * 1_000_000))
        with contextlib.suppress(OSError, AttributeError):  # a pipe, or TLS: it has no such limit
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def end_input(self) -> None:
        """Close the process's stdin and leave its output open."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def read(self) -> tuple[int, bytes] | None:
        """Wait for the next piece of output with its stream's number; None at the end."""
        try:
            return next_frame(self._reader)
        except (OSError, ValueError):  # closed by another thread, or the engine has gone
            return None

    def close(self) -> None:
        """Give the connection up; a reader in another thread sees the end."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._response.close()
