"""`lab fault`: puts a fault into a lab, for a command's time or until it is healed."""

import json
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lab.errors import LabError, Problem, UsageError
from lab.launch.cluster import Cluster
from lab.launch.faults.possible import TOWARDS, fault_on
from lab.plan.fault import Fault, FaultKind
from lab.report.json import fault_values
from lab.verbs.found import found
from lab.verbs.interrupts import uninterrupted
from lab.verbs.shell import ListFormat, Shell
from lab.wiring.link import Link
from lab.wiring.read import read_links
from lab.wiring.urls import is_port

LIST, HEAL = "list", "heal"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: a kind, `list` or `heal`, its words, a command, and the option of `slow`."""

    action: str
    words: tuple[str, ...]
    command: tuple[str, ...] = ()
    delay: int = 0


def fault(wanted: Wanted, name: str | None, shell: Shell, *, format_: ListFormat) -> int:
    """Make a fault, list those in force, or heal; give the exit code, a command's own if any."""
    with found(name, shell) as cluster:
        if wanted.action in (LIST, HEAL) and wanted.command:
            raise _surplus(wanted.action, wanted.command[0], "it takes no command")
        if wanted.action == LIST:
            return _list(cluster, shell, format_)
        if wanted.action == HEAL:
            return _heal(cluster, wanted.words, shell)
        made = read_fault(wanted, lambda: _links(cluster))
        if wanted.command:
            return _during(cluster, made, wanted.command, shell)
        active = cluster.faults.make(made, scoped=False, progress=shell.tell)
        shell.tell(f"{active}; `lab fault heal {active.number}` ends it")
    return 0


def _kind(word: str) -> FaultKind:
    try:
        return FaultKind(word)
    except ValueError as error:
        kinds = ", ".join([*FaultKind, LIST, HEAL])
        problem = Problem(f"no fault `{word}`", "lab fault", f"one of {kinds}")
        raise UsageError(problem) from error


def _list(cluster: Cluster, shell: Shell, format_: ListFormat) -> int:
    active = cluster.faults.active()
    if format_ is ListFormat.JSON:
        rows = [fault_values(one) for one in active]
        shell.say(json.dumps({"schema": 1, "lab": cluster.plan.lab, "faults": rows}, indent=2))
    for one in active if format_ is ListFormat.TABLE else ():
        shell.say(str(one))
    if not active:
        shell.tell(f"no fault is in force in {cluster.plan.lab}")
    return 0


def _heal(cluster: Cluster, words: Sequence[str], shell: Shell) -> int:
    numbers = [_number(word) for word in words]
    with uninterrupted():
        if not numbers:
            healed = cluster.faults.heal_all()
            for one in healed:
                shell.tell(f"{one}: healed")
            if not healed:
                shell.tell("nothing to heal")
        for number in numbers:
            shell.tell(f"fault {number}: {cluster.faults.heal(number)}: healed")
    return 0


def _number(word: str) -> int:
    if not word.isdecimal():
        raise UsageError(
            Problem(
                f"`{word}` is no fault's number",
                "lab fault heal",
                "`lab fault list` has them; without a number every fault is healed",
            )
        )
    return int(word)


def read_fault(wanted: Wanted, links: Callable[[], Iterable[Link]]) -> Fault:
    """Give the fault that the words name; raises `UsageError`."""
    kind, words = _kind(wanted.action), wanted.words
    if kind not in TOWARDS:
        if not words:
            raise UsageError(Problem("at whom?", f"lab fault {kind}", f"`lab fault {kind} NODE`"))
        _refuse_surplus(kind, words[1:])
        member, port = _place(words[0], kind)
        return Fault(kind, member, port=port)
    delay = wanted.delay if kind is FaultKind.SLOW else 0
    if words and "/" in words[0]:  # no node has it in its name, and every link's id has
        _refuse_surplus(kind, words[1:])
        return fault_on(_link(links(), words[0]), kind, delay=delay)
    if len(words) < len(("from", "to")):
        mend = f"`lab fault {kind} NODE NODE[:PORT]`, or a link's id"
        raise UsageError(Problem("between whom?", f"lab fault {kind}", mend))
    _refuse_surplus(kind, words[2:])
    peer, port = _place(words[1], kind)
    return Fault(kind, words[0], peer, port, delay)


def _refuse_surplus(kind: FaultKind, words: Sequence[str]) -> None:
    if words:
        raise _surplus(kind, words[0], "a command to run follows `--`")


def _surplus(action: str, word: str, mend: str) -> UsageError:
    return UsageError(Problem(f"`{word}` is a word too many", f"lab fault {action}", mend))


def _place(word: str, kind: FaultKind) -> tuple[str, int]:
    """Read `NODE` or `NODE:PORT`; without one it is 0, which stands for every port."""
    member, colon, port = word.partition(":")
    if colon and not (port.isdecimal() and is_port(int(port))):
        mend = "`NODE:PORT`, with a port of 1 to 65535"
        raise UsageError(Problem(f"`{port}` is no port", f"lab fault {kind}", mend))
    return member, int(port or 0)


def _links(cluster: Cluster) -> Iterable[Link]:
    return read_links(cluster.folder / "nodes", cluster.plan).links


def _link(links: Iterable[Link], link_id: str) -> Link:
    for link in links:
        if link.id == link_id:
            return link
    mend = "`lab status --format json` has the ids"
    raise LabError(Problem(f"no link `{link_id}`", "the nodes' files", mend))


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
