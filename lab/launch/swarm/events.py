"""What happens on every machine of a swarm, in one stream, with the machines that fall silent."""

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from lab.errors import EngineError
from lab.launch.seen import SeenEvent
from lab.launch.streams import EventStream
from lab.launch.swarm.tasks import UNREACHABLE

if TYPE_CHECKING:
    from lab.launch.swarm.member import MemberEngine
    from lab.launch.swarm.sight import Sight

_BEAT = 1.0  # seconds between two questions whether a machine is there
_MISSED = 2  # so many unanswered ones, and it is lost
_OLD = "destroy"  # the swarm itself forgets containers of its history


class SwarmEvents(EventStream):
    """The events of all machines until closed; a lost machine is an event of each member there."""

    def __init__(self, engine: "Sight", label: str, actions: tuple[str, ...]) -> None:
        self._engine = engine
        self._label = label
        self._queue: queue.SimpleQueue[SeenEvent | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        wanted = tuple(action for action in actions if action != _OLD)
        self._streams = [
            (name, member, member.events(label, wanted)) for name, member in engine.members.items()
        ]
        for name, member, stream in self._streams:
            for work in (partial(self._pass_on, name, stream), partial(self._watch, name, member)):
                threading.Thread(target=work, name="swarm-events", daemon=True).start()

    def _pass_on(self, name: str, stream: EventStream) -> None:
        # A broken stream is a machine that went, or an engine that was restarted: `_watch` tells.
        with suppress(Exception):
            for event in stream:
                self._engine.note(event.id, name)
                self._queue.put(event)

    def _watch(self, name: str, member: "MemberEngine") -> None:
        missed = 0
        while not self._closed.wait(_BEAT):
            missed = 0 if member.answers() else missed + 1
            if missed >= _MISSED and not self._closed.is_set():
                self._engine.lose(name, "it stopped answering")
                self._tell_lost(name)
                return

    def _tell_lost(self, machine: str) -> None:
        with suppress(EngineError):  # the manager's own machine went: nobody else is left to ask
            for one in self._engine.containers(self._label):
                if one.status == UNREACHABLE and one.machine == machine:
                    self._queue.put(SeenEvent(UNREACHABLE, one.id, one.labels))

    def __iter__(self) -> Iterator[SeenEvent]:
        while (event := self._queue.get()) is not None:
            yield event

    def close(self) -> None:
        """End the stream; whoever reads it sees its end."""
        self._closed.set()
        for _, _, stream in self._streams:
            stream.close()
        self._queue.put(None)
