"""A report for programs: one JSON object whose keys scripts may rely on."""

import json
from typing import Any

from lab.diagnosis.verdict import Cause, JudgedLink
from lab.plan.fault import ActiveFault
from lab.plan.model import PlannedBalancer, PlannedNode
from lab.plan.observed import NodeState, SchemaState, State
from lab.report.findings import SCHEMA, finding_values
from lab.report.told import JudgedLab


def report_json(report: JudgedLab) -> str:
    """Give the report as JSON; *cause* is the first of *causes*."""
    return json.dumps(_values(report), indent=2, ensure_ascii=False)


def _values(report: JudgedLab) -> dict[str, Any]:
    diagnosis = report.diagnosis
    causes = [_cause(cause) for cause in diagnosis.causes]
    states = {state.name: state for state in diagnosis.nodes}
    return {
        "schema": SCHEMA,
        "lab": report.plan.lab,
        "verdict": str(diagnosis.verdict),
        "seconds": round(report.seconds, 3),
        "cause": causes[0] if causes else None,
        "causes": causes,
        "faults": [fault_values(active) for active in report.faults],
        "nodes": [_node(node, states.get(node.name)) for node in report.plan.nodes],
        "balancers": [_balancer(one, states.get(one.name)) for one in report.plan.balancers],
        "databases": [_schema(one, states.get(one.server)) for one in diagnosis.schemas],
        "links": [_link(judged) for judged in diagnosis.links],
        "findings": [finding_values(finding) for finding in diagnosis.findings],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "code": str(cause.code),
        "what": cause.what,
        "where": cause.where,
        "mend": cause.mend,
        "explains": list(cause.explains),
    }


def fault_values(active: ActiveFault) -> dict[str, Any]:
    """Give one fault's plain values."""
    fault = active.fault
    return {
        "number": active.number,
        "kind": str(fault.kind),
        "at": fault.member,
        "towards": fault.peer or None,
        "port": fault.port or None,
        "delay": fault.delay or None,
        "what": str(fault),
    }


def _node(node: PlannedNode, state: NodeState | None) -> dict[str, Any]:
    return {
        "name": node.name,
        "role": str(node.role),
        "kind": node.kind,
        "state": str(state.state if state else State.MISSING),
        "aliases": list(node.aliases),
        **_machine(state),
    }


def _machine(state: NodeState | None) -> dict[str, Any]:
    """Say where a member of a lab on several machines runs, and how often it was started again."""
    if state is None or not state.machine:
        return {}
    told: dict[str, Any] = {"machine": state.machine, "restarts": state.restarts}
    return told | ({"exit_code": state.exit_code} if state.restarts else {})


def _balancer(balancer: PlannedBalancer, state: NodeState | None) -> dict[str, Any]:
    return {
        "name": balancer.name,
        "role": str(balancer.role),
        "state": str(state.state if state else State.MISSING),
        "aliases": list(balancer.aliases),
        "members": list(balancer.members),
        **_machine(state),
    }


def _schema(schema: SchemaState, server: NodeState | None) -> dict[str, Any]:
    return {
        "name": schema.name,
        "server": schema.server,
        "tables": schema.tables,
        "expected_tables": schema.expected_tables,
        "verdict": str(schema.verdict),
        **_machine(server),
    }


def _link(judged: JudgedLink) -> dict[str, Any]:
    link, result = judged.link, judged.result
    phases = result.phases if result else {}
    return {
        "id": link.id,
        "from": link.node,
        "to": link.to,
        "host": link.host,
        "port": link.port,
        "protocol": str(link.protocol),
        "source": str(link.source),
        "key": link.key,
        "why": link.why,
        "verdict": str(judged.verdict),
        "cause": str(judged.cause) or None,
        "detail": judged.detail,
        "phases": {str(phase): round(spent, 2) for phase, spent in phases.items()},
    }
