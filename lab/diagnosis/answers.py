"""Causes in what a peer answers: its certificate, its protocol, its status, its silence."""

import difflib
from collections.abc import Callable, Sequence

from lab.diagnosis.codes import Code
from lab.diagnosis.evidence import Evidence, line_of
from lab.diagnosis.grouping import group_by, ids
from lab.diagnosis.verdict import Cause
from lab.products.facts import Protocol
from lab.wiring.link import Link
from probes.result import Outcome

# How a probe refuses the certificate that WSO2 ships: it is signed by itself, for localhost.
_OF_THE_DISTRIBUTION = ("self-signed certificate", "only for localhost")


def find_certificates(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each host whose certificate isn't accepted."""
    failed = [link for link in links if evidence.outcome(link) is Outcome.CERTIFICATE_INVALID]
    groups = group_by(failed, lambda link: (evidence.place(link).host, evidence.seen(link)))
    return [
        _certificate_cause(evidence, host, seen, group) for (host, seen), group in groups.items()
    ]


def _certificate_cause(evidence: Evidence, host: str, seen: str, links: Sequence[Link]) -> Cause:
    owner = evidence.place(links[0]).named_by
    callers = {link.node for link in links}
    if owner.to is None:
        where = line_of(owner)
    elif len(callers) == 1 and owner.to not in callers:
        where = f"{links[0].node}, its truststore, or {owner.to}, its keystore"
    else:
        where = f"{owner.to}, its keystore"
    mend = f"a certificate from the lab's CA with {host} among its names: `lab down`, `lab up`"
    if any(sign in seen for sign in _OF_THE_DISTRIBUTION):
        mend = f"the distribution's own certificate is such a one, for localhost alone; use {mend}"
    return Cause(
        Code.CERTIFICATE,
        f"the certificate of {host} is not accepted: {seen}",
        where,
        mend,
        ids(links),
    )


def find_wrong_protocols(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each URL that leads to a port which speaks something else."""
    failed = [link for link in links if evidence.outcome(link) is Outcome.WRONG_PROTOCOL]
    return _by_line(
        evidence,
        failed,
        lambda link: Cause(
            Code.WRONG_PROTOCOL,
            f"{_peer(link)}:{evidence.place(link).port} doesn't speak {link.protocol}: "
            f"{evidence.seen(link)}",
            line_of(evidence.place(link).named_by),
            _protocol_mend(evidence, link),
        ),
    )


def _protocol_mend(evidence: Evidence, link: Link) -> str:
    place = evidence.place(link)
    for node in evidence.plan.nodes:
        for served in node.ports:
            if (node.name, served.port) == (place.named_by.to, place.port):
                return f"port {served.port} speaks {served.protocol}: write that URL's scheme"
    return "write the scheme and port that the peer serves"


def find_wrong_answers(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each URL or database name that its peer doesn't know."""
    failed = [
        link
        for link in links
        if evidence.outcome(link) is Outcome.WRONG_ANSWER and not is_server_error(evidence, link)
    ]
    return _by_line(evidence, failed, lambda link: _wrong_answer_cause(evidence, link))


def _wrong_answer_cause(evidence: Evidence, link: Link) -> Cause:
    saw = f"answers {evidence.seen(link)!r}, expected is {evidence.expected(link)}"
    if link.protocol is not Protocol.MYSQL:
        mend = f"see that the path of {link.url} is one that {_peer(link)} has"
        return Cause(Code.WRONG_PATH, f"{_peer(link)} {saw}", line_of(link), mend)
    known = [
        schema.name
        for server in evidence.plan.servers
        if server.name == link.to
        for schema in server.schemas
    ]
    near = difflib.get_close_matches(link.database, known, n=1) or known
    what = f"{_peer(link)} has no database {link.database} for {link.node}: {evidence.seen(link)}"
    if not link.database:
        what = f"{link.node} names no database of {_peer(link)}: {evidence.seen(link)}"
    elif link.database in known:
        what = f"{_peer(link)}, database {link.database}, {saw}"
    return Cause(Code.WRONG_DATABASE, what, line_of(link), f"write {' or '.join(near)}")


def find_server_errors(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each node that answers with an error of its own."""
    failed = [link for link in links if is_server_error(evidence, link)]
    groups = group_by(failed, _peer)
    return [
        Cause(
            Code.SERVER_ERROR,
            f"{peer} fails inside: it answers {evidence.seen(group[0])!r}",
            evidence.container(peer),
            f"read `lab logs {peer}`",
            ids(group),
        )
        for peer, group in groups.items()
    ]


def find_silent(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each port that accepts connections and doesn't answer."""
    quiet = [link for link in links if evidence.outcome(link) in (Outcome.SILENT, Outcome.CLOSED)]
    groups = group_by(quiet, lambda link: (_peer(link), evidence.place(link).port))
    return [
        Cause(
            Code.SILENT,
            f"{peer} accepts connections on port {port} and doesn't answer: "
            f"{evidence.seen(group[0])}",
            evidence.container(peer),
            f"read `lab logs {peer}`; `lab stop {peer}` and `lab start {peer}` begin anew",
            ids(group),
        )
        for (peer, port), group in groups.items()
    ]


def is_server_error(evidence: Evidence, link: Link) -> bool:
    """Tell whether the peer has answered an HTTP status of 500 or above."""
    return (
        evidence.outcome(link) is Outcome.WRONG_ANSWER
        and link.protocol is not Protocol.MYSQL
        and evidence.seen(link)[:3].isdigit()
        and evidence.seen(link).startswith("5")
    )


def _by_line(
    evidence: Evidence, links: Sequence[Link], describe: Callable[[Link], Cause]
) -> list[Cause]:
    groups = group_by(links, lambda link: evidence.place(link).named_by.source)
    causes = []
    for line, group in groups.items():
        cause = describe(group[0])
        mend = evidence.mend_of(group, line, cause.mend)
        causes.append(Cause(cause.code, cause.what, cause.where, mend, ids(group)))
    return causes


def _peer(link: Link) -> str:
    return link.to or link.host
