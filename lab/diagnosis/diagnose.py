"""Goes from what was seen to what is wrong: rule after rule takes the links that it explains."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from lab.diagnosis.addresses import (
    find_closed_ports,
    find_cut_off,
    find_names,
    find_no_way,
    find_wrong_ports,
)
from lab.diagnosis.answers import (
    find_certificates,
    find_server_errors,
    find_silent,
    find_wrong_answers,
    find_wrong_protocols,
)
from lab.diagnosis.codes import Code, rank
from lab.diagnosis.credentials import find_credentials, find_login_keys
from lab.diagnosis.detached import find_detached
from lab.diagnosis.down import find_down, is_carried, machine_place
from lab.diagnosis.evidence import Evidence, line_of
from lab.diagnosis.followers import (
    follow_directories,
    follow_flows,
    follow_peers,
    follow_starts,
    held_back,
)
from lab.diagnosis.grouping import ids
from lab.diagnosis.published import follow_published
from lab.diagnosis.schemas import find_schemas
from lab.diagnosis.verdict import Cause, Diagnosis, JudgedLink, LinkVerdict, Verdict
from lab.diagnosis.written import find_written, follow_written
from lab.plan.observed import State
from lab.products.facts import Protocol
from lab.wiring.link import Link
from lab.wiring.published import HOST
from probes.result import Outcome

Find = Callable[[Evidence, Sequence[Link]], list[Cause]]

# What a file or an engine says; then what follows from it; then what only a symptom tells.
_ROOTS: tuple[Find, ...] = (
    find_schemas,
    find_credentials,
    find_login_keys,
    find_names,
    find_wrong_ports,
    find_cut_off,
    find_certificates,
    find_wrong_protocols,
    find_wrong_answers,
)
_SYMPTOMS: tuple[Find, ...] = (
    find_closed_ports,
    find_server_errors,
    find_silent,
    find_no_way,
)
_DOWN = frozenset(
    {
        *(Code.EXITED, Code.OUT_OF_MEMORY, Code.MISSING),
        *(Code.PAUSED, Code.STUCK, Code.MACHINE_LOST),
    }
)
_SKIPPING = _DOWN | {Code.NOT_STARTED}


def diagnose(evidence: Evidence) -> Diagnosis:
    """Judge every link, and find the fewest causes that explain all that isn't healthy."""
    failing = [link for link in evidence.links if evidence.outcome(link) is not Outcome.OK]
    causes = find_down(evidence, failing)
    causes += find_detached(evidence, _open(failing, causes))
    causes = follow_directories(evidence, _open(failing, causes), causes)
    held = held_back(evidence, _open(failing, causes))
    left = [link for link in failing if all(link not in links for links in held.values())]
    flows = [link for link in left if link.protocol is Protocol.REVOCATION]
    published = [link for link in left if link.node == HOST]
    plain = [link for link in left if link not in flows and link not in published]
    for find in _ROOTS:
        causes += find(evidence, _open(plain, causes))
    causes = follow_peers(evidence, _open(plain, causes), _in_order(causes))
    for find in _SYMPTOMS:
        causes += find(evidence, _open(plain, causes))
    causes = follow_starts(evidence, held, _in_order(causes))
    causes = follow_flows(evidence, _open(flows, causes), causes)
    causes = follow_published(evidence, _open(published, causes), causes)
    causes = follow_written(evidence, [*causes, *find_written(evidence, causes)])
    causes += _not_judged(evidence, _open(failing, causes))
    return _tell(evidence, _in_order(causes))


def _open(links: Sequence[Link], causes: Sequence[Cause]) -> Sequence[Link]:
    explained = {link for cause in causes for link in cause.explains}
    return [link for link in links if link.id not in explained]


def _in_order(causes: Sequence[Cause]) -> list[Cause]:
    return sorted(causes, key=lambda cause: (rank(cause.code), -len(cause.explains), cause.where))


def _not_judged(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    return [
        Cause(
            Code.NOT_JUDGED,
            f"{link.node} → {link.to or link.host}: {_last_word(evidence, link)}",
            line_of(link),
            "`lab status` again; if it stays, `lab dump` for a bug report",
            ids([link]),
        )
        for link in links
    ]


def _last_word(evidence: Evidence, link: Link) -> str:
    outcome = evidence.outcome(link)
    if outcome is None:
        return "not tried"
    return f"{outcome}: {evidence.seen(link)}"


def _tell(evidence: Evidence, causes: Sequence[Cause]) -> Diagnosis:
    causes = [_with_each_link_once(cause, causes[:index]) for index, cause in enumerate(causes)]
    by_link = {link: cause for cause in causes for link in cause.explains}
    return Diagnosis(
        verdict=_verdict(evidence, causes),
        causes=tuple(causes),
        links=tuple(_judge(evidence, link, by_link.get(link.id)) for link in evidence.links),
        nodes=evidence.nodes,
        schemas=evidence.schemas,
        findings=evidence.findings,
    )


def _verdict(evidence: Evidence, causes: Sequence[Cause]) -> Verdict:
    """Call a lab degraded when all that is wrong is a down node whose work another one does."""
    if not causes:
        return Verdict.HEALTHY
    spare = {
        evidence.container(state.name)
        for state in evidence.nodes
        if state.is_down and is_carried(evidence, state.name)
    }
    away = [state for state in evidence.nodes if state.state is State.UNREACHABLE]
    spare |= {
        machine_place(machine)
        for machine in {state.machine for state in away}
        if all(is_carried(evidence, one.name) for one in away if one.machine == machine)
    }
    is_spare = [cause.code in _DOWN and cause.where in spare for cause in causes]
    return Verdict.DEGRADED if all(is_spare) else Verdict.UNHEALTHY


def _with_each_link_once(cause: Cause, before: Sequence[Cause]) -> Cause:
    """Leave a link between two down nodes to the first of them."""
    told = {link for other in before for link in other.explains}
    return replace(cause, explains=tuple(link for link in cause.explains if link not in told))


def _judge(evidence: Evidence, link: Link, cause: Cause | None) -> JudgedLink:
    result = evidence.results.get(link.id)
    if cause is None:
        return JudgedLink(link, LinkVerdict.HEALTHY, result)
    is_behind = cause.code in _SKIPPING or evidence.outcome(link) in (None, Outcome.NO_VANTAGE)
    verdict = LinkVerdict.SKIPPED if is_behind else LinkVerdict.FAILED
    return JudgedLink(link, verdict, result, cause.code)
