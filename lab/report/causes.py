"""The causes of a verdict for people: each with its place, mend and links, many alike as one."""

from collections.abc import Iterator, Sequence

from lab.diagnosis.codes import Code
from lab.diagnosis.grouping import group_by
from lab.diagnosis.verdict import Cause
from lab.plan.observed import NodeState
from lab.report.told import JudgedLab
from lab.wiring.link import Link

_FEW = 4  # causes alike that are all told whole
_WHOLE = 3  # of more than those; the others are told by their places
_LINKS_NAMED = 4  # links told by name with a cause
_AS_TOLD = (0, 143)  # exit codes of a node that ended because it was told to
_LINES_SHOWN = 10  # of the log of a node that failed


def cause_lines(report: JudgedLab) -> Iterator[str]:
    """Give every cause after a blank line, the one to mend first at the top."""
    for alike in group_by(report.diagnosis.causes, _kind).values():
        whole = len(alike) if len(alike) <= _FEW else _WHOLE
        for cause in alike[:whole]:
            yield ""
            yield from _cause(cause, report)
        if alike[whole:]:
            yield ""
            yield from _others(alike[whole:])


def _kind(cause: Cause) -> tuple[str, str]:
    """Tell which causes are alike: of one code, at one key of whichever file."""
    place, _, key = cause.where.partition(" ")
    return (cause.code, key) if ":" in place else (cause.code, cause.where)


def _others(causes: Sequence[Cause]) -> Iterator[str]:
    key = causes[0].where.partition(" ")[2]
    yield f"{causes[0].code}: {len(causes)} more like these, of {key}"
    places = [cause.where.partition(" ")[0].rpartition(":") for cause in causes]
    for file, lines in group_by(places, lambda place: place[0]).items():
        yield f"     at: {file}:{', '.join(line for *_, line in lines)}"
    yield f"  links: {len({link for cause in causes for link in cause.explains})}"


def _cause(cause: Cause, report: JudgedLab) -> Iterator[str]:
    diagnosis = report.diagnosis
    explained = [one.link for one in diagnosis.links if one.link.id in cause.explains]
    yield f"{cause.code}: {cause.what}"
    yield f"     at: {cause.where}"
    yield f"   hint: {cause.mend}"
    if explained:
        named = ", ".join(_name(link) for link in explained[:_LINKS_NAMED])
        more = ", …" if len(explained) > _LINKS_NAMED else ""
        yield f"  links: {len(explained)}: {named}{more}"
    if cause.code == Code.EXITED:
        for state in diagnosis.nodes:
            if state.exit_code not in _AS_TOLD and _is_about(cause, state, report):
                yield from (f"    log: {line}" for line in state.last_lines[-_LINES_SHOWN:])


def _is_about(cause: Cause, state: NodeState, report: JudgedLab) -> bool:
    containers = {member.name: member.container for member in report.plan.members}
    return cause.where == f"container {containers.get(state.name)}"


def _name(link: Link) -> str:
    return f"{link.node} → {link.host}:{link.port} {link.protocol}"
