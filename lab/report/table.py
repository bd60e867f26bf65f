"""A report for people: the verdict and its causes first, then nodes, databases and links."""

from collections.abc import Iterator, Mapping, Sequence

from lab.diagnosis.verdict import JudgedLink, LinkVerdict, Verdict
from lab.plan.model import STAND_IN
from lab.plan.observed import NodeState, State
from lab.products.jvm_4x import QUICK_FLAGS
from lab.report.causes import cause_lines
from lab.report.columns import in_columns
from lab.report.findings import findings_table
from lab.report.told import JudgedLab


def report_table(report: JudgedLab) -> str:
    """Give the report's lines."""
    return "\n".join(line.rstrip() for line in _lines(report))


def _lines(report: JudgedLab) -> Iterator[str]:
    diagnosis = report.diagnosis
    yield _headline(report)
    for note in (*_quick_start(report), *_started_again(report), *report.notes):
        yield f"note: {note}"
    for active in report.faults:
        yield f"{active}; made on purpose, `lab fault heal {active.number}` ends it"
    yield from cause_lines(report)
    yield ""
    yield from _nodes(report)
    if report.plan.balancers:
        yield ""
        yield from _balancers(report)
    if diagnosis.schemas:
        yield ""
        yield from _databases(report)
    yield ""
    yield from _links(diagnosis.links)
    if diagnosis.findings:
        yield ""
        yield findings_table(diagnosis.findings)


def _started_again(report: JudgedLab) -> Iterator[str]:
    """Name the database servers that the swarm started again: they have no row of their own."""
    servers = {server.name for server in report.plan.servers}
    for state in report.diagnosis.nodes:
        if state.name in servers and state.restarts:
            yield f"database server {state.name}: {_state(state)}"


def _quick_start(report: JudgedLab) -> Iterator[str]:
    """Name what real nodes give up for their quick start."""
    if report.plan.real_nodes and report.plan.java.quick_start:
        given_up = "; ".join(f"{flag} gives up {what}" for flag, what in QUICK_FLAGS.items())
        yield f"started quickly, `--no-quick-start` doesn't: {given_up}"


def _headline(report: JudgedLab) -> str:
    plan, diagnosis = report.plan, report.diagnosis
    healthy = sum(link.verdict is LinkVerdict.HEALTHY for link in diagnosis.links)
    line = (
        f"lab {plan.lab} is {diagnosis.verdict} after {report.seconds:.1f} s: "
        f"{healthy} of {len(diagnosis.links)} links healthy"
    )
    if diagnosis.verdict is not Verdict.HEALTHY:
        line += f", {_count(len(diagnosis.causes), 'cause')}"
    if any(node.kind == STAND_IN for node in plan.nodes):
        line += f"  [stand-in nodes, not the product {plan.product} {plan.version}]"
    return line


def _nodes(report: JudgedLab) -> Iterator[str]:
    states = {state.name: state for state in report.diagnosis.nodes}
    rows = [
        (
            node.name,
            str(node.role),
            node.kind,
            _state(states.get(node.name)),
            ", ".join(node.aliases),
        )
        for node in report.plan.nodes
    ]
    head = ("NODE", "ROLE", "KIND", "STATE", "NAMES")
    return in_columns(*_with_machines(head, rows, states))


def _balancers(report: JudgedLab) -> Iterator[str]:
    states = {state.name: state for state in report.diagnosis.nodes}
    rows = [
        (
            balancer.name,
            ", ".join(balancer.members),
            _state(states.get(balancer.name)),
            ", ".join(balancer.aliases),
        )
        for balancer in report.plan.balancers
    ]
    head = ("BALANCER", "BEFORE", "STATE", "NAMES")
    return in_columns(*_with_machines(head, rows, states))


def _with_machines(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], states: Mapping[str, NodeState]
) -> tuple[tuple[str, ...], Sequence[tuple[str, ...]]]:
    """Say in a column before the names where each member runs, of a lab on several machines."""
    if not any(state.machine for state in states.values()):
        return head, rows
    told = [
        (*row[:-1], states[row[0]].machine if row[0] in states else "", row[-1]) for row in rows
    ]
    return (*head[:-1], "MACHINE", head[-1]), told


def _state(state: NodeState | None) -> str:
    if state is None:
        return str(State.MISSING)
    told = str(state.state)
    if state.exit_code is not None and state.is_down:
        told += f" ({state.exit_code})"
    if state.restarts:
        told += f", restarted {_count(state.restarts, 'time')} after exit code {state.exit_code}"
    return told


def _databases(report: JudgedLab) -> Iterator[str]:
    rows = [
        (
            schema.name,
            schema.server,
            f"{schema.tables} of {schema.expected_tables}",
            str(schema.verdict),
        )
        for schema in report.diagnosis.schemas
    ]
    machines = {state.name: state.machine for state in report.diagnosis.nodes}
    head = ("DATABASE", "SERVER", "TABLES", "VERDICT")
    if not any(machines.values()):
        return in_columns(head, rows)
    return in_columns((*head, "MACHINE"), [(*row, machines.get(row[1], "")) for row in rows])


def _links(links: Sequence[JudgedLink]) -> Iterator[str]:
    rows = [
        (
            judged.link.node,
            f"{judged.link.host}:{judged.link.port}",
            str(judged.link.protocol),
            str(judged.verdict),
            _spent(judged) if judged.verdict is LinkVerdict.HEALTHY else judged.cause,
            str(judged.link.source),
            judged.detail if judged.verdict is LinkVerdict.FAILED else judged.link.why,
        )
        for judged in links
    ]
    return in_columns(("FROM", "TO", "PROTOCOL", "VERDICT", "MS", "LINE", "WHY"), rows)


def _spent(judged: JudgedLink) -> str:
    return f"{sum(judged.result.phases.values()):.1f}" if judged.result else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
