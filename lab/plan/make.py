"""Makes the plan: a topology and its product's facts become everything that shall exist."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from lab.errors import LabError, Problem, UsageError
from lab.plan.containers import NODE_UID, container_name, network_name
from lab.plan.databases import places_of, planned_servers
from lab.plan.kinds import Kind, parse_kind
from lab.plan.machines import machine_of, planned_machines
from lab.plan.merge import merge
from lab.plan.model import (
    STAND_IN,
    Account,
    Java,
    KeySource,
    Plan,
    PlannedBalancer,
    PlannedNode,
    PlannedSubnet,
    starts_alone,
)
from lab.plan.order import starts_after
from lab.plan.subnets import planned_subnets
from lab.products import jvm_2x, jvm_4x
from lab.products.facts import Front, Line, Protocol, Release, Role, RoleFacts, ServedPort
from lab.products.releases import PRODUCTS
from lab.topology.copies import members_of
from lab.topology.model import BalancerSection, NodeSection, Topology
from lab.topology.names import lab_name_problem
from lab.topology.read import parse_topology

SECRETS_FILE = "secrets.toml"  # of the topology, kept in the lab's folder
_HEAPS = {Line.TOML: jvm_4x.HEAPS, Line.XML: jvm_2x.HEAPS}


def make_plan(
    topology: Topology,
    *,
    name: str | None = None,
    nodes: str | None = None,
    dbscripts: Path | None = None,
    java: Java | None = None,
    kinds: Mapping[str, str] | None = None,
) -> Plan:
    """Plan the lab of this topology.

    *name* overrides the topology's, *nodes* is the kind of all nodes, *dbscripts* the folder with
    the product's own scripts, *java* what real nodes need. *kinds* are those of an earlier plan, by
    node. Raises `UsageError` for a name or kind that can't be.
    """
    lab = topology.name if name is None else name
    release = PRODUCTS[topology.lab.product][topology.lab.version]
    chosen, problems = _kinds(topology, nodes, kinds or {})
    if problem := lab_name_problem(lab, "--name"):
        problems.insert(0, problem)
    if problems:
        raise UsageError(*problems)
    made = Plan(
        lab=lab,
        product=release.product,
        version=release.version,
        network=network_name(lab),
        nodes=tuple(_node(lab, chosen[node], node, topology, release) for node in topology.nodes),
        balancers=_balancers(lab, topology, release),
        servers=planned_servers(lab, topology, release),
        prober=container_name(lab, "prober"),
        dbscripts=dbscripts,
        topology_path=topology.where,
        topology_text=topology.text,
        ignored=topology.ignored,
        java=_java(topology, java or Java()),
        encryption=_key_source(topology, release),
        environments=topology.environments,
        machines=planned_machines(lab, topology),
        secrets=topology.secrets,
        engine=topology.lab.engine,
    )
    return replace(made, subnets=_subnets(made))


def _subnets(plan: Plan) -> tuple[PlannedSubnet, ...]:
    """Plan the fixed addresses: nodes and balancers dial them, whoever they belong to."""
    holders = {one.container: one.addresses for one in plan.machines if one.addresses}
    holders |= {
        one.container: one.addresses for one in plan.members if one.addresses and not one.machine
    }
    diallers = [one.machine or one.container for one in plan.nodes]
    diallers += [one.container for one in plan.balancers]
    return planned_subnets(plan.network, list(dict.fromkeys(diallers)), holders, plan.topology_path)


def _java(topology: Topology, told: Java) -> Java:
    """Lay what the command line says over the topology."""
    driver = topology.lab.driver
    if driver and driver.endswith(".jar"):
        driver = str(_beside(topology, driver))
    return replace(
        told,
        image=told.image or topology.lab.jdk or "",
        driver=told.driver or driver or "",
        quick_start=told.quick_start and topology.lab.quick_start,
    )


def _kinds(
    topology: Topology, nodes: str | None, known: Mapping[str, str]
) -> tuple[Mapping[str, Kind], list[Problem]]:
    """Give each node's kind: its own, else the command line's, else the topology's."""
    beside = Path(topology.where).parent
    usual = (topology.lab.nodes or STAND_IN, beside, f"{topology.where}: lab.nodes")
    if nodes is not None:
        usual = (nodes, Path(), "--nodes")
    chosen: dict[str, Kind] = {}
    problems: dict[str, Problem] = {}
    for name, section in topology.nodes.items():
        own = known.get(name) or section.kind
        written = (own, beside, f"{topology.where}: nodes.{name}.kind") if own else usual
        try:
            chosen[name] = parse_kind(*written)
        except UsageError as error:
            problems |= {problem.where: problem for problem in error.problems}
    return chosen, list(problems.values())


