"""Whether the nodes of a topology make a cluster: a known release, and each role's peers."""

from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import Problem
from lab.products.facts import Release, Role
from lab.products.releases import PRODUCTS
from lab.topology.database_rules import database_problems
from lab.topology.model import DatabaseSection, NodeSection
from lab.topology.nearest import unknown
from lab.topology.sections import section_of, sections_of


def cluster_problems(raw: Mapping[str, Any], where: str) -> list[Problem]:
    """Give what the cluster lacks; peers are judged only when every role can be read."""
    lab = raw.get("lab")
    problem = _release_problem(lab, where) if isinstance(lab, dict) else None
    if problem:
        return [problem]
    release = _release(lab) if isinstance(lab, dict) else None
    roles = _roles(raw.get("nodes"))
    fronts = _roles(raw.get("balancers", {}))
    if release is None or roles is None or fronts is None:
        return []
    return [
        *_lone_pairs(roles, fronts, where),
        *_idle_balancers(roles, fronts, where),
        *_missing_peers(roles, release, where),
        *_databases(raw, release, where),
    ]


def _release_problem(lab: Mapping[str, Any], where: str) -> Problem | None:
    product, version = lab.get("product", "apim"), lab.get("version")
    if isinstance(product, str) and product not in PRODUCTS:
        return unknown("product", product, tuple(PRODUCTS), f"{where}: lab.product")
    versions = tuple(PRODUCTS.get(product, ())) if isinstance(product, str) else ()
    if versions and isinstance(version, str) and version not in versions:
        return unknown("version", version, versions, f"{where}: lab.version")
    return None


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


def _lone_pairs(roles: Mapping[str, Role], fronts: Mapping[str, Role], where: str) -> list[Problem]:
    """Give a problem for each further node of a role that no balancer stands before."""
    problems = []
    first: dict[Role, str] = {}
    for node, role in roles.items():
        taken = first.setdefault(role, node)
        if taken != node and role not in fronts.values():
            problems.append(
                Problem(
                    f"a second {role} without a balancer: {taken!r} is one already",
                    f"{where}: nodes.{node}.role",
                    f'add [balancers.NAME] with role = "{role}" and the hostname that the other'
                    " nodes and the clients call, or keep one node",
                )
            )
    return problems


def _idle_balancers(
    roles: Mapping[str, Role], fronts: Mapping[str, Role], where: str
) -> list[Problem]:
    problems = []
    first: dict[Role, str] = {}
    for name, role in fronts.items():
        taken = first.setdefault(role, name)
        at = f"{where}: balancers.{name}.role"
        if taken != name:
            what = f"a second balancer before the {role} nodes: {taken!r} is one already"
            problems.append(Problem(what, at, "keep one; further names can be its aliases"))
        elif role not in roles.values():
            what = f"no {role} stands behind the balancer {name!r}"
            mend = f'add nodes with role = "{role}", or leave the balancer out'
            problems.append(Problem(what, at, mend))
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


def _databases(raw: Mapping[str, Any], release: Release, where: str) -> Iterator[Problem]:
    nodes = sections_of(NodeSection, raw.get("nodes"))
    several = sections_of(DatabaseSection, raw.get("databases", {}))
    single = section_of(DatabaseSection, raw["database"]) if "database" in raw else None
    if nodes is None or several is None or ("database" in raw and single is None):
        return
    yield from database_problems(nodes, single, several, release, where)
