"""What the swarm's task history tells of one member: where it runs, how often it ended."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.launch.labels import LAB

UNREACHABLE = "unreachable"  # among the engine's words for a container's status
_ENDED = ("complete", "failed", "rejected", "orphaned")
_OVER = (*_ENDED, "shutdown", "remove")
_ENDED_BY_ITSELF = ("complete", "failed")


@dataclass(frozen=True, slots=True)
class SeenTask:
    """One try of the swarm to run a service, on one node."""

    id: str
    service: str  # its id
    node: str  # empty while none is found
    state: str  # the swarm's word: pending, preparing, running, failed, shutdown, …
    created: str
    container: str = ""
    exit_code: int | None = None
    error: str = ""

    @property
    def is_over(self) -> bool:
        """Tell whether it will never run any more."""
        return self.state in _OVER


@dataclass(frozen=True, slots=True)
class History:
    """What the tasks of one service come to."""

    status: str  # as of a container: created, restarting, running, exited; or `UNREACHABLE`
    task: SeenTask | None = None  # the one that it is about
    exit_code: int | None = None  # of the last end
    restarts: int = 0  # how often the swarm started it again after it ended by itself


def seen_task(row: Mapping[str, Any]) -> SeenTask:
    """Read one row of the swarm's list of tasks."""
    status = row.get("Status") or {}
    container = status.get("ContainerStatus") or {}
    return SeenTask(
        id=row["ID"],
        service=row["ServiceID"],
        node=row.get("NodeID", ""),
        state=status.get("State", "new"),
        created=row["CreatedAt"],
        container=container.get("ContainerID", ""),
        exit_code=container.get("ExitCode"),
        error=status.get("Err", ""),
    )


def reserved_in(rows: Iterable[Mapping[str, Any]], but: str) -> Mapping[str, int]:
    """Sum the bytes that tasks reserve, by node, without those of the lab *but*."""
    found: Counter[str] = Counter()
    for row in rows:
        spec = row["Spec"]
        labels = (spec.get("ContainerSpec") or {}).get("Labels") or {}
        kept = (spec.get("Resources") or {}).get("Reservations") or {}
        if row.get("NodeID") and labels.get(LAB) != but:
            found[row["NodeID"]] += int(kept.get("MemoryBytes") or 0)
    return found


def history_of(
    tasks: Sequence[SeenTask], *, replicas: int, lost: Collection[str], ended_with: int | None
) -> History:
    """Judge a service's tasks, oldest first.

    *lost* are the nodes that don't answer; *ended_with* is the exit code with which somebody
    stopped it, None when nobody did.
    """
    if not replicas:
        return History("created" if ended_with is None else "exited", None, ended_with)
    return _latest(tasks, lost) if tasks else History("restarting")


def _latest(tasks: Sequence[SeenTask], lost: Collection[str]) -> History:
    ends = [task for task in tasks if task.state in _ENDED_BY_ITSELF]
    last = ends[-1].exit_code if ends else None
    newest = tasks[-1]
    if not newest.node:  # no machine fits: that of a member which is bound to it may be lost
        newest = next((task for task in reversed(tasks) if task.node in lost), newest)
    if newest.node in lost:
        return History(UNREACHABLE, newest, last, len(ends))
    if newest.state == "running":
        return History("running", newest, last, len(ends))
    if newest.state in _ENDED:
        again = len([task for task in ends if task is not newest])
        return History("exited", newest, newest.exit_code, again)
    if ends:  # the swarm waits a moment before it starts it again
        return History("exited", ends[-1], last, len(ends) - 1)
    return History("restarting", newest)
