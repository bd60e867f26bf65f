"""The words of `lab fault`: which fault they name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lab.errors import LabError, Problem, UsageError
from lab.launch.faults.possible import TOWARDS, fault_on
from lab.plan.fault import Fault, FaultKind
from lab.wiring.link import Link
from lab.wiring.urls import is_port

LIST, HEAL = "list", "heal"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: a kind, `list` or `heal`, its words, a command, and the option of `slow`."""

    action: str
    words: tuple[str, ...]
    command: tuple[str, ...] = ()
    delay: int = 0


def fault_number(word: str) -> int:
    """Read the number of a fault; raises `UsageError`."""
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
        raise surplus(kind, words[0], "a command to run follows `--`")


def surplus(action: str, word: str, mend: str) -> UsageError:
    """Make the error of a word that nothing is asked by."""
    return UsageError(Problem(f"`{word}` is a word too many", f"lab fault {action}", mend))


def _place(word: str, kind: FaultKind) -> tuple[str, int]:
    """Read `NODE` or `NODE:PORT`; without one it is 0, which stands for every port."""
    member, colon, port = word.partition(":")
    if colon and not (port.isdecimal() and is_port(int(port))):
        mend = "`NODE:PORT`, with a port of 1 to 65535"
        raise UsageError(Problem(f"`{port}` is no port", f"lab fault {kind}", mend))
    return member, int(port or 0)


def _kind(word: str) -> FaultKind:
    try:
        return FaultKind(word)
    except ValueError as error:
        kinds = ", ".join([*FaultKind, LIST, HEAL])
        problem = Problem(f"no fault `{word}`", "lab fault", f"one of {kinds}")
        raise UsageError(problem) from error


def _link(links: Iterable[Link], link_id: str) -> Link:
    for link in links:
        if link.id == link_id:
            return link
    mend = "`lab status --format json` has the ids"
    raise LabError(Problem(f"no link `{link_id}`", "the nodes' files", mend))
