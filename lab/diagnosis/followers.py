"""Links that fail because something behind them does: told with that cause, not beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lab.diagnosis.answers import is_server_error
from lab.diagnosis.codes import CONFIGURATION, Code, rank
from lab.diagnosis.credentials import logs_in
from lab.diagnosis.down import KEEPERS
from lab.diagnosis.evidence import Evidence, line_of
from lab.diagnosis.schemas import is_about
from lab.diagnosis.verdict import Cause
from lab.plan.observed import State
from lab.products.facts import Protocol
from lab.products.log_lines import stage_in
from lab.wiring.link import Link
from probes.result import Outcome

_OF_A_LAME_PEER = frozenset(
    {Outcome.CLOSED, Outcome.SILENT, Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.NO_VANTAGE}
)
_WITHOUT_DIRECTORY = frozenset({Outcome.CREDENTIALS_REFUSED, Outcome.SILENT, Outcome.CLOSED})
# How the probe tells a copy that the publishers of versions before 4.3 send to the other hub.
_MAP = "copy is a map"
_AS_TEXT = (
    'write type="json" for type="map" in tokenRevokeEventJMSPublisher_2.xml.j2 of the control'
    " planes' distribution (resources/conf/templates/…/eventpublishers); then `lab up` again"
)


def follow_peers(evidence: Evidence, links: Sequence[Link], causes: Sequence[Cause]) -> list[Cause]:
    """Add to each cause the links whose peer can't answer because of that cause."""
    grown = list(causes)
    left = [link for link in links if _is_lame(evidence, link)]
    moved = True
    while moved:
        moved = False
        for link in list(left):
            index = _cause_behind(evidence, link, grown)
            if index is not None:
                grown[index] = _add(grown[index], link)
                left.remove(link)
                moved = True
    return grown


def follow_directories(
    evidence: Evidence, links: Sequence[Link], causes: Sequence[Cause]
) -> list[Cause]:
    """Add to each cause the logins at a node whose directory it keeps from answering.

    Such a node refuses them, or lets them wait for longer than a probe does (seen on 2.1.0).
    """
    grown = list(causes)
    for link in links:
        if not (logs_in(link) and evidence.outcome(link) in _WITHOUT_DIRECTORY):
            continue
        directories = {
            other.id
            for other in evidence.links
            if other.node == link.to and other.protocol is Protocol.LDAP
        }
        index = next((i for i, c in enumerate(grown) if directories & set(c.explains)), None)
        if index is not None:
            grown[index] = _add(grown[index], link)
    return grown


def _is_lame(evidence: Evidence, link: Link) -> bool:
    return evidence.outcome(link) in _OF_A_LAME_PEER or is_server_error(evidence, link)


def _cause_behind(evidence: Evidence, link: Link, causes: Sequence[Cause]) -> int | None:
    """Find what keeps the link's peer from its work, or the members behind a balancer.

    Without its database or directory a node does nothing; without a peer it still answers, with
    errors.
    """
    balancer = evidence.plan.balancer(link.to)
    peers = {link.to, *(balancer.members if balancer else ())}
    keepers = [
        other for other in evidence.links if other.node in peers and other.protocol in KEEPERS
    ]
    for index, cause in enumerate(causes):
        if any(other.id in cause.explains or is_about(cause, other) for other in keepers):
            return index
    if not is_server_error(evidence, link):
        return None
    others = {other.id for other in evidence.links if other.node in peers}
    return next((i for i, cause in enumerate(causes) if others & set(cause.explains)), None)


def follow_flows(evidence: Evidence, links: Sequence[Link], causes: Sequence[Cause]) -> list[Cause]:
    """Add each failing flow to the cause of one of its parts, or give it its own."""
    grown = list(causes)
    for flow in links:
        if flow.protocol is not Protocol.REVOCATION:
            continue
        parts = _parts(evidence, flow)
        index = next((i for i, c in enumerate(grown) if parts & set(c.explains)), None)
        if index is None:
            index = _cause_behind(evidence, flow, grown)
        if index is None:
            grown.append(_flow_cause(evidence, flow))
        else:
            grown[index] = _add(grown[index], flow)
    return grown


