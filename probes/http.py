"""Probes an HTTP or HTTPS endpoint with the target's requests; a WebSocket port by `/health`."""

import base64
import string
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import h11

from probes.connection import Connection
from probes.failure import LinkError
from probes.result import Outcome, Phase
from probes.target import HttpRequest, Protocol
from probes.trial import Trial

# The gateway's Netty inbound answers this on its WebSocket ports (measured on 4.1.0).
_WEBSOCKET_HEALTH = HttpRequest("GET", "/health", (200,))

_BODY_LIMIT = 1 << 20
_SEEN_LIMIT = 4000  # cut further once it holds no credential
_UNAUTHORIZED = 401
_START_OF_ANSWER = b"HTTP/"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, with at most the first megabyte of its body."""

    status: int
    body: str

    def __str__(self) -> str:
        """Give status and the body's beginning."""
        return f"{self.status} {self.body[:_SEEN_LIMIT]}".rstrip()


async def ask(trial: Trial) -> str:
    """Send the target's requests in order over plain TCP."""
    target = trial.target
    return await _ask_all(trial, lambda: trial.connect(target.host, target.port))


async def ask_over_tls(trial: Trial) -> str:
    """Send the target's requests in order over TLS."""
    target = trial.target
    return await _ask_all(trial, lambda: trial.connect_tls(target.host, target.port))


class Conversation:
    """The requests and answers of one connection."""

    def __init__(self, trial: Trial, connection: Connection) -> None:
        self._trial = trial
        self._connection = connection
        self._state = h11.Connection(h11.CLIENT)
        self._heard = b""
        self._has_ended = False

    @property
    def is_over(self) -> bool:
        """Tell whether the server wants no further request on this connection."""
        return self._state.our_state is not h11.IDLE

    async def ask(self, request: HttpRequest) -> Answer:
        """Send one request and give its answer. Raises `LinkError`."""
        phases = self._trial.phases
        phases.enter(Phase.AUTH if request.authenticated else Phase.APP)
        await self._send(request)
        try:
            status = await self._status()
            if not (request.authenticated and status == _UNAUTHORIZED):
                phases.enter(Phase.APP)
            answer = Answer(status, await self._body())
        except h11.RemoteProtocolError as error:
            if self._has_ended:
                raise LinkError(Outcome.CLOSED, "closed within its answer") from error
            raise LinkError(Outcome.WRONG_PROTOCOL, f"no HTTP answer: {error}") from error
        if self._state.our_state is h11.DONE and self._state.their_state is h11.DONE:
            self._state.start_next_cycle()
        return answer

    async def _send(self, request: HttpRequest) -> None:
        body = request.body.encode()
        headers = [("Host", self._trial.endpoint), ("Accept", "*/*"), *request.headers]
        if request.authenticated:
            headers.append(("Authorization", _basic(self._trial)))
        if body:
            headers.append(("Content-Length", str(len(body))))
        self._heard = b""
        path = quote(request.path, safe=string.punctuation)
        try:
            head = self._state.send(
                h11.Request(method=request.method, target=path, headers=headers)
            )
        except (h11.LocalProtocolError, UnicodeEncodeError) as error:
            why = f"no HTTP request can be made of the path and the headers: {type(error).__name__}"
            raise LinkError(Outcome.WRONG_PROTOCOL, why) from error
        content = self._state.send(h11.Data(data=body)) if body else b""
        end = self._state.send(h11.EndOfMessage())
        await self._connection.send((head or b"") + (content or b"") + (end or b""))

    async def _status(self) -> int:
        while not isinstance(event := await self._next_event(), h11.Response):
            pass  # a provisional answer
        return event.status_code

    async def _body(self) -> str:
        body = b""
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data
            if len(body) > _BODY_LIMIT:
                break
        return body.decode(errors="replace")

    async def _next_event(self) -> h11.Event:
        while True:
            event = self._state.next_event()
            if event is h11.NEED_DATA:
                self._state.receive_data(await self._listen())
            elif isinstance(event, h11.Event):
                return event

    async def _listen(self) -> bytes:
        data = await self._connection.reader.read(1 << 16)
        self._has_ended = not data
        if not data and not self._heard:
            raise LinkError(Outcome.CLOSED, "closed without an answer to the request")
        self._heard += data[: len(_START_OF_ANSWER) - len(self._heard)]
        if not _START_OF_ANSWER.startswith(self._heard):
            raise LinkError(Outcome.WRONG_PROTOCOL, f"no HTTP answer: {data[:60]!r}")
        return data


def judge(request: HttpRequest, answer: Answer) -> None:
    """Compare an answer with what its request expects. Raises `LinkError`."""
    if (
        answer.status == _UNAUTHORIZED
        and request.authenticated
        and answer.status not in request.expect
    ):
        raise LinkError(Outcome.CREDENTIALS_REFUSED, str(answer))
    if answer.status not in request.expect or request.contains not in answer.body:
        raise LinkError(Outcome.WRONG_ANSWER, str(answer))


def expectation(request: HttpRequest) -> str:
    """Say what *request* is asked for."""
    statuses = " or ".join(str(status) for status in request.expect)
    holding = f" holding {request.contains!r}" if request.contains else ""
    return f"{statuses}{holding} for {request.method} {request.path}"


async def _ask_all(trial: Trial, connect: Callable[[], Awaitable[Connection]]) -> str:
    requests = trial.target.requests
    if not requests and trial.target.protocol in (Protocol.WS, Protocol.WSS):
        requests = (_WEBSOCKET_HEALTH,)
    return await ask_in_order(trial, requests, connect, judge)


async def ask_in_order(
    trial: Trial,
    requests: Sequence[HttpRequest],
    connect: Callable[[], Awaitable[Connection]],
    compare: Callable[[HttpRequest, Answer], None],
) -> str:
    """Send *requests* on as few connections as the server allows, each answer *compared*."""
    conversation = Conversation(trial, await connect())
    statuses = []
    for request in requests:
        if conversation.is_over:
            conversation = Conversation(trial, await connect())
        trial.expected = expectation(request)
        answer = await conversation.ask(request)
        compare(request, answer)
        statuses.append(f"{answer.status} for {request.method} {request.path}")
    return ", ".join(statuses) or "connected"


def _basic(trial: Trial) -> str:
    credentials = f"{trial.target.username}:{trial.target.password}".encode()
    return f"Basic {base64.b64encode(credentials).decode()}"
