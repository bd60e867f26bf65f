"""Whether the nodes of a topology make a cluster: a known release, and each role's peers."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from lab.errors import Problem
from lab.products.facts import Release, Role, Store
from lab.products.releases import PRODUCTS


def cluster_problems(raw: Mapping[str, Any], where: str) -> list[Problem]:
    """Give what the cluster lacks; peers are judged only when every role can be read."""
    lab = raw.get("lab")
    problem = _release_problem(lab, where) if isinstance(lab, dict) else None
    if problem:
        return [problem]
    release = _release(lab) if isinstance(lab, dict) else None
    roles = _roles(raw.get("nodes"))
    if release is None or roles is None:
        return []
    return [
        *_second_nodes(roles, where),
        *_missing_peers(roles, release, where),
        *_missing_database(raw, roles, release, where),
    ]


def _release_problem(lab: Mapping[str, Any], where: str) -> Problem | None:
    product, version = lab.get("product", "apim"), lab.get("version")
    if isinstance(product, str) and product not in PRODUCTS:
        return _unknown("product", product, tuple(PRODUCTS), where)
    versions = tuple(PRODUCTS.get(product, ())) if isinstance(product, str) else ()
    if versions and isinstance(version, str) and version not in versions:
        return _unknown("version", version, versions, where)
    return None


def _unknown(key: str, value: str, allowed: tuple[str, ...], where: str) -> Problem:
    near = get_close_matches(value, allowed, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return Problem(
        f"unknown {key} {value!r}", f"{where}: lab.{key}", f"{hint}known are {', '.join(allowed)}"
    )


def _release(lab: Mapping[str, Any]) -> Release | None:
    product, version = lab.get("product", "apim"), lab.get("version")
    if not isinstance(product, str) or not isinstance(version, str):
        return None
    return PRODUCTS[product][version]


def _roles(nodes: object) -> dict[str, Role] | None:
    if not isinstance(nodes, dict):
        return None
    roles = {}
    for name, table in nodes.items():
        role = table.get("role") if isinstance(table, dict) else None
        if role not in list(Role):
            return None
        roles[name] = Role(role)
    return roles


def _second_nodes(roles: Mapping[str, Role], where: str) -> list[Problem]:
    problems = []
    first: dict[Role, str] = {}
    for node, role in roles.items():
        taken = first.setdefault(role, node)
        if taken != node:
            problems.append(
                Problem(
                    f"a second {role}: {taken!r} is one already",
                    f"{where}: nodes.{node}.role",
                    "keep one node of each role; pairs behind a load balancer are not supported",
                )
            )
    return problems


def _missing_peers(roles: Mapping[str, Role], release: Release, where: str) -> list[Problem]:
    present = set(roles.values())
    return [
        Problem(
            f"the {role} {node!r} has no {peer} to connect to",
            f"{where}: nodes.{node}.role",
            f'add a node with role = "{peer}"',
        )
        for node, role in roles.items()
        for peer in release.roles[role].peers
        if peer not in present
    ]


def _missing_database(
    raw: Mapping[str, Any], roles: Mapping[str, Role], release: Release, where: str
) -> list[Problem]:
    if "database" in raw:
        return []
    users = [
        node
        for node, role in roles.items()
        if Store.MYSQL in release.roles[role].databases.values()
    ]
    if not users:
        return []
    return [
        Problem(
            f"no database, and {' and '.join(users)} keep their data in MySQL",
            f"{where}: database",
            "add [database] with hostname, username and password",
        )
    ]
