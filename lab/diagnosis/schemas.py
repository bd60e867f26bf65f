"""Causes inside a database server that is up: tables that lack, tables of somebody else."""

from collections.abc import Sequence

from lab.diagnosis.codes import Code
from lab.diagnosis.evidence import Evidence
from lab.diagnosis.verdict import Cause
from lab.plan.observed import SchemaState, SchemaVerdict
from lab.products.facts import Protocol
from lab.wiring.link import Link
from probes.result import Outcome

_NAMED = 3  # tables told by name


def find_schemas(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each schema that isn't what its dbscript makes, on servers that are up."""
    return [
        _cause(evidence, state, links)
        for state in evidence.schemas
        if state.verdict is not SchemaVerdict.COMPLETE and not _is_down(evidence, state.server)
    ]


def is_about(cause: Cause, link: Link) -> bool:
    """Tell whether a cause is the state of the schema that a link leads to."""
    return link.protocol is Protocol.MYSQL and cause.where == _place(link.to, link.database)


def _place(server: str | None, schema: str) -> str:
    return f"{server}, schema {schema}"


def _is_down(evidence: Evidence, server: str) -> bool:
    return any(state.is_down for state in evidence.nodes if state.name == server)


def _cause(evidence: Evidence, state: SchemaState, links: Sequence[Link]) -> Cause:
    code, what = _describe(state)
    return Cause(
        code,
        what,
        _place(state.server, state.name),
        "`lab down`, then `lab up`: the schema is made again from its dbscript",
        tuple(
            link.id
            for link in links
            if link.protocol is Protocol.MYSQL
            and (link.to, link.database) == (state.server, state.name)
            and evidence.outcome(link) is Outcome.WRONG_ANSWER
        ),
    )


def _describe(state: SchemaState) -> tuple[Code, str]:
    count = f"{state.tables} of {state.expected_tables} tables"
    match state.verdict:
        case SchemaVerdict.UNREACHABLE:
            return Code.SCHEMA_UNREACHABLE, f"{state.name} can't be read"
        case SchemaVerdict.FOREIGN:
            strange = _name(state.foreign)
            return Code.SCHEMA_FOREIGN, f"{state.name} holds tables of another product: {strange}"
    return Code.SCHEMA_INCOMPLETE, f"{state.name} has {count}: {_name(state.missing)} missing"


def _name(tables: Sequence[str]) -> str:
    more = f" and {len(tables) - _NAMED} more" if len(tables) > _NAMED else ""
    return ", ".join(tables[:_NAMED]) + more
