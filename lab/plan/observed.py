"""What is seen of the things that were planned: nodes and databases, as plain values."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """A container's state, in the words of the report."""

    CREATED = "created"
    STARTING = "starting"
    RUNNING = "running"
    EXITED = "exited"
    OOM_KILLED = "oom-killed"
    PAUSED = "paused"
    MISSING = "missing"
    STUCK = "stuck"  # it runs, and says or shows that it will never serve
    UNREACHABLE = "unreachable"  # its machine doesn't answer


_DOWN = (
    *(State.EXITED, State.OOM_KILLED, State.MISSING),
    *(State.PAUSED, State.STUCK, State.UNREACHABLE),
)


@dataclass(frozen=True, slots=True)
class NodeState:
    """What the engine says of a node's (or database server's) container."""

    name: str
    state: State
    exit_code: int | None = None
    last_lines: tuple[str, ...] = ()  # the log's end, or the line after which it is stuck
    machine: str = ""  # of a swarm, on which it runs
    restarts: int = 0  # how often the swarm started it again; then *exit_code* is of the last end
    off: tuple[str, ...] = ()  # the networks that somebody took it off while it runs

    @property
    def is_down(self) -> bool:
        """Tell whether nothing can be expected of it any more without somebody's doing."""
        return self.state in _DOWN


class SchemaVerdict(StrEnum):
    """How a schema compares with its dbscript."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    FOREIGN = "foreign"  # it holds tables that the script doesn't make
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The tables of a schema against those its dbscript creates."""

    name: str
    server: str
    tables: int
    expected_tables: int
    verdict: SchemaVerdict
    missing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
