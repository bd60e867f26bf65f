"""The gate's talk with the prober: vantages and targets in, results and opened ports out."""

import asyncio
import dataclasses
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from lab.errors import LabError, Problem
from lab.gate.host import HostVantage
from lab.wiring.published import HOST
from probes.result import Result, result_from_json
from probes.target import Target

OnPorts = Callable[[str, frozenset[int]], None]

# More attempts at one moment only slow each other, on two cores up to their own time-out.
_AT_ONCE = 64
_UNTIL_TOLD = 1.0  # seconds, for the first word on what a place listens on

_Piece = TypeVar("_Piece")


class Channel(Protocol):
    """A two-way stream of lines to a prober session; `launch` opens it."""

    def send(self, data: bytes) -> None:
        """Write one message, newline included."""

    def receive(self) -> bytes:
        """Wait for the next line; empty when the session has ended."""

    def close(self) -> None:
        """End the session; a waiting `receive` returns."""


@dataclass(frozen=True, slots=True)
class Vantage:
    """A place to dial from: the network of a member's process."""

    name: str
    pid: int
    container: str  # the full id, by which the prober knows that the pid is the lab's
    trust: str = ""  # PEM of the CA that the node trusts


class ProberSession:
    """One session in the prober; `async with` opens it and ends it.

    Messages come on a thread of their own, as the channel blocks; the event loop handles them.
    Every waiting question gets a `LabError` when the session ends early. What the host dials goes
    to *host* instead. *turns* are what an attempt takes one of while it is under way.
    """

    def __init__(self, channel: Channel, host: HostVantage | None = None) -> None:
        self._host = host
        self.turns = asyncio.Semaphore(_AT_ONCE)
        self.on_ports: OnPorts = lambda _vantage, _ports: None
        self._channel = channel
        self._listening: dict[str, asyncio.Future[frozenset[int]]] = {}
        self._loop: asyncio.AbstractEventLoop
        self._pending: dict[str, asyncio.Future[Result]] = {}
        self._asked = 0
        self._failure: LabError | None = None
        self._reader = threading.Thread(target=self._read, name="prober-session", daemon=True)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._reader.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._channel.close()

    def give_up(self) -> None:
        """End the session if nobody has entered it, who would end it."""
        if self._reader.ident is None:
            self._channel.close()

    def define(self, vantage: Vantage) -> None:
        """Name a place to dial from; a known name is replaced (a node that was started again)."""
        self._listening[vantage.name] = self._loop.create_future()
        self._send({"type": "vantage", **dataclasses.asdict(vantage)})

    async def ask(self, vantage: str, target: Target) -> Result:
        """Have one attempt made from *vantage*; raises `LabError` when the session is over."""
        if vantage == HOST and self._host is not None:
            return await self._host.ask(target)
        self._asked += 1
        # An answer to an attempt that was given up must not pass for the next one's.
        wire = f"{target.id}#{self._asked}"
        answer: asyncio.Future[Result] = self._loop.create_future()
        self._pending[wire] = answer
        try:
            asked = dataclasses.replace(target, id=wire).to_json()
            self._send({"type": "probe", "vantage": vantage, "target": asked})
            result = await answer
        finally:
            del self._pending[wire]
        return dataclasses.replace(result, id=target.id)

    async def ports_of(self, vantage: str) -> frozenset[int]:
        """Give the ports that a place listens on as it was told last; none of an unknown place.

        The prober tells them within moments of a place's definition.
        """
        told = self._listening.get(vantage)
        if told is None:
            return frozenset()
        await asyncio.wait((told,), timeout=_UNTIL_TOLD)
        return told.result() if told.done() else frozenset()

    def _note_ports(self, vantage: str, ports: frozenset[int]) -> None:
        told = self._listening.get(vantage)
        if told is None or told.done():
            told = self._listening[vantage] = self._loop.create_future()
        told.set_result(ports)
        self.on_ports(vantage, ports)

    def _send(self, message: dict[str, Any]) -> None:
        if self._failure is not None:
            raise self._failure
        try:
            self._channel.send(json.dumps(message).encode() + b"\n")
        except OSError as failure:
            raise _session_ended(str(failure)) from failure

    def _read(self) -> None:
        why = "it closed its end"
        try:
            while line := self._channel.receive():
                self._hand_over(self._take, line)
        except (OSError, ValueError) as failure:
            why = str(failure)
        self._hand_over(self._end, _session_ended(why))

    def _hand_over(self, take: Callable[[_Piece], None], piece: _Piece) -> None:
        try:
            self._loop.call_soon_threadsafe(take, piece)
        except RuntimeError:
            if not self._loop.is_closed():  # else nobody waits any more
                raise

    def _take(self, line: bytes) -> None:
        message = json.loads(line)
        match message["type"]:
            case "result":
                result = result_from_json(message["result"])
                answer = self._pending.get(result.id)
                if answer is not None and not answer.done():
                    answer.set_result(result)
            case "listening":
                self._note_ports(message["vantage"], frozenset(message["ports"]))
            case "error":
                self._end(_broken(message["what"]))

    def _end(self, failure: LabError) -> None:
        self._failure = failure
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(failure)


def _session_ended(why: str) -> LabError:
    return LabError(
        Problem(
            f"the prober's session ended: {why}",
            "the lab's prober container",
            "ask again with `lab status`; if it stays, `lab down` and `lab up`",
        )
    )


def _broken(what: str) -> LabError:
    return LabError(
        Problem(
            f"the prober's session broke: {what}",
            "the lab's prober container",
            "ask again with `lab status`; if it stays, `lab down` and `lab up`: the lab may be of"
            " another version",
        )
    )
