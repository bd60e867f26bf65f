"""Causes that the engine names: a container that is gone explains every link to and from it."""

from collections.abc import Sequence

from lab.diagnosis.codes import Code
from lab.diagnosis.evidence import Evidence
from lab.diagnosis.verdict import Cause
from lab.plan.observed import NodeState, State
from lab.products.facts import Protocol
from lab.products.log_lines import trouble_in
from lab.wiring.link import Link
from probes.result import Outcome

_SHOWN = 200  # characters of a log line
KEEPERS = (Protocol.MYSQL, Protocol.LDAP)  # what a node can't start without
STOPPED = (0, 137, 143)  # ended by itself, killed, terminated


def find_down(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each machine that is lost and each other member that is down.

    Machines come first, then database servers.
    """
    servers = {server.name for server in evidence.plan.servers}
    down = [one for one in evidence.nodes if one.is_down and not _waits_in_vain(evidence, one)]
    down.sort(key=lambda state: state.name not in servers)
    away = [state for state in down if state.state is State.UNREACHABLE]
    machines = dict.fromkeys(state.machine for state in away)
    lost = [_lost(evidence, machine, away, links) for machine in machines]
    return [*lost, *(_cause(evidence, state, links) for state in down if state not in away)]


def _waits_in_vain(evidence: Evidence, state: NodeState) -> bool:
    """Tell whether a stuck node's database or directory fails: that link's line says more."""
    return state.state is State.STUCK and any(
        evidence.outcome(link) not in (Outcome.OK, None)
        for link in evidence.links
        if link.node == state.name != link.to and link.protocol in KEEPERS
    )


def _lost(
    evidence: Evidence, machine: str, away: Sequence[NodeState], links: Sequence[Link]
) -> Cause:
    """Take a machine that is gone for the one cause of all that ran there."""
    there = [state.name for state in away if state.machine == machine]
    return Cause(
        Code.MACHINE_LOST,
        f"the machine {machine} does not answer; on it: {', '.join(there)}",
        machine_place(machine),
        "start it, or mend the way to it; `lab machines list` looks at it",
        tuple(link.id for link in links if set(there) & _ends(evidence, link)),
    )


def machine_place(machine: str) -> str:
    """Give a machine as a place to look at."""
    return f"machine {machine}"


def _cause(evidence: Evidence, state: NodeState, links: Sequence[Link]) -> Cause:
    code, what, mend = _describe(state)
    return Cause(
        code,
        what,
        evidence.container(state.name),
        mend,
        tuple(link.id for link in links if state.name in _ends(evidence, link)),
    )


def _ends(evidence: Evidence, link: Link) -> set[str | None]:
    """Give whose end the link fails with: through a balancer, that of all members behind it."""
    ends = {link.node, link.to}
    balancer = evidence.plan.balancer(link.to)
    if balancer and all(is_down(evidence, member) for member in balancer.members):
        ends |= set(balancer.members)
    return ends


def is_down(evidence: Evidence, name: str) -> bool:
    """Tell whether a member is known to be down."""
    return any(state.is_down for state in evidence.nodes if state.name == name)


def is_carried(evidence: Evidence, name: str) -> bool:
    """Tell whether another node of the same role does a down node's work."""
    return any(not is_down(evidence, other) for other in evidence.plan.others_of(name))


def _describe(state: NodeState) -> tuple[Code, str, str]:
    name, again = state.name, f"`lab start {state.name}`"
    match state.state:
        case State.OOM_KILLED:
            return Code.OUT_OF_MEMORY, f"{name} ran out of memory", f"give it more, then {again}"
        case State.MISSING:
            return Code.MISSING, f"{name} has no container", "`lab down`, then `lab up`"
        case State.PAUSED:
            return Code.PAUSED, f"{name} is paused", "`docker unpause` its container"
        case State.STUCK:
            return Code.STUCK, *_stuck(state)
    if state.exit_code in STOPPED:
        return Code.EXITED, f"{name} is stopped (exit code {state.exit_code})", again
    return Code.EXITED, *_failed(state)


def _failed(state: NodeState) -> tuple[str, str]:
    """Say how a node ended that nobody had stopped."""
    name, again = state.name, f"`lab start {state.name}`"
    what = f"{name} exited with code {state.exit_code}"
    known = next(filter(None, map(_known, state.last_lines)), None)
    if known is not None:
        meaning, mend, line = known
        return f"{what}: {meaning}: {line}", mend.format(node=name)
    last = next((line for line in reversed(state.last_lines) if line.strip()), "")
    if last:
        what += f": {last.strip()}"
    return what, f"read `lab logs {name}`, mend it, then {again}"


def _stuck(state: NodeState) -> tuple[str, str]:
    """Say why a node that runs will never serve."""
    known = next(filter(None, map(_known, state.last_lines)), None)
    if known is None:
        said = " ".join(state.last_lines)
        return f"{state.name} hangs while it starts {said}", f"read `lab logs {state.name}`"
    meaning, mend, line = known
    return f"{state.name} will not serve: {meaning}: {line}", mend.format(node=state.name)


def _known(line: str) -> tuple[str, str, str] | None:
    """Give meaning, mend and text of a line that ends all hope."""
    known = trouble_in(line)
    if known is None:
        return None
    text = line.strip()
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + " …"
    return known.meaning, known.mend, shown
