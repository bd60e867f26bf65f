"""The binary receiver: logins, sessions and events on 9611 (plain) and 9711 (TLS) alike.

It answers as carbon-analytics-common BinaryDataReceiver does; what that class leaves unanswered
stays unanswered.
"""

import asyncio
import struct
import time
import uuid
from collections.abc import Callable

from standin import log
from standin.accounts import Accounts
from standin.databridge.streams import DecodeError, decode_event

_LOGIN, _LOGOUT, _PUBLISH = 0, 1, 2
_OK, _ERROR, _LOGGED_IN = b"\x00", b"\x01", b"\x02"
_FRAME_LIMIT = 16 * 1024 * 1024
_SESSION_SECONDS = 30 * 60.0
_EXCEPTIONS = "org.wso2.carbon.databridge.commons.exception."
_RECEIVER = "org.wso2.carbon.databridge.receiver.binary.internal.BinaryDataReceiver"
_DATABRIDGE = "org.wso2.carbon.databridge.core.DataBridge"
_AUTHENTICATOR = "org.wso2.carbon.databridge.core.internal.authentication.Authenticator"

Sink = Callable[[str, dict[str, object]], None]


class UnreadableFrameError(Exception):
    """A frame whose lengths don't fit: the product's worker dies or waits in silence."""


class Sessions:
    """The sessions of one node: each lasts a fixed time from its login, used or not."""

    def __init__(self, seconds: float = _SESSION_SECONDS) -> None:
        self._seconds = seconds
        self._opened: dict[str, float] = {}

    def open(self) -> str:
        """Return a new session's id."""
        session = str(uuid.uuid4())
        self._opened[session] = time.monotonic()
        return session

    def alive(self, session: str) -> bool:
        """Tell whether the session exists and has not expired."""
        opened = self._opened.get(session)
        if opened is not None and time.monotonic() - opened >= self._seconds:
            del self._opened[session]
            return False
        return opened is not None

    def close(self, session: str) -> None:
        """End a session, known or not."""
        self._opened.pop(session, None)


class Receiver:
    """Serves the two ports of one node; *sink* gets each event as stream id and payload."""

    def __init__(self, accounts: Accounts, sessions: Sessions, sink: Sink) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._sink = sink

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's frames until the peer closes it."""
        try:
            while True:
                answer = self._answer(*await _frame(reader))
                if answer:
                    writer.write(answer)
                    await writer.drain()
        except asyncio.IncompleteReadError as fault:
            if fault.partial:
                log.error(_RECEIVER, "Error while reading from the socket.")
        except (UnreadableFrameError, struct.error) as fault:
            log.error(_RECEIVER, f"Error while reading from the socket. {fault}")
            await _ignore(reader)

    def _answer(self, kind: int, body: bytes) -> bytes:
        answers: dict[int, Callable[[bytes], bytes]] = {
            _LOGIN: self._log_in,
            _LOGOUT: self._log_out,
            _PUBLISH: self._publish,
        }
        if kind not in answers:
            log.error(_RECEIVER, f"Message Type {kind} is not supported!")
            return b""
        return answers[kind](body)

    def _log_in(self, body: bytes) -> bytes:
        user_length, password_length = struct.unpack_from(">ii", body)
        if min(user_length, password_length) < 0 or 8 + user_length + password_length > len(body):
            raise UnreadableFrameError("login shorter than its lengths say")
        middle = 8 + user_length
        username = body[8:middle].decode("utf-8", "replace")
        password = body[middle : middle + password_length].decode("utf-8", "replace")
        # The product writes this line before it checks, so it proves nothing there either.
        log.info(_DATABRIDGE, f"user {username} connected")
        if not self._accounts.knows(username, password):
            log.error(_AUTHENTICATOR, "wrong userName or password")
            return _failure("AuthenticationException", "wrong userName or password")
        session = self._sessions.open().encode()
        return _LOGGED_IN + struct.pack(">i", len(session)) + session

    def _log_out(self, body: bytes) -> bytes:
        self._sessions.close(_session(body)[0])
        return _OK

    def _publish(self, body: bytes) -> bytes:
        session, at = _session(body)
        if not self._sessions.alive(session):
            return _failure("SessionTimeoutException", f"{session} expired")
        (count,) = struct.unpack_from(">i", body, at)
        at += 4
        if count * 4 > len(body) - at:
            raise UnreadableFrameError(f"no room for {count} events in the frame")
        for _ in range(count):
            (size,) = struct.unpack_from(">i", body, at)
            at += 4
            if not 0 <= size <= len(body) - at:
                raise UnreadableFrameError(f"event of {size} bytes reaches beyond the frame")
            self._take(body[at : at + size])
            at += size
        return _OK

    def _take(self, event: bytes) -> None:
        # The publisher has its answer whatever becomes of the event: it is decoded later there.
        try:
            self._sink(*decode_event(event))
        except DecodeError as fault:
            log.error(_RECEIVER, f"Error in converting the event: {fault}")


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind, size = struct.unpack(">bi", await reader.readexactly(5))
    if not 0 <= size <= _FRAME_LIMIT:
        raise UnreadableFrameError(f"frame of {size} bytes (a stand-in reads 16 MiB)")
    return kind, await reader.readexactly(size)


def _session(body: bytes) -> tuple[str, int]:
    (length,) = struct.unpack_from(">i", body)
    if length < 0 or 4 + length > len(body):
        raise UnreadableFrameError("session id reaches beyond the frame")
    return body[4 : 4 + length].decode("utf-8", "replace"), 4 + length


def _failure(name: str, message: str) -> bytes:
    class_name = (_EXCEPTIONS + name).encode()
    text = message.encode()
    return _ERROR + struct.pack(">ii", len(class_name), len(text)) + class_name + text


async def _ignore(reader: asyncio.StreamReader) -> None:
    """Read and drop until the peer closes: the product neither answers nor closes."""
    while await reader.read(65536):
        pass


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Serve a port that opens and says nothing to a modern client, as 8672 with its TLS 1.0."""
    await _ignore(reader)
