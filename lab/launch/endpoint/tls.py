"""A far engine's socket on this machine, over TLS: plain HTTP goes in, one TLS connection each.

The SDK's own TLS knows no end of input: closing one direction would close both, and OpenSSL serves
only one thread at a time, while a command's input and output are two threads' matters.
"""

import select
import shutil
import socket
import ssl
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from lab.launch.endpoint.connection import NOTICES

_PIECE = 1 << 16  # bytes
_MUCH = 1 << 20  # bytes under way in one direction, then its source waits
_CONNECTS_WITHIN = 5.0  # seconds
_PORT = 2376
_KNOCK = b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n"
_GONE = select.POLLHUP | select.POLLERR


class TlsTunnel:
    """A socket that leads to an engine over TLS until closed; *path* is its place.

    Raises `OSError` when the engine isn't reached, or one of both doesn't trust the other.
    """

    def __init__(self, url: str, context: ssl.SSLContext) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "", place.port or _PORT
        self._context = context
        self._knock()
        self._folder = Path(tempfile.mkdtemp(prefix="lab-tls-"))
        self.path = self._folder / "engine.sock"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen(128)
        threading.Thread(target=self._serve, name="tls-tunnel", daemon=True).start()

    def close(self) -> None:
        """Take the socket away; connections end with those who opened them."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _knock(self) -> None:
        """Ask for something: an engine tells only then what it thinks of a certificate."""
        with (
            self._reach() as far,
            self._context.wrap_socket(far, server_hostname=self._host) as wrapped,
        ):
            with suppress(OSError):  # it may have hung up already: why is to be read
                wrapped.sendall(_KNOCK)
            if not wrapped.recv(1):
                _ended()

    def _reach(self) -> socket.socket:
        far = socket.create_connection((self._host, self._port), _CONNECTS_WITHIN)
        for option in NOTICES:
            far.setsockopt(*option)
        return far

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._lead, args=(near,), daemon=True).start()

    def _lead(self, near: socket.socket) -> None:
        # Whoever is at the near end sees a connection that broke.
        with near, suppress(OSError), self._reach() as far:
            _Passage(near, far, self._context, self._host).run()


class _Passage:
    """One connection: plain bytes at the near end, TLS at the far one, in one thread."""

    def __init__(
        self, near: socket.socket, far: socket.socket, context: ssl.SSLContext, host: str
    ) -> None:
        self._near, self._far = near, far
        self._received, self._sealed = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._sealed, server_hostname=host)
        self._to_far, self._to_near = bytearray(), bytearray()
        self._reads_near = self._reads_far = True

    def run(self) -> None:
        """Carry until the engine has said all, or either end has gone; raises `OSError`."""
        self._shake_hands()
        self._near.settimeout(0)
        self._far.settimeout(0)
        poll = select.poll()
        while self._reads_far or self._to_near:
            asks = self._reads_near and len(self._to_far) < _MUCH
            answers = self._reads_far and len(self._to_near) < _MUCH
            poll.register(self._near, _wanted(reads=asks, writes=bool(self._to_near)))
            poll.register(self._far, _wanted(reads=answers, writes=bool(self._to_far)))
            seen = dict(poll.poll())
            near, far = seen.get(self._near.fileno(), 0), seen.get(self._far.fileno(), 0)
            if near & _GONE and not near & select.POLLIN:
                return
            if far & (select.POLLIN | _GONE):
                self._take_from_far()
            if near & select.POLLIN:
                self._take_from_near()
            if far & select.POLLOUT:
                del self._to_far[: self._far.send(self._to_far)]
            if near & select.POLLOUT:
                del self._to_near[: self._near.send(self._to_near)]

    def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._far.sendall(self._sealed.read())
                self._received.write(self._far.recv(_PIECE) or _ended())
            else:
                return self._far.sendall(self._sealed.read())

    def _take_from_near(self) -> None:
        piece = memoryview(self._near.recv(_PIECE))
        self._reads_near = bool(piece)
        if not piece:  # the end of this direction alone
            with suppress(ssl.SSLWantReadError):
                self._tls.unwrap()
        while piece:
            piece = piece[self._tls.write(piece) :]
        self._to_far += self._sealed.read()

    def _take_from_far(self) -> None:
        piece = self._far.recv(_PIECE)
        if piece:
            self._received.write(piece)
        else:
            self._received.write_eof()
        try:
            while plain := self._tls.read(_PIECE):
                self._to_near += plain
            self._reads_far = False
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self._reads_far = False
        self._to_far += self._sealed.read()


def _wanted(*, reads: bool, writes: bool) -> int:
    return (select.POLLIN if reads else 0) | (select.POLLOUT if writes else 0)


def _ended() -> NoReturn:
    raise ConnectionError("the engine ended the connection")
