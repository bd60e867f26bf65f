"""What a topology can't have because its product's line doesn't: roles, pairs, free tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import Problem
from lab.products.facts import Line, Release, Role
from lab.topology.nearest import unknown

# What is laid over a deployment.toml, and what nodes with one alone can be.
_TABLES = ("balancers", "config", "encryption", "environments", "roles")
_KEYS = ("config", "environments")
_GIVEN = ("balancers",)  # files that are given may lead to one


def line_problems(
    raw: Mapping[str, Any],
    roles: Mapping[str, Role],
    release: Release,
    where: str,
    *,
    are_given: bool,
) -> Iterator[Problem]:
    """Give roles that the release hasn't, and what only nodes with a deployment.toml can have.

    Nodes whose files *are_given* may be more than one of a role, as nothing is generated for them.
    """
    for node, role in roles.items():
        if role not in release.roles:
            what = f"{_name(release)} has no role {role}"
            mend = f"use one of {', '.join(release.roles)}"
            yield Problem(what, f"{where}: nodes.{node}.role", mend)
    yield from _unknown_scripts(raw, release, where)
    if release.line is not Line.TOML:
        yield from _beyond_xml(raw, roles, release, where, are_given=are_given)


def _unknown_scripts(raw: Mapping[str, Any], release: Release, where: str) -> Iterator[Problem]:
    servers = raw.get("databases")
    for name, section in servers.items() if isinstance(servers, Mapping) else ():
        also = section.get("also") if isinstance(section, Mapping) else None
        for schema, database in also.items() if isinstance(also, Mapping) else ():
            if database not in release.scripts:
                at = f"{where}: databases.{name}.also.{schema}"
                yield unknown("database", str(database), tuple(release.scripts), at)


def _beyond_xml(
    raw: Mapping[str, Any],
    roles: Mapping[str, Role],
    release: Release,
    where: str,
    *,
    are_given: bool,
) -> Iterator[Problem]:
    found = [table for table in _TABLES if raw.get(table) and not (are_given and table in _GIVEN)]
    found += [
        f"nodes.{node}.{key}" for node in roles for key in _KEYS if raw["nodes"][node].get(key)
    ]
    for key in found:
        what = f"nodes of {_name(release)} have no deployment.toml, which `{key}` is for"
        mend = "leave it out; the XML files in the lab's folder can be edited"
        yield Problem(what, f"{where}: {key}", mend)
    if are_given:
        return
    first: dict[Role, str] = {}
    for node, role in roles.items():
        taken = first.setdefault(role, node)
        if taken != node:
            what = f"a second {role} of {_name(release)}: {taken!r} is one already"
            yield Problem(what, f"{where}: nodes.{node}.role", "keep one node a role")


def _name(release: Release) -> str:
    return f"{release.title} {release.version}"
