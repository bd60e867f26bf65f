"""Makes the plan: a topology and its product's facts become everything that shall exist."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.errors import LabError, Problem, UsageError
from lab.plan.containers import container_name, network_name
from lab.plan.databases import places_of, planned_servers
from lab.plan.merge import merge
from lab.plan.model import (
    STAND_IN,
    Account,
    KeySource,
    Plan,
    PlannedBalancer,
    PlannedNode,
)
from lab.plan.order import starts_after
from lab.products.facts import Release, Role
from lab.products.releases import PRODUCTS
from lab.topology.copies import members_of
from lab.topology.model import Topology
from lab.topology.names import lab_name_problem
from lab.topology.read import parse_topology

KINDS = (STAND_IN,)


def make_plan(
    topology: Topology,
    *,
    name: str | None = None,
    nodes: str | None = None,
    dbscripts: Path | None = None,
) -> Plan:
    """Plan the lab of this topology.

    *name* overrides the topology's, *nodes* is the kind of all nodes, *dbscripts* the folder with
    the product's own scripts. Raises `UsageError` for a name or kind that can't be.
    """
    lab = topology.name if name is None else name
    kind = KINDS[0] if nodes is None else nodes
    if problems := _option_problems(lab, kind):
        raise UsageError(*problems)
    release = PRODUCTS[topology.lab.product][topology.lab.version]
    return Plan(
        lab=lab,
        product=release.product,
        version=release.version,
        network=network_name(lab),
        nodes=tuple(_node(lab, kind, node, topology, release) for node in topology.nodes),
        balancers=_balancers(lab, topology, release),
        servers=planned_servers(lab, topology, release),
        prober=container_name(lab, "prober"),
        dbscripts=dbscripts,
        topology_path=topology.where,
        topology_text=topology.text,
        ignored=topology.ignored,
        encryption=_key_source(topology),
        environments=topology.environments,
    )


def plan_options(plan: Plan) -> Mapping[str, str | None]:
    """Give what, beside the topology's text, makes this plan again; `read_plan` takes it."""
    kinds = {node.kind for node in plan.nodes}
    return {
        "name": plan.lab,
        "nodes": kinds.pop(),
        "dbscripts": None if plan.dbscripts is None else str(plan.dbscripts),
        "topology": plan.topology_path,
    }


def read_plan(folder: Path) -> Plan:
    """Give the plan that a lab's folder was rendered from.

    Raises `LabError` when the folder is none or was damaged.
    """
    try:
        options = json.loads((folder / "options.json").read_text(encoding="utf-8"))
        # Decoded from bytes, because read_text would change a file's line ends.
        text = (folder / "topology.toml").read_bytes().decode()
        dbscripts = options["dbscripts"]
        topology = parse_topology(text, where=options["topology"], name=options["name"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabError(
            Problem(
                f"is no lab's folder: {error}", str(folder), "bring the lab down, then up again"
            )
        ) from error
    return make_plan(
        topology,
        name=options["name"],
        nodes=options["nodes"],
        dbscripts=None if dbscripts is None else Path(dbscripts),
    )


def _option_problems(lab: str, kind: str) -> list[Problem]:
    problems = [problem] if (problem := lab_name_problem(lab, "--name")) else []
    if kind not in KINDS:
        problems.append(
            Problem(f"unknown kind of nodes {kind!r}", "--nodes", f"use {' or '.join(KINDS)}")
        )
    return problems


def _node(lab: str, kind: str, name: str, topology: Topology, release: Release) -> PlannedNode:
    section = topology.nodes[name]
    facts = release.roles[section.role]
    return PlannedNode(
        name=name,
        role=section.role,
        profile=facts.profile,
        start=facts.start,
        version=release.version,
        kind=kind,
        container=container_name(lab, name),
        hostname=section.hostname,
        aliases=(section.hostname, *section.aliases),
        offset=section.offset,
        ports=tuple(served.at_offset(section.offset) for served in facts.ports),
        super_admin=Account(topology.super_admin.username, topology.super_admin.password),
        databases=places_of(section, topology, release),
        config=merge(topology.config, _of_role(section.role, topology), section.config),
        starts_after=() if kind == STAND_IN else starts_after(name, topology, release),
        environments=section.served,
    )


def _of_role(role: Role, topology: Topology) -> Mapping[str, Any]:
    section = topology.roles.get(role)
    return section.config if section else {}


def _key_source(topology: Topology) -> KeySource | None:
    """Give the key's source; a file's path counts from the topology's own folder."""
    section = topology.encryption
    if section is None:
        return None
    beside = Path(topology.where).parent
    return KeySource(section.key, beside / section.key_file if section.key_file else None)


def _balancers(lab: str, topology: Topology, release: Release) -> tuple[PlannedBalancer, ...]:
    return tuple(
        PlannedBalancer(
            name=name,
            role=section.role,
            container=container_name(lab, name),
            hostname=section.hostname,
            aliases=(section.hostname, *section.aliases),
            members=members_of(section, topology.nodes),
            fronts=release.roles[section.role].fronts,
            is_sticky=release.roles[section.role].is_sticky,
            terminates=section.tls == "terminate",
        )
        for name, section in topology.balancers.items()
    )
