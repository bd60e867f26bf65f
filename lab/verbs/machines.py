"""`lab machines`: the machines that a swarm's labs may run on, named, looked at, forgotten."""

import json
from typing import Any

from lab.errors import LabError, Problem, UsageError
from lab.launch.swarm.machines import (
    Machine,
    check_machine,
    check_registry,
    check_way,
    read_machines,
    read_registry,
    write_machines,
)
from lab.launch.swarm.requirements import lacking
from lab.launch.swarm.survey import SeenMachine, survey
from lab.report.columns import in_columns
from lab.verbs.engines import machines_file
from lab.verbs.shell import ListFormat, Shell

_GIB = 1 << 30


def add(machine: Machine, shell: Shell) -> int:
    """Name a machine, or tell another way to one that has the name."""
    problems = check_machine(machine) + check_way(machine)
    if problems:
        raise UsageError(*problems)
    path = machines_file(shell.environ)
    others = [one for one in read_machines(path) if one.name != machine.name]
    write_machines(path, (*others, machine), read_registry(path))
    shell.tell(f"machine {machine.name}: {machine}; `lab machines list` looks at it")
    return 0


def remove(name: str, shell: Shell) -> int:
    """Forget a machine; nothing on it changes. Raises `LabError` when none has the name."""
    path = machines_file(shell.environ)
    machines = read_machines(path)
    others = [one for one in machines if one.name != name]
    if len(others) == len(machines):
        known = ", ".join(one.name for one in machines) or "none"
        raise LabError(Problem(f"no machine `{name}`", str(path), f"known: {known}"))
    write_machines(path, others, read_registry(path))
    shell.tell(f"machine {name}: forgotten")
    return 0


def registry(address: str | None, shell: Shell) -> int:
    """Let images go through a registry from here on, with "" through none; None: tell which.

    Raises `UsageError` for an address that no image's name could begin with.
    """
    path = machines_file(shell.environ)
    if address is None:
        shell.say(read_registry(path) or "none")
        return 0
    problems = check_registry(address) if address else []
    if problems:
        raise UsageError(*problems)
    write_machines(path, read_machines(path), address)
    shell.tell(f"registry: {address or 'none'}")
    return 0


def list_machines(shell: Shell, *, wanted: ListFormat) -> int:
    """Print every machine as it is at this moment, with what keeps labs from it."""
    path = machines_file(shell.environ)
    seen = survey(read_machines(path), shell.environ)
    missing = lacking(seen)
    if wanted is ListFormat.JSON:
        rows = [_values(one, missing[one.name]) for one in seen.machines]
        shell.say(json.dumps({"schema": 1, "machines": rows}, indent=2))
    elif seen.machines:
        head = ("MACHINE", "REACHED", "ENGINE", "CORES", "MEMORY", "SWARM", "MISSING")
        cells = [_row(one, missing[one.name]) for one in seen.machines]
        shell.say("\n".join(in_columns(head, cells)))
    else:
        shell.tell("no machines; `lab machines add NAME --host ssh://USER@HOST` names one")
    return 0


def _row(one: SeenMachine, missing: tuple[str, ...]) -> tuple[str, ...]:
    values = _values(one, missing)
    memory = f"{values['memory'] / _GIB:.1f} GiB" if values["memory"] else "-"
    return (
        one.name,
        str(one.machine),
        values["engine"] or "-",
        str(values["cores"] or "-"),
        memory,
        values["swarm"] or "-",
        "; ".join(missing) or "nothing",
    )


def _values(one: SeenMachine, missing: tuple[str, ...]) -> dict[str, Any]:
    facts = one.facts
    role = ""
    if facts is not None:
        role = "worker" if facts.swarm.state == "active" else facts.swarm.state
        role = "manager" if facts.swarm.is_manager else role
    return {
        "name": one.name,
        "host": one.machine.host or None,
        "context": one.machine.context or None,
        "answers": facts is not None,
        "engine": facts.version if facts else None,
        "architecture": facts.architecture if facts else None,
        "cores": facts.cores if facts else None,
        "memory": facts.memory if facts else None,
        "clock": round(facts.ahead, 1) if facts else None,
        "swarm": role or None,
        "missing": list(missing),
    }
