"""What the host can't reach: told with what is wrong with the port itself, or as the way there."""

from collections.abc import Sequence
from dataclasses import replace

from lab.diagnosis.codes import Code
from lab.diagnosis.down import KEEPERS
from lab.diagnosis.evidence import Evidence, line_of
from lab.diagnosis.verdict import Cause
from lab.plan.observed import State
from lab.wiring.link import Link


def follow_published(
    evidence: Evidence, links: Sequence[Link], causes: Sequence[Cause]
) -> list[Cause]:
    """Add each failing link of the host to the cause that other diallers of its port have."""
    grown = list(causes)
    for link in links:
        index = _index_of_the_same(evidence, link, grown)
        if index is None:
            grown.append(_cause(evidence, link))
        else:
            cause = grown[index]
            grown[index] = replace(cause, explains=(*cause.explains, link.id))
    return grown


def _index_of_the_same(evidence: Evidence, link: Link, causes: Sequence[Cause]) -> int | None:
    """Find the cause of the port's other diallers, or of a member that nothing reaches.

    A stuck member opens no port at all: what it waits for in vain is the cause of each.
    """
    same = {o.id for o in evidence.links if (o.to, o.port) == (link.to, link.port)}
    if evidence.state(link.to) is State.STUCK:
        same |= {o.id for o in evidence.links if o.node == link.to and o.protocol in KEEPERS}
    where = evidence.container(link.to or "")
    return next(
        (
            index
            for index, cause in enumerate(causes)
            if same & set(cause.explains) or (cause.code, cause.where) == (Code.NO_WAY, where)
        ),
        None,
    )


def _cause(evidence: Evidence, link: Link) -> Cause:
    return Cause(
        Code.NOT_PUBLISHED,
        f"this machine gets no right answer at {link.url}, published for {link.to}:"
        f" {evidence.outcome(link)}: {evidence.seen(link)}",
        line_of(link),
        f"see what else uses or guards that port of 127.0.0.1; `lab stop {link.to}` and"
        f" `lab start {link.to}` publish it again",
        (link.id,),
    )
