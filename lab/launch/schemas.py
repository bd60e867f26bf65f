"""Judges databases: the tables and the last index found against those that the dbscripts make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lab.launch.dbscripts import Dbscript
from lab.plan.model import PlannedSchema, PlannedServer
from lab.plan.observed import SchemaState, SchemaVerdict

# Batch output escapes tabs and line ends in values, so a row is a line.
MYSQL = ("mysql", "--no-defaults", "--protocol=socket", "--user=root", "--batch")


@dataclass(frozen=True, slots=True)
class Found:
    """What a schema holds; indexes are (table, name)."""

    tables: frozenset[str]
    indexes: frozenset[tuple[str, str]]


def question(schemas: Iterable[PlannedSchema], scripts: Mapping[str, Dbscript]) -> str:
    """Give the one statement that asks for all tables and for the last indexes."""
    names = ", ".join(_quoted(schema.name) for schema in schemas)
    last = [script.last_index for script in scripts.values() if script.last_index]
    indexes = ", ".join(_quoted(name) for _, name in last) or "''"
    # The names come from the plan and the scripts, and are quoted.
    return (
        "SELECT 'table', table_schema, table_name, '' FROM information_schema.tables"  # noqa: S608
        f" WHERE table_schema IN ({names}) AND table_type = 'BASE TABLE'"
        " UNION ALL SELECT DISTINCT 'index', table_schema, table_name, index_name"
        " FROM information_schema.statistics"
        f" WHERE table_schema IN ({names}) AND index_name IN ({indexes});"
    )


def answer(rows: str) -> dict[str, Found]:
    """Read the rows of the answer, by the schema's name."""
    tables: dict[str, set[str]] = {}
    indexes: dict[str, set[tuple[str, str]]] = {}
    for row in rows.splitlines():
        what, schema, table, index = row.split("\t")
        if what == "table":
            tables.setdefault(schema, set()).add(table)
        else:
            indexes.setdefault(schema, set()).add((table, index))
    return {
        schema: Found(frozenset(names), frozenset(indexes.get(schema, ())))
        for schema, names in tables.items()
    }


def judge(
    server: PlannedServer, scripts: Mapping[str, Dbscript], found: Mapping[str, Found]
) -> tuple[SchemaState, ...]:
    """Compare what was found on a server with what the scripts make."""
    nothing = Found(frozenset(), frozenset())
    return tuple(
        _judged(server.name, schema.name, scripts[schema.name], found.get(schema.name, nothing))
        for schema in server.schemas
    )


def unreachable(server: PlannedServer, scripts: Mapping[str, Dbscript]) -> tuple[SchemaState, ...]:
    """Give the states of a server that doesn't answer."""
    return tuple(
        SchemaState(
            schema.name,
            server.name,
            0,
            len(scripts[schema.name].tables),
            SchemaVerdict.UNREACHABLE,
        )
        for schema in server.schemas
    )


def _judged(server: str, schema: str, script: Dbscript, found: Found) -> SchemaState:
    missing = sorted(script.tables - found.tables)
    foreign = sorted(found.tables - script.tables)
    if script.last_index and script.last_index not in found.indexes and not missing:
        missing.append(f"index {script.last_index[1]} on {script.last_index[0]}")
    return SchemaState(
        schema,
        server,
        len(found.tables),
        len(script.tables),
        _verdict(bool(missing), bool(foreign), bool(script.tables & found.tables)),
        tuple(missing),
        tuple(foreign),
    )


def _verdict(missing: bool, foreign: bool, some: bool) -> SchemaVerdict:  # noqa: FBT001
    if missing and (some or not foreign):
        return SchemaVerdict.INCOMPLETE
    return SchemaVerdict.FOREIGN if foreign else SchemaVerdict.COMPLETE


def _quoted(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "''") + "'"
