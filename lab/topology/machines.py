"""Members that share one machine: what stands `beside` a node has that node's names."""

from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import Problem

_NAMES = ("hostname", "aliases", "addresses")


def with_machines(raw: Mapping[str, Any], where: str) -> tuple[dict[str, Any], list[Problem]]:
    """Give the topology with names for what stands beside a node, and what is wrong with that."""
    settled = dict(raw)
    problems: list[Problem] = []
    nodes = raw.get("nodes")
    if not isinstance(nodes, Mapping):
        return settled, problems
    for place, table in _beside(raw):
        at = f"{where}: {place}.beside"
        problem = _problem(place, table, nodes, at)
        if problem:
            problems.append(problem)
            continue
        other = nodes[table["beside"]]
        names = {key: other[key] for key in _NAMES if key in other}
        _put(settled, place, {**table, **names})
    return settled, problems


def _beside(raw: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind in ("nodes", "databases"):
        tables = raw.get(kind)
        for name, table in tables.items() if isinstance(tables, Mapping) else ():
            if isinstance(table, Mapping) and "beside" in table:
                yield f"{kind}.{name}", table
    single = raw.get("database")
    if isinstance(single, Mapping) and "beside" in single:
        yield "database", single


def _problem(
    place: str, table: Mapping[str, Any], nodes: Mapping[str, Any], at: str
) -> Problem | None:
    other = nodes.get(table["beside"]) if isinstance(table["beside"], str) else None
    if not isinstance(other, Mapping):
        return Problem(f"no node {table['beside']!r}", at, f"use one of {', '.join(nodes)}")
    if "beside" in other:
        return Problem(
            f"{table['beside']} stands beside another node itself",
            at,
            f"write beside = {other['beside']!r}",
        )
    if named := [key for key in _NAMES if key in table]:
        what = f"`{named[0]}` and `beside`: a machine has the names of its first node"
        return Problem(what, at, f"leave `{named[0]}` of {place} out")
    return None


def _put(settled: dict[str, Any], place: str, table: Mapping[str, Any]) -> None:
    kind, _, name = place.partition(".")
    settled[kind] = {**settled[kind], name: dict(table)} if name else dict(table)