def _parts(evidence: Evidence, flow: Link) -> set[str]:
    ends = {(flow.host, flow.port), flow.hub}
    parts = [
        link
        for link in evidence.links
        if (link.host, link.port) in ends and link.protocol is not Protocol.REVOCATION
    ]
    own = {link.id for link in parts if link.node == flow.node}
    return own or {link.id for link in parts}


def _flow_cause(evidence: Evidence, flow: Link) -> Cause:
    seen = evidence.seen(flow)
    mend = _AS_TEXT if _MAP in seen else f"read `lab logs {flow.to or flow.node}`"
    return Cause(
        Code.FLOW,
        f"a revocation by {flow.node} doesn't arrive: {seen}",
        line_of(flow),
        evidence.mend_of([flow], flow.source, mend),
        (flow.id,),
    )


def held_back(evidence: Evidence, links: Sequence[Link]) -> Mapping[str, Sequence[Link]]:
    """Give the links that can't be judged yet, by the node that was not started or still starts."""
    waiting = [s.name for s in evidence.nodes if s.state in (State.CREATED, State.STARTING)]
    held: dict[str, Sequence[Link]] = {}
    told: set[str] = set()
    for name in waiting:
        held[name] = [
            link
            for link in links
            if name in (link.node, link.to) and link.id not in told and _is_young(evidence, link)
        ]
        told |= {link.id for link in held[name]}
    return held


def _is_young(evidence: Evidence, link: Link) -> bool:
    return evidence.outcome(link) in (None, Outcome.NAME_UNKNOWN) or _is_lame(evidence, link)


def follow_starts(
    evidence: Evidence, held: Mapping[str, Sequence[Link]], causes: Sequence[Cause]
) -> list[Cause]:
    """Add what is held back to the cause that holds it, or say that it was not started."""
    grown = list(causes)
    for name, links in held.items():
        if not links:
            continue
        index = _cause_before(evidence, name, causes)
        if index is None:
            grown.append(_start_cause(evidence, name, links))
        else:
            grown[index] = _add(grown[index], *links)
    return grown


def _cause_before(evidence: Evidence, name: str, causes: Sequence[Cause]) -> int | None:
    """Find what is wrong with a member that *name* needs at its start, at any remove."""
    needed, before = {name}, set[str]()
    while needed != before:
        before = set(needed)
        needed |= {
            link.to for link in evidence.links if link.at_start and link.node in before and link.to
        }
    into = {link.id for link in evidence.links if link.to in needed}
    databases = {
        link.id
        for link in evidence.links
        if link.node in needed and link.protocol is Protocol.MYSQL
    }
    for index, cause in enumerate(causes):
        # A line that is wrong for one caller doesn't keep the peer from answering the others.
        matters = databases if rank(cause.code) == CONFIGURATION else databases | into
        if matters & set(cause.explains):
            return index
    return None


def _start_cause(evidence: Evidence, name: str, held: Sequence[Link]) -> Cause:
    own = tuple(link.id for link in held)
    if evidence.state(name) is State.CREATED:
        what = f"{name} was not started: what it needs at its start doesn't answer"
        return Cause(Code.NOT_STARTED, what, evidence.container(name), f"`lab start {name}`", own)
    state = next(one for one in evidence.nodes if one.name == name)
    stage = next(filter(None, map(stage_in, state.last_lines)), "")
    what = f"{name} is still starting{stage and f': {stage}'}"
    mend = f"`lab status` again in a moment, or read `lab logs {name}`"
    return Cause(Code.STILL_STARTING, what, evidence.container(name), mend, own)


def _add(cause: Cause, *links: Link) -> Cause:
    return replace(cause, explains=(*cause.explains, *(link.id for link in links)))
