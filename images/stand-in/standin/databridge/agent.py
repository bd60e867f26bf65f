"""The node's own data publisher: logs in to a receiver group and sends it events."""

import asyncio
import contextlib
import ssl
import struct
import time
from collections.abc import Sequence
from typing import Any

from standin import log
from standin.configuration import Account
from standin.databridge.streams import encode_event
from standin.urls import Endpoint, Group

_WORKER = "org.wso2.carbon.databridge.agent.endpoint.DataEndpointConnectionWorker"
_GROUP = "org.wso2.carbon.databridge.agent.endpoint.DataEndpointGroup"
_SECONDS = 10.0
# The product tries again every 30 s; a stand-in sooner, so that a lab is quick.
_FIRST_RETRY, _LAST_RETRY = 0.25, 5.0


class RefusedError(Exception):
    """The receiver answered with an error frame."""


class Agent:
    """Publishes to one group: logs in at an authentication URL, sends to the receiver beside it."""

    def __init__(self, group: Group, account: Account, trust: ssl.SSLContext) -> None:
        self._group = group
        self._account = account
        self._trust = trust
        self._session: tuple[str, Endpoint] | None = None
        self._lock = asyncio.Lock()

    async def keep_logged_in(self) -> None:
        """Log in, trying until it succeeds; each failure is logged as the product logs it."""
        pause = _FIRST_RETRY
        while True:
            async with self._lock:
                if await self._log_in():
                    return
            log.warn(
                _GROUP,
                f"No receiver is reachable at URL Endpoint/Endpoints {self._names()}, "
                "will try to reconnect every 30 sec (stand-in: sooner)",
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_RETRY)

    async def publish(self, stream_id: str, values: Sequence[Any]) -> None:
        """Send one event; on a failure it is lost and an error logged, as in the product."""
        event = encode_event(stream_id, int(time.time() * 1000), values)
        async with self._lock:
            for _ in range(2):
                if self._session is None and not await self._log_in():
                    return
                try:
                    await self._send(event)
                except RefusedError:
                    self._session = None  # expired: once more with a session of today
                except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
                    log.error(_GROUP, f"Unable to send events to {self._names()}: {fault!r}")
                    self._session = None
                    return
                else:
                    return

    def _names(self) -> str:
        return ", ".join(str(each) for each in self._group.receivers)

    async def _log_in(self) -> bool:
        for receiver, authenticator in zip(
            self._group.receivers, self._group.authenticators, strict=False
        ):
            try:
                session = await self._ask_session(authenticator)
            except RefusedError as fault:
                self._log_failure("DataEndpointLoginException", authenticator, str(fault))
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
                self._log_failure("DataEndpointAuthenticationException", authenticator, repr(fault))
            else:
                self._session = (session, receiver)
                log.info(_WORKER, f"stand-in agent: logged in at {authenticator} for {receiver}")
                return True
        return False

    def _log_failure(self, name: str, authenticator: Endpoint, reason: str) -> None:
        log.error(
            _WORKER,
            "Error while trying to connect to the endpoint. "
            f"Cannot borrow client for {authenticator}: {name}: {reason}",
        )

    async def _ask_session(self, authenticator: Endpoint) -> str:
        username = self._account.username.encode()
        password = self._account.password.encode()
        body = struct.pack(">ii", len(username), len(password)) + username + password
        answer = await self._exchange(authenticator, 0, body)
        return answer.decode()

    async def _send(self, event: bytes) -> None:
        assert self._session is not None  # noqa: S101 - the caller has just made sure
        session, receiver = self._session
        name = session.encode()
        head = struct.pack(">i", len(name)) + name + struct.pack(">i", 1)
        await self._exchange(receiver, 2, head + struct.pack(">i", len(event)) + event)

    async def _exchange(self, endpoint: Endpoint, kind: int, body: bytes) -> bytes:
        tls = self._trust if endpoint.scheme == "ssl" else None
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(
                endpoint.host,
                endpoint.port,
                ssl=tls,
                server_hostname=endpoint.host if tls else None,
            )
            try:
                writer.write(struct.pack(">bi", kind, len(body)) + body)
                return await _answer(reader)
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    kind = await reader.readexactly(1)
    if kind == b"\x00":
        return b""
    if kind == b"\x02":
        (length,) = struct.unpack(">i", await reader.readexactly(4))
        return await reader.readexactly(length)
    name_length, text_length = struct.unpack(">ii", await reader.readexactly(8))
    await reader.readexactly(name_length)
    raise RefusedError((await reader.readexactly(text_length)).decode("utf-8", "replace"))
