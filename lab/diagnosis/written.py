"""Causes that every port hides: errors of the files in links that answer, or in no link at all."""

from collections.abc import Sequence
from dataclasses import replace

from lab.diagnosis.codes import Code
from lab.diagnosis.evidence import Evidence
from lab.diagnosis.verdict import Cause
from lab.products.log_lines_4x import NO_DATASOURCES
from lab.wiring.finding import Finding, Severity
from probes.result import Outcome

_BARE, _DATABASES = "LAB0121", " database."
# Host, port and login of a link: an answer of the right kind proves them, whatever files say.
_PROVEN_BY_AN_ANSWER = frozenset({"LAB0101", "LAB0102", "LAB0103", "LAB0104", "LAB0105", "LAB0108"})


def find_written(evidence: Evidence, causes: Sequence[Cause]) -> list[Cause]:
    """Give a cause for each error of the static check that none of *causes* tells already.

    A gateway that names itself as its event hub gets an answer, from a broker of its own, and
    never an event. What is told already has the error's link among its own, or stands at its line.
    Where a node accepts a login, that its file has another password is no error.
    """
    explained = {link for cause in causes for link in cause.explains}
    lines = {cause.where.partition(" ")[0] for cause in causes}
    known = {link.id for link in evidence.links}
    answered = {link.id for link in evidence.links if evidence.outcome(link) is Outcome.OK}
    return [
        _cause(finding, known)
        for finding in evidence.findings
        if finding.severity is Severity.ERROR
        and finding.link not in explained
        and str(finding.where) not in lines
        and not (finding.code in _PROVEN_BY_AN_ANSWER and finding.link in answered)
    ]


def follow_written(evidence: Evidence, causes: Sequence[Cause]) -> list[Cause]:
    """Give the links of a node that is stuck over its datasources to the line that broke them.

    What its log says is what follows: one bare character keeps every datasource from it.
    """
    grown = list(causes)
    for broken in [cause for cause in causes if cause.code == _BARE and _DATABASES in cause.where]:
        node = broken.where.partition("/")[0]
        for stuck in [one for one in grown if _is_over_datasources(evidence, one, node)]:
            grown.remove(stuck)
            grown[grown.index(broken)] = replace(broken, explains=stuck.explains)
    return grown


def _is_over_datasources(evidence: Evidence, cause: Cause, node: str) -> bool:
    is_stuck = cause.code == Code.STUCK and cause.where == evidence.container(node)
    return is_stuck and NO_DATASOURCES in cause.what


def _cause(finding: Finding, known: set[str]) -> Cause:
    explains = (finding.link,) if finding.link in known else ()
    where = f"{finding.where} {finding.key}".rstrip()
    return Cause(finding.code, finding.what, where, finding.mend, explains)
