"""The talk with a prober session: whole lines over the streams of an exec'd process."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from lab.errors import LabError
from lab.launch.engine import Engine
from lab.launch.exec_stream import STDOUT
from lab.launch.labels import LAB

if TYPE_CHECKING:
    from lab.launch.streams import EventStream

SESSION = ("python3", "-m", "probes.session")
_STDERR_KEPT = 4096  # bytes
_DEATH_TOLD = 2.0  # seconds; some engines end the streams of a dead container before they tell
_READ_AT_ONCE = 30.0  # seconds; on a busy machine 32 nodes' vantages took more than five


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
        self._stream.limit_writes(_READ_AT_ONCE)
        self._rest = b""
        self._lines: list[bytes] = []
        self._stderr = b""
        self._closing = False
        self._died = threading.Event()
        self._death = _Death(engine, container, self._die)

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

    def _die(self) -> None:
        self._died.set()
        self._stream.close()

    def _end(self) -> bytes:
        if self._closing:
            return b""
        words = self._stderr.decode(errors="replace").strip()
        if self._died.wait(0 if words else _DEATH_TOLD):
            raise ConnectionError("its container has ended")
        if words:
            code = self._engine.exec_exit_code(self._exec)
            last = words.splitlines()[-1]
            raise ConnectionError(f"the session failed with exit code {code}: {last}")
        return b""

    def close(self) -> None:
        """End the session: its stdin closes, and it ends by itself."""
        self._closing = True
        self._death.forget()
        self._stream.end_input()
        self._stream.close()


class _Death:
    """Calls back when a container ends: many an engine leaves the streams of its execs open."""

    def __init__(self, engine: Engine, container: str, ended: Callable[[], None]) -> None:
        self._engine = engine
        self._container = container
        self._ended = ended
        self._guard = threading.Lock()
        self._events: EventStream | None = None
        self._is_forgotten = False
        threading.Thread(target=self._watch, name="prober-death", daemon=True).start()

    def forget(self) -> None:
        """Call nobody any more."""
        with self._guard:
            self._is_forgotten = True
            events = self._events
        if events is not None:
            events.close()

    def _watch(self) -> None:
        try:
            if self._wait():
                self._ended()
        except (LabError, OSError, ValueError):  # the engine has gone, and the session with it
            if not self._is_forgotten:
                self._ended()

    def _wait(self) -> bool:
        """Wait for the container's end; tell whether it came."""
        seen = self._engine.inspect(self._container)
        events = self._engine.events(f"{LAB}={seen.labels[LAB]}", ("die",))
        with self._guard:
            self._events = events
            if self._is_forgotten:
                events.close()
                return False
        # It may have ended before the events were listened to.
        if self._engine.inspect(seen.id).status != "running":
            return True
        return any(event.id == seen.id for event in events)
