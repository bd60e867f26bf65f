"""Who made an object, and whether that process is provably dead: then it may go unasked."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

PROC = Path("/proc")
UNKNOWN_BOOT = "unknown"
_START_TIME_AFTER_NAME = 19  # field 22 of /proc/PID/stat, counted from the state behind `)`
_FIELDS = 4


class Life(StrEnum):
    """What can be said of an owner."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"  # another machine, another boot or another pid namespace: it can't be seen


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, named so that neither a reused pid nor another namespace's is taken for it."""

    boot_id: str
    pid_namespace: int  # inode of /proc/self/ns/pid
    pid: int
    start_time: int  # clock ticks since boot

    def __str__(self) -> str:
        """Give the label's value."""
        return f"{self.boot_id}:{self.pid_namespace}:{self.pid}:{self.start_time}"


def parse_owner(text: str) -> Owner | None:
    """Read a label's value; None when it is none of ours."""
    fields = text.split(":")
    if len(fields) != _FIELDS or not all(field.isdecimal() for field in fields[1:]):
        return None
    return Owner(fields[0], int(fields[1]), int(fields[2]), int(fields[3]))


def this_process(proc: Path = PROC) -> Owner:
    """Give the owner that this process is; where /proc is missing, one of unknown life."""
    pid = os.getpid()
    try:
        boot_id = (proc / "sys/kernel/random/boot_id").read_text().strip()
        namespace = (proc / "self/ns/pid").stat().st_ino
    except OSError:
        return Owner(UNKNOWN_BOOT, 0, pid, 0)
    return Owner(boot_id, namespace, pid, start_time_of(pid, proc) or 0)


def start_time_of(pid: int, proc: Path = PROC) -> int | None:
    """Give a process's start time in clock ticks since boot; None when it has ended."""
    try:
        stat = (proc / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces and parentheses
    return None if fields[0] in "ZX" else int(fields[_START_TIME_AFTER_NAME])


def life_of(
    owner: Owner | None,
    *,
    seen_from: Owner,
    start_time: Callable[[int], int | None] = start_time_of,
) -> Life:
    """Judge an owner; only the same boot and pid namespace can prove a death."""
    if owner is None or UNKNOWN_BOOT in (owner.boot_id, seen_from.boot_id):
        return Life.UNKNOWN
    if (owner.boot_id, owner.pid_namespace) != (seen_from.boot_id, seen_from.pid_namespace):
        return Life.UNKNOWN
    return Life.ALIVE if start_time(owner.pid) == owner.start_time else Life.DEAD
