"""`lab fault`: puts a fault into a lab, for a command's time or until it is healed."""

import json
import subprocess
from collections.abc import Iterable, Sequence

from lab.errors import LabError, Problem
from lab.interrupts import uninterrupted
from lab.launch.cluster import Cluster
from lab.plan.fault import ActiveFault, Fault
from lab.report.json import fault_values
from lab.verbs.fault_words import HEAL, LIST, Wanted, fault_number, read_fault, surplus
from lab.verbs.found import found
from lab.verbs.shell import ListFormat, Shell
from lab.wiring.link import Link
from lab.wiring.read import read_links


def fault(wanted: Wanted, name: str | None, shell: Shell, *, format_: ListFormat) -> int:
    """Make a fault, list those in force, or heal; give the exit code, a command's own if any."""
    with found(name, shell) as cluster:
        if wanted.action in (LIST, HEAL) and wanted.command:
            raise surplus(wanted.action, wanted.command[0], "it takes no command")
        if wanted.action == LIST:
            return _list(cluster, shell, format_)
        if wanted.action == HEAL:
            return _heal(cluster, wanted.words, shell, format_)
        made = read_fault(wanted, lambda: _links(cluster))
        if wanted.command:
            return _during(cluster, made, wanted.command, shell)
        active = cluster.faults.make(made, scoped=False, progress=shell.tell)
        shell.tell(f"{active}; `lab fault heal {active.number}` ends it")
        _say(cluster, shell, format_, fault=fault_values(active))
    return 0


def _say(cluster: Cluster, shell: Shell, format_: ListFormat, **values: object) -> None:
    """Print an object for scripts, where one is wanted."""
    if format_ is ListFormat.JSON:
        shell.say(json.dumps({"schema": 1, "lab": cluster.plan.lab, **values}, indent=2))


def _list(cluster: Cluster, shell: Shell, format_: ListFormat) -> int:
    active = cluster.faults.active()
    _say(cluster, shell, format_, faults=[fault_values(one) for one in active])
    for one in active if format_ is ListFormat.TABLE else ():
        shell.say(str(one))
    if not active:
        shell.tell(f"no fault is in force in {cluster.plan.lab}")
    return 0


def _heal(cluster: Cluster, words: Sequence[str], shell: Shell, format_: ListFormat) -> int:
    numbers = [fault_number(word) for word in words]
    with uninterrupted():
        healed = [] if numbers else list(cluster.faults.heal_all())
        for one in healed:
            shell.tell(f"{one}: healed")
        for number in numbers:
            fault = cluster.faults.heal(number)
            healed.append(ActiveFault(number, fault, scoped=False, owner=""))
            shell.tell(f"fault {number}: {fault}: healed")
    if not healed:
        shell.tell("nothing to heal")
    _say(cluster, shell, format_, healed=[fault_values(one) for one in healed])
    return 0


def _links(cluster: Cluster) -> Iterable[Link]:
    return read_links(cluster.folder / "nodes", cluster.plan).links


def _during(cluster: Cluster, made: Fault, command: Sequence[str], shell: Shell) -> int:
    active = cluster.faults.make(made, progress=shell.tell)
    try:
        shell.tell(str(active))
        return subprocess.run(command, cwd=shell.folder, check=False).returncode
    except OSError as error:
        raise LabError(
            Problem(f"can't run it: {error.strerror}", command[0], "name a program")
        ) from error
    finally:
        with uninterrupted():
            cluster.faults.heal(active.number)
            shell.tell(f"{active}: healed")
