"""The object that stands for a fault on the engine: a container whose labels say what was done.

It is there before the fault is made and goes after it is healed, so that nothing that dies in
between leaves a fault that nobody knows of.
"""

import json
from dataclasses import dataclass

from lab.launch.engine import Engine
from lab.launch.labels import (
    FAULT,
    FAULT_OF,
    FAULT_SCOPED,
    LAB,
    MEMBER,
    OWNER,
    PART,
    Ownership,
    Part,
)
from lab.launch.ownership import Life, life_of, parse_owner, this_process
from lab.launch.seen import SeenContainer
from lab.plan.fault import ActiveFault, Fault

_PREFIX = "fault-"


@dataclass(frozen=True, slots=True)
class Record:
    """A fault as the engine's labels tell it; *of* is the process that it was put upon."""

    active: ActiveFault
    container: str
    of: str

    @property
    def number(self) -> int:
        """Give the fault's number in its lab."""
        return self.active.number

    @property
    def fault(self) -> Fault:
        """Give what was done."""
        return self.active.fault

    @property
    def is_orphan(self) -> bool:
        """Tell whether the process whose work it belonged to has provably died."""
        owner = parse_owner(self.active.owner)
        return self.active.scoped and life_of(owner, seen_from=this_process()) is Life.DEAD


def records_of(engine: Engine, lab: str) -> tuple[Record, ...]:
    """List a lab's faults by their numbers, in force or not."""
    found = [each for each in _containers(engine, lab) if FAULT in each.labels]
    return tuple(sorted(map(_record, found), key=lambda record: record.number))


def passing_of(engine: Engine, lab: str) -> tuple[SeenContainer, ...]:
    """List the short-lived containers of dead processes that made or healed a fault."""
    here = this_process()
    return tuple(
        each
        for each in _containers(engine, lab)
        if FAULT not in each.labels
        and life_of(parse_owner(each.labels.get(OWNER, "")), seen_from=here) is Life.DEAD
    )


def record_labels(
    owner: Ownership, number: int, fault: Fault, of: str, *, scoped: bool
) -> dict[str, str]:
    """Give the labels that tell a fault."""
    return {
        **passing_labels(owner, f"{_PREFIX}{number}"),
        FAULT: json.dumps(fault.to_json()),
        FAULT_OF: of,
        FAULT_SCOPED: "yes" if scoped else "no",
    }


def passing_labels(owner: Ownership, member: str) -> dict[str, str]:
    """Give the labels of a container that lives for a moment."""
    return owner.labels(Part.FAULT, member)


def process_of(seen: SeenContainer) -> str:
    """Name a container's process: a restarted one is another."""
    return f"{seen.id}@{seen.started_at}"


def _containers(engine: Engine, lab: str) -> list[SeenContainer]:
    every = engine.containers(f"{LAB}={lab}")
    return [each for each in every if each.labels.get(PART) == Part.FAULT]


def _record(seen: SeenContainer) -> Record:
    labels = seen.labels
    active = ActiveFault(
        number=int(labels[MEMBER].removeprefix(_PREFIX)),
        fault=Fault.from_json(json.loads(labels[FAULT])),
        scoped=labels[FAULT_SCOPED] == "yes",
        owner=labels[OWNER],
    )
    return Record(active, seen.id, labels[FAULT_OF])
