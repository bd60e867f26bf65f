"""The talk with a prober session: whole lines over the streams of an exec'd process."""

from typing import Protocol

from lab.launch.engine import Engine
from lab.launch.exec_stream import STDOUT

SESSION = ("python3", "-m", "probes.session")
_STDERR_KEPT = 4096  # bytes


class Channel(Protocol):
    """A two-way stream of lines."""

    def send(self, data: bytes) -> None:
        """Write one message, newline included."""

    def receive(self) -> bytes:
        """Wait for the next line; empty when the session has ended."""

    def close(self) -> None:
        """End the session; a waiting `receive` returns."""


class ExecChannel:
    """One session in one prober container. One thread receives; any may send and close."""

    def __init__(self, engine: Engine, container: str) -> None:
        self._engine = engine
        self._exec, self._stream = engine.open_exec(container, SESSION)
        self._rest = b""
        self._lines: list[bytes] = []
        self._stderr = b""
        self._closing = False

    def send(self, data: bytes) -> None:
        """Write one message; raises `OSError` when the session has ended."""
        self._stream.write(data)

    def receive(self) -> bytes:
        """Wait for the next line; empty when the session has ended.

        Raises `ConnectionError` with the session's last words when it failed.
        """
        while not self._lines:
            frame = self._stream.read()
            if frame is None:
                return self._end()
            self._take(*frame)
        return self._lines.pop(0)

    def _take(self, number: int, content: bytes) -> None:
        if number != STDOUT:
            self._stderr = (self._stderr + content)[-_STDERR_KEPT:]
            return
        *lines, self._rest = (self._rest + content).split(b"\n")
        self._lines.extend(line + b"\n" for line in lines)

    def _end(self) -> bytes:
        if not self._closing and self._stderr.strip():
            last = self._stderr.decode(errors="replace").strip().splitlines()[-1]
            code = self._engine.exec_exit_code(self._exec)
            raise ConnectionError(f"the session failed with exit code {code}: {last}")
        return b""

    def close(self) -> None:
        """End the session: its stdin closes, and it ends by itself."""
        self._closing = True
        self._stream.end_input()
        self._stream.close()
