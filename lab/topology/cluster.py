"""Whether the nodes of a topology make a cluster: a known release, and each role's peers."""

from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import Problem
from lab.products.facts import Release, Role, players
from lab.products.releases import PRODUCTS
from lab.topology.balancer_rules import balancer_problems
from lab.topology.block_rules import block_problems
from lab.topology.database_rules import database_problems
from lab.topology.encryption import encryption_problems
from lab.topology.line_rules import line_problems
from lab.topology.model import BalancerSection, DatabaseSection, EncryptionSection, NodeSection
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
    if release is None or roles is None:
        return []
    problems = list(line_problems(raw, roles, release, where, are_given=brings_files(raw)))
    if problems:
        return problems
    if brings_files(raw):
        # What the files name is for the probes to judge: a customer's set may be a part, or wrong.
        return list(_idle_balancers(raw, roles, where))
    return [*_missing_peers(roles, release, where), *_section_problems(raw, release, where)]


def brings_files(raw: Mapping[str, Any]) -> bool:
    """Tell whether every node runs on a file of its own, so that nothing is generated."""
    nodes = raw.get("nodes")
    tables = nodes.values() if isinstance(nodes, dict) else ()
    return bool(tables) and all(isinstance(table, dict) and "file" in table for table in tables)


def _idle_balancers(
    raw: Mapping[str, Any], roles: Mapping[str, Role], where: str
) -> Iterator[Problem]:
    balancers = sections_of(BalancerSection, raw.get("balancers", {})) or {}
    for name, section in balancers.items():
        members = section.members or [node for node in roles if roles[node] is section.role]
        if not members or not set(members) <= set(roles):
            what = f"the balancer {name!r} stands before nobody, or before nodes that aren't there"
            yield Problem(what, f"{where}: balancers.{name}", "name nodes of its role")


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


def _missing_peers(roles: Mapping[str, Role], release: Release, where: str) -> list[Problem]:
    """Give the roles that nobody plays, save those that another one of them would play."""
    missing = {
        role: [peer for peer in release.roles[role].peers if not players(peer, roles)]
        for role in roles.values()
    }
    return [
        Problem(
            f"the {role} {node!r} has no {peer} to connect to",
            f"{where}: nodes.{node}.role",
            f'add a node with role = "{peer}"',
        )
        for node, role in roles.items()
        for peer in missing[role]
        if not any(other.plays(peer) for other in missing[role] if other is not peer)
    ]


def _section_problems(raw: Mapping[str, Any], release: Release, where: str) -> Iterator[Problem]:
    """Give what is wrong between sections; those that aren't valid are judged elsewhere."""
    nodes = sections_of(NodeSection, raw.get("nodes"))
    balancers = sections_of(BalancerSection, raw.get("balancers", {}))
    several = sections_of(DatabaseSection, raw.get("databases", {}))
    single = section_of(DatabaseSection, raw["database"]) if "database" in raw else None
    encryption = section_of(EncryptionSection, raw.get("encryption", {}))
    if nodes is not None and balancers is not None:
        yield from balancer_problems(nodes, balancers, where)
    if nodes is not None:
        yield from block_problems(raw, nodes, where)
    if encryption is not None:
        yield from encryption_problems(encryption, release.version, where)
    if nodes is not None and several is not None and (single or "database" not in raw):
        yield from database_problems(nodes, single, several, release, where)