def plan_options(plan: Plan) -> Mapping[str, Any]:
    """Give what, beside the topology's text, makes this plan again; `read_plan` takes it."""
    return {
        "name": plan.lab,
        "kinds": {node.name: str(Kind(node.kind, node.place)) for node in plan.nodes},
        "java": asdict(replace(plan.java, maven_url="")),
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
        java, kinds = Java(**options["java"]), dict(options["kinds"])
        topology = parse_topology(
            text,
            where=options["topology"],
            name=options["name"],
            secrets=folder / SECRETS_FILE,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = _why_none(error) if folder.is_dir() else "it is gone"
        what = f"{folder} is no lab's folder: {why}"
        mend = "bring the lab down, then up again"
        raise LabError(Problem(what, str(folder), mend)) from error
    return make_plan(
        topology,
        name=options["name"],
        dbscripts=None if dbscripts is None else Path(dbscripts),
        java=java,
        kinds=kinds,
    )


def _why_none(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename or '').name}: {error.strerror}"
    if isinstance(error, KeyError):
        return f"options.json has no {error}"
    return f"options.json or topology.toml is damaged: {error}"


def _node(lab: str, kind: Kind, name: str, topology: Topology, release: Release) -> PlannedNode:
    section = topology.nodes[name]
    facts = release.roles[section.role]
    super_admin = section.super_admin or topology.super_admin
    return PlannedNode(
        name=name,
        role=section.role,
        profile=facts.profile,
        start=facts.start,
        version=facts.version or release.version,
        kind=kind.word,
        place=kind.place,
        # In images of the lab's own it is that of the first ones; an official image has its own.
        uid=release.uid if kind.word == "image" else NODE_UID,
        heap=section.heap or _HEAPS[release.line].get(section.role, 0),
        container=container_name(lab, name),
        hostname=section.hostname,
        aliases=(section.hostname, *section.aliases),
        offset=section.offset,
        ports=tuple(_served(served, section) for served in facts.ports),
        super_admin=Account(super_admin.username, super_admin.password),
        databases=places_of(section, topology, release),
        config=merge(topology.config, _of_role(section.role, topology), section.config),
        starts_after=()
        if starts_alone(kind.word, release.line)
        else starts_after(name, topology, release),
        environments=section.served,
        file=_beside(topology, section.file) if section.file else None,
        addresses=tuple(section.addresses),
        machine=machine_of(lab, name, topology),
        line=release.line,
    )


def _beside(topology: Topology, file: str) -> Path:
    """Give a file's whole path, which counts from the topology's folder."""
    path = Path(topology.where).parent / file
    try:
        return path.absolute()
    except FileNotFoundError:  # the working folder was deleted; a lab that stands has its own copy
        return path


def _of_role(role: Role, topology: Topology) -> Mapping[str, Any]:
    section = topology.roles.get(role)
    return section.config if section else {}


def _key_source(topology: Topology, release: Release) -> KeySource | None:
    """Give the key's source; a file's path counts from the topology's own folder."""
    section = topology.encryption
    if section is None:
        return KeySource() if release.needs_key else None
    beside = Path(topology.where).parent
    return KeySource(section.key, beside / section.key_file if section.key_file else None)


def _served(served: ServedPort, section: NodeSection) -> ServedPort:
    own = section.ports.get(str(served.port), served.port)
    return replace(served, port=own).at_offset(section.offset)


def _balancers(lab: str, topology: Topology, release: Release) -> tuple[PlannedBalancer, ...]:
    return tuple(
        PlannedBalancer(
            name=name,
            role=section.role,
            container=container_name(lab, name),
            hostname=section.hostname,
            aliases=(section.hostname, *section.aliases),
            members=members_of(section, topology.nodes),
            fronts=_fronts(section, release.roles[section.role]),
            is_sticky=release.roles[section.role].is_sticky,
            terminates=section.tls == "terminate",
            addresses=tuple(section.addresses),
        )
        for name, section in topology.balancers.items()
    )


def _fronts(section: BalancerSection, facts: RoleFacts) -> tuple[Front, ...]:
    """Give the ports of the role's balancers, and those that the topology adds."""
    spoken = {served.port: served.protocol for served in facts.ports}
    own = {
        int(port): Front(int(port), target, spoken.get(target, Protocol.TCP))
        for port, target in section.ports.items()
    }
    return (*(front for front in facts.fronts if front.port not in own), *own.values())
