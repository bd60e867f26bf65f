"""Causes that a network's own list names: a member that was taken off it explains its links."""

from collections.abc import Sequence

from lab.diagnosis.codes import Code
from lab.diagnosis.evidence import Evidence
from lab.diagnosis.grouping import ids
from lab.diagnosis.verdict import Cause
from lab.plan.observed import NodeState
from lab.wiring.link import Link


def find_detached(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each member that is off its network and has links that fail.

    Who can't resolve whose name is a symptom of it, at both ends.
    """
    causes = []
    for state in evidence.nodes:
        about = [link for link in links if state.name in (link.node, link.to)]
        if state.off and about:
            causes.append(_cause(evidence, state, about))
    return causes


def _cause(evidence: Evidence, state: NodeState, links: Sequence[Link]) -> Cause:
    networks = " and ".join(state.off)
    return Cause(
        Code.NAME_NOT_RESOLVED,
        f"{state.name} is off the network {networks}",
        evidence.container(state.name),
        f"`lab start {state.name}` puts it on again",
        ids(links),
    )
