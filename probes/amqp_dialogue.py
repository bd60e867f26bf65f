"""Speaks AMQP 0-9-1 as a client on one connection, and says how the broker refuses."""

import struct
from typing import TypeVar

from pamqp import commands, frame, header
from pamqp.base import Frame
from pamqp.body import ContentBody
from pamqp.exceptions import UnmarshalingException
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from probes.connection import Connection
from probes.failure import LinkError
from probes.result import Outcome, Phase
from probes.trial import Trial

_METHOD, _HEADER, _BODY, _HEARTBEAT = 1, 2, 3, 8
_FRAME_HEAD = 7
_FRAME_LIMIT = 1 << 17
_CHANNEL = 1

# Andes closes with 530, RabbitMQ with 403; either may just close the socket (measured on 4.1.0).
_REFUSALS = (403, 530)

_Expected = TypeVar("_Expected", bound=Frame)


class Dialogue:
    """A connection to a broker with, after `open`, one channel."""

    def __init__(self, trial: Trial, connection: Connection) -> None:
        self._trial = trial
        self._connection = connection

    async def open(self, username: str, password: str, virtual_host: str) -> None:
        """Log in and open a channel. Raises `LinkError`."""
        self._trial.phases.enter(Phase.AUTH)
        await self._connection.send(header.ProtocolHeader(0, 9, 1).marshal())
        await self._log_in(username, password)
        self._trial.phases.enter(Phase.APP)
        self._trial.expected = f"virtual host {virtual_host}"
        await self.ask(
            commands.Connection.Open(virtual_host=virtual_host), commands.Connection.OpenOk, 0
        )
        await self.ask(commands.Channel.Open(), commands.Channel.OpenOk)

    async def ask(
        self, request: Frame, answer: type[_Expected], channel: int = _CHANNEL
    ) -> _Expected:
        """Send a method and await its answer. Raises `LinkError`."""
        await self.send(request, channel)
        return await self.expect(answer)

    async def send(self, request: Frame, channel: int = _CHANNEL) -> None:
        """Send a method that has no answer."""
        await self._connection.send(frame.marshal(request, channel))

    async def expect(self, answer: type[_Expected]) -> _Expected:
        """Await a method. Raises `LinkError` when the broker closes, or says something else."""
        received = await self._receive()
        if isinstance(received, answer):
            return received
        if isinstance(received, (commands.Connection.Close, commands.Channel.Close)):
            raise LinkError(Outcome.WRONG_ANSWER, _refusal(received))
        raise LinkError(Outcome.WRONG_ANSWER, f"{received.name} instead of {answer.name}")

    async def message(self) -> tuple[commands.Basic.Deliver, bytes]:
        """Await a delivery and give it with its body; the caller acknowledges it.

        Raises `LinkError`.
        """
        delivery = await self.expect(commands.Basic.Deliver)
        properties = await self._receive()
        if not isinstance(properties, ContentHeader):
            raise LinkError(Outcome.WRONG_PROTOCOL, "a delivery without its content header")
        body = b""
        while len(body) < properties.body_size:
            part = await self._receive()
            if not isinstance(part, ContentBody):
                raise LinkError(Outcome.WRONG_PROTOCOL, "a delivery without its whole body")
            body += part.value or b""
        return delivery, body

    async def close(self) -> None:
        """Take leave of the broker, so that it logs no lost client."""
        await self.send(commands.Connection.Close(200, "bye", 0, 0), 0)
        while not isinstance(await self._receive(), commands.Connection.CloseOk):
            pass  # deliveries under way

    async def _log_in(self, username: str, password: str) -> None:
        self._trial.expected = "an AMQP 0-9-1 broker that takes PLAIN"
        start = await self.expect(commands.Connection.Start)
        if "PLAIN" not in start.mechanisms.split():
            raise LinkError(Outcome.WRONG_ANSWER, f"a broker that takes only {start.mechanisms}")
        self._trial.expected = f"a login as {username}"
        await self.send(
            commands.Connection.StartOk(
                client_properties={
                    "product": "apim-lab probe",
                    "capabilities": {"authentication_failure_close": True},
                },
                mechanism="PLAIN",
                response=f"\0{username}\0{password}",
                locale="en_US",
            ),
            0,
        )
        tune = await self._await_tune()
        await self.send(commands.Connection.TuneOk(tune.channel_max, tune.frame_max, 0), 0)

    async def _await_tune(self) -> commands.Connection.Tune:
        try:
            received = await self._receive()
        except ConnectionError as error:
            raise LinkError(Outcome.CREDENTIALS_REFUSED, "closed after the login") from error
        except LinkError as error:
            if error.outcome is not Outcome.CLOSED:
                raise
            raise LinkError(Outcome.CREDENTIALS_REFUSED, "closed after the login") from error
        if isinstance(received, commands.Connection.Tune):
            return received
        if isinstance(received, commands.Connection.Close):
            refused = received.reply_code in _REFUSALS
            outcome = Outcome.CREDENTIALS_REFUSED if refused else Outcome.WRONG_ANSWER
            raise LinkError(outcome, _refusal(received))
        raise LinkError(Outcome.WRONG_ANSWER, f"{received.name} instead of Connection.Tune")

    async def _receive(self) -> Frame | ContentHeader | ContentBody:
        """Give the next frame that isn't a heartbeat. Raises `LinkError`."""
        while True:
            received = await self._read_frame()
            if not isinstance(received, Heartbeat):
                return received

    async def _read_frame(self) -> Frame | ContentHeader | ContentBody | Heartbeat:
        reader = self._connection.reader
        first = await reader.read(1)
        if not first:
            raise LinkError(Outcome.CLOSED, "closed by the broker")
        if first == b"A":
            await self._refuse_version(first)
        if first[0] not in (_METHOD, _HEADER, _BODY, _HEARTBEAT):
            raise LinkError(Outcome.WRONG_PROTOCOL, f"an answer that begins with {first!r}")
        try:
            head = first + await reader.readexactly(_FRAME_HEAD - 1)
            (size,) = struct.unpack(">I", head[3:])
            if size > _FRAME_LIMIT:
                raise LinkError(Outcome.WRONG_PROTOCOL, f"an answer that begins with {head!r}")
            whole = head + await reader.readexactly(size + 1)
            _, _, received = frame.unmarshal(whole)
        except UnmarshalingException as error:
            raise LinkError(Outcome.WRONG_PROTOCOL, f"no whole AMQP frame: {error}") from error
        if isinstance(received, header.ProtocolHeader):
            raise LinkError(Outcome.WRONG_PROTOCOL, "a protocol header inside the dialogue")
        return received

    async def _refuse_version(self, first: bytes) -> None:
        answer = first + await self._connection.reader.read(7)
        if answer.startswith(b"AMQP"):
            version = "-".join(str(number) for number in answer[4:])
            raise LinkError(Outcome.WRONG_PROTOCOL, f"a broker that speaks only AMQP {version}")
        raise LinkError(Outcome.WRONG_PROTOCOL, f"an answer that begins with {answer!r}")


def _refusal(close: commands.Connection.Close | commands.Channel.Close) -> str:
    return f"{close.reply_code} {close.reply_text}"
