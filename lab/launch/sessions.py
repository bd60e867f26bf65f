"""Several sessions behind the one channel: each opened beside, all lines in one queue."""

import queue
import threading
from collections.abc import Callable

from lab.errors import LabError
from lab.launch.channel import ExecChannel

_END = b""


class Sessions:
    """The receiving side of a channel over several sessions; who inherits it opens and sends."""

    def __init__(self) -> None:
        self._received: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._closed = False

    def receive(self) -> bytes:
        """Wait for the next line of any session; empty when the channel was closed.

        Raises `ConnectionError` when a session failed or could not be opened.
        """
        received = self._received.get()
        if isinstance(received, Exception):
            raise received
        return received

    def close(self) -> None:
        """End all sessions."""
        with self._guard:
            self._closed = True
            sessions = list(self._sessions.values())
        for session in sessions:
            session.close()
        self._received.put(_END)


class Session:
    """One session; opening it takes a moment, so that happens beside, in order."""

    def __init__(
        self,
        connect: Callable[[], ExecChannel],
        take: Callable[["Session", bytes | Exception], None],
    ) -> None:
        self._connect = connect
        self._take = take
        self._unsent: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="session-sender", daemon=True).start()

    def send(self, data: bytes) -> None:
        """Pass a message on, once the session is open."""
        self._unsent.put(data)

    def close(self) -> None:
        """End the session, after what was sent before."""
        self._unsent.put(_END)

    def _serve(self) -> None:
        try:
            channel = self._connect()
        except LabError as error:
            self._take(self, ConnectionError(str(error.problems[0].what)))
            return
        reader = threading.Thread(target=self._read, args=(channel,), daemon=True)
        reader.start()
        try:
            while data := self._unsent.get():
                channel.send(data)
        except OSError as error:
            self._take(self, ConnectionError(str(error)))
        channel.close()
        reader.join()

    def _read(self, channel: ExecChannel) -> None:
        try:
            while line := channel.receive():
                self._take(self, line)
        except ConnectionError as error:
            self._take(self, error)
