"""Causes that the engine names: a container that is gone explains every link to and from it."""

from collections.abc import Sequence

from lab.diagnosis.codes import Code
from lab.diagnosis.evidence import Evidence
from lab.diagnosis.verdict import Cause
from lab.plan.observed import NodeState, State
from lab.wiring.link import Link

STOPPED = (0, 137, 143)  # ended by itself, killed, terminated


def find_down(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each member that is down, database servers first."""
    servers = {server.name for server in evidence.plan.servers}
    down = [state for state in evidence.nodes if state.is_down]
    down.sort(key=lambda state: state.name not in servers)
    return [_cause(evidence, state, links) for state in down]


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
            return Code.PAUSED, f"{name} is paused", f"`docker unpause` its container, or {again}"
    if state.exit_code in STOPPED:
        return Code.EXITED, f"{name} is stopped (exit code {state.exit_code})", again
    what = f"{name} exited with code {state.exit_code}"
    last = next((line for line in reversed(state.last_lines) if line.strip()), "")
    if last:
        what += f": {last.strip()}"
    return Code.EXITED, what, f"read `lab logs {name}`, mend it, then {again}"
