"""Tells a member's state from what the engine shows of its container."""

from collections.abc import Iterator
from datetime import datetime
from typing import Self

from lab.launch.engine import Engine
from lab.launch.labels import LAB, MEMBER, PART, Part
from lab.launch.refusals import GoneError
from lab.launch.seen import SeenContainer, SeenEvent
from lab.plan.observed import NodeState, State

LAST_LINES = 20
_ACTIONS = ("start", "die", "oom", "pause", "unpause", "destroy")
_STATES = {
    "created": State.CREATED,
    "restarting": State.STARTING,
    "running": State.RUNNING,
    "paused": State.PAUSED,
    "exited": State.EXITED,
    "dead": State.EXITED,
    "removing": State.MISSING,
    "unreachable": State.UNREACHABLE,  # of a swarm's machine that doesn't answer
}
_CLOCK_SLACK = 0.001  # seconds
_MEMBERS = (Part.NODE, Part.SERVER, Part.BALANCER)


def state_of(engine: Engine, container: SeenContainer) -> NodeState:
    """Tell the state; the end of the log is read only where the container has ended."""
    name = container.labels[MEMBER]
    state = _STATES[container.status]
    machine, restarts = container.machine, container.restarts
    if state is not State.EXITED:
        code = container.exit_code if restarts else None
        return NodeState(name, state, code, machine=machine, restarts=restarts)
    try:
        seen = engine.inspect(container.id)
    except GoneError:
        return NodeState(name, State.MISSING)
    try:
        lines = engine.last_lines(container.id, LAST_LINES)
    except GoneError:
        if not engine.in_swarm:
            return NodeState(name, State.MISSING)
        lines = ()  # the swarm keeps no container of a member that was stopped
    ended = State.OOM_KILLED if seen.oom_killed else State.EXITED
    said = (seen.error,) if seen.error else ()
    lines = (*lines, *said)[-LAST_LINES:]
    return NodeState(name, ended, seen.exit_code, lines, machine, restarts)


def last_start(engine: Engine, container: str) -> float:
    """Give the moment, in seconds, since which a container's log is that of its last start."""
    started_at = engine.inspect(container).started_at
    return datetime.fromisoformat(started_at).timestamp() - _CLOCK_SLACK


class Events:
    """The changes of a lab's members, as the engine tells them, until closed."""

    def __init__(self, engine: Engine, lab: str) -> None:
        self._engine = engine
        self._stream = engine.events(f"{LAB}={lab}", _ACTIONS)

    def __iter__(self) -> Iterator[NodeState]:
        for event in self._stream:
            if event.labels.get(PART) in _MEMBERS:
                yield self._state(event)

    def _state(self, event: SeenEvent) -> NodeState:
        try:
            return state_of(self._engine, self._engine.inspect(event.id))
        except GoneError:
            return self._made_again(event)

    def _made_again(self, event: SeenEvent) -> NodeState:
        """Look whether another container has its name: one is replaced where its ports change."""
        try:
            return state_of(self._engine, self._engine.inspect(event.labels["name"]))
        except GoneError:
            return NodeState(event.labels[MEMBER], State.MISSING)

    def close(self) -> None:
        """End the stream; a thread that waits in it sees its end."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
