"""What is wrong with the tables of a topology that are for nodes it doesn't have."""

from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import Problem
from lab.products.facts import Role
from lab.topology.copies import Nodes
from lab.topology.nearest import unknown


def block_problems(raw: Mapping[str, Any], nodes: Nodes, where: str) -> Iterator[Problem]:
    """Give the environments that no gateway serves, and the roles that no node has."""
    served = tuple(dict.fromkeys(name for node in nodes.values() for name in node.served))
    for name in _names(raw, "environments"):
        if name not in served:
            problem = unknown("environment", name, served, f"{where}: environments.{name}")
            yield Problem(f"no gateway serves {name!r}", problem.where, problem.mend)
    present = {node.role for node in nodes.values()}
    for role in _names(raw, "roles"):
        if role in list(Role) and Role(role) not in present:
            what, at = f"no node has the role {role}", f"{where}: roles.{role}"
            yield Problem(what, at, f'add a node with role = "{role}", or leave the table out')


def _names(raw: Mapping[str, Any], table: str) -> tuple[str, ...]:
    found = raw.get(table)
    return tuple(found) if isinstance(found, dict) else ()
