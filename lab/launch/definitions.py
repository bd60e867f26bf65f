"""Turns a plan's members into containers to be created: as closed as their work allows."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.launch.front import FRONT, way_in_name
from lab.launch.labels import MEMBER, PART, Ownership, Part
from lab.launch.seen import Definition, SeenContainer
from lab.plan.containers import (
    BALANCER_GID,
    BALANCER_MEMORY,
    BALANCER_UID,
    SERVER_GID,
    SERVER_MEMORY,
    SERVER_UID,
    container_name,
    haproxy_arguments,
    mysqld_arguments,
    node_arguments,
    node_environment,
    node_memory,
    prober_memory,
    serving,
)
from lab.plan.model import Member, Plan, PlannedBalancer, PlannedMachine, PlannedNode, PlannedServer

PROBER = "prober"
BALANCERS = "balancers"
PROBER_KIND = "apim-lab.prober-kind"
ENTERS, SIDECARS = "prober", "sidecars"  # it enters the nodes' networks, or one lives in each
# Seconds between SIGTERM and SIGKILL: a JVM ends cleanly, a database writes its pages.
_GRACE, _REAL_GRACE, _SERVER_GRACE = 2, 60, 10
# Seconds: why a JVM has ended should be read before the next start fails likewise.
_AGAIN, _REAL_AGAIN = 1, 60
_PROBER_CAPABILITIES = ("SYS_ADMIN", "SYS_PTRACE")


@dataclass(frozen=True, slots=True)
class Images:
    """The images that one lab's containers start from, by the name of what they are for."""

    prober: str
    nodes: Mapping[str, str]  # node's name → image
    servers: Mapping[str, str]  # server's name → image with its loaded data directory
    balancer: str = ""  # empty in a lab without one

    @property
    def by_member(self) -> Mapping[str, str]:
        """Give every image by the member that starts from it, all balancers being one."""
        others = {PROBER: self.prober, BALANCERS: self.balancer}
        return {
            name: image for name, image in {**others, **self.nodes, **self.servers}.items() if image
        }


def node_definition(
    plan: Plan, node: PlannedNode, images: Images, owner: Ownership, published: Mapping[int, int]
) -> Definition:
    """Define a node's container; *published* is its container ports → ports of 127.0.0.1."""
    quick = plan.java.quick_start
    return Definition(
        name=node.container,
        image=images.nodes[node.name],
        command=node_arguments(node),
        keeps_entrypoint=True,
        labels=owner.labels(Part.NODE, node.name),
        **_standing(plan, node),
        environment=node_environment(node, quick=quick),
        published=published,
        memory=node_memory(node, quick=quick),
        grace=_REAL_GRACE if node.is_real else _GRACE,
        again_after=_REAL_AGAIN if node.is_real else _AGAIN,
    )


def machine_definition(
    plan: Plan, machine: PlannedMachine, images: Images, owner: Ownership
) -> Definition:
    """Define the container whose network several members share; it idles, and has no rights."""
    return Definition(
        name=machine.container,
        image=images.prober,
        command=(),
        keeps_entrypoint=True,
        labels=owner.labels(Part.MACHINE, f"{machine.members[0]}-machine"),
        network=plan.network,
        aliases=machine.aliases,
        hostname=machine.hostname,
        read_only=True,
        keeps_log=False,
        name_servers=_name_servers(plan),
        name_options=_name_options(plan),
    )


def front_definition(
    plan: Plan, images: Images, owner: Ownership, published: Mapping[int, int]
) -> Definition:
    """Define the front of a closed lab."""
    return Definition(
        name=way_in_name(plan),
        image=images.balancer,
        command=("haproxy", *haproxy_arguments()),
        labels=owner.labels(Part.FRONT, FRONT),
        network=way_in_name(plan),
        published=published,
        user=f"{BALANCER_UID}:{BALANCER_GID}",
        memory=BALANCER_MEMORY,
        name_servers=_name_servers(plan),
    )


def _name_servers(plan: Plan) -> tuple[str, ...]:
    # An engine whose machine has its name server on loopback asks it from the machine's own
    # network, whatever the container's (CVE-2024-29018); nobody listens in the container.
    return ("127.0.0.1",) if plan.is_closed else ()


def _name_options(plan: Plan) -> tuple[str, ...]:
    # The engine's name server is silent about names that it doesn't know there, and a start of the
    # product asks for the name of each address that it listens on: 10 s each by the usual options.
    return ("timeout:1", "attempts:2") if plan.is_closed else ()


def _standing(plan: Plan, member: Member) -> dict[str, Any]:
    """Give where a member stands: in the lab's network by its names, or on a machine."""
    if member.machine:
        return {"network": f"container:{member.machine}"}
    return {
        "network": plan.network,
        "aliases": member.aliases,
        "hostname": member.hostname,
        "name_servers": _name_servers(plan),
        "name_options": _name_options(plan),
    }


def balancer_definition(
    plan: Plan,
    balancer: PlannedBalancer,
    images: Images,
    owner: Ownership,
    published: Mapping[int, int],
) -> Definition:
    """Define a balancer's container; *published* as for a node."""
    return Definition(
        name=balancer.container,
        image=images.balancer,
        command=("haproxy", *haproxy_arguments()),
        labels=owner.labels(Part.BALANCER, balancer.name),
        **_standing(plan, balancer),
        published=published,
        user=f"{BALANCER_UID}:{BALANCER_GID}",
        memory=BALANCER_MEMORY,
    )


def server_definition(
    plan: Plan, server: PlannedServer, images: Images, owner: Ownership
) -> Definition:
    """Define a database server's container, on the image that holds its data directory."""
    return Definition(
        name=server.container,
        image=images.servers[server.name],
        command=serving(mysqld_arguments(port=server.port)),
        labels=owner.labels(Part.SERVER, server.name),
        **_standing(plan, server),
        user=f"{SERVER_UID}:{SERVER_GID}",
        memory=SERVER_MEMORY,
        grace=_SERVER_GRACE,
    )


def home_builder_definition(
    name: str, image: str, command: tuple[str, ...], owner: Ownership, user: str
) -> Definition:
    """Define the throw-away container in which a node's image is made, unconnected."""
    member = f"{name}-builder-{secrets.token_hex(4)}"
    return Definition(
        name=container_name(owner.lab, member),
        image=image,
        command=command,
        labels=owner.labels(Part.BUILDER, member),
        network="",
        user=user,
        memory="1g",
    )


def builder_definition(
    server: PlannedServer, image: str, command: tuple[str, ...], owner: Ownership
) -> Definition:
    """Define the throw-away container in which a server's data directory is made, unconnected."""
    # Two processes may make the same template for the same lab's name; either's is good.
    return Definition(
        name=container_name(owner.lab, f"{server.name}-builder-{secrets.token_hex(4)}"),
        image=image,
        command=command,
        labels=owner.labels(Part.BUILDER, f"{server.name}-builder"),
        network="",
        user=f"{SERVER_UID}:{SERVER_GID}",
        memory="1g",
    )


def prober_definition(
    plan: Plan, images: Images, owner: Ownership, kind: str, *, network: str
) -> Definition:
    """Define the prober; one that doesn't enter the nodes has no rights at all.

    *network* is where it stands itself; empty: nowhere, which is enough for one that enters.
    """
    enters = kind == ENTERS
    return Definition(
        name=plan.prober,
        image=images.prober,
        command=(),
        keeps_entrypoint=True,
        labels={**owner.labels(Part.PROBER, PROBER), PROBER_KIND: kind},
        network=network,
        memory=prober_memory(plan),
        name_servers=_name_servers(plan) if network else (),
        capabilities=_PROBER_CAPABILITIES if enters else (),
        host_pid=enters,
        read_only=True,
        keeps_log=False,
    )


def sidecar_definition(
    plan: Plan, member: str, node: str, prober: SeenContainer, labels: Mapping[str, str]
) -> Definition:
    """Define a prober without rights that lives in one running container's network namespace."""
    name = f"{member}-sidecar"
    return Definition(
        name=container_name(plan.lab, name),
        image=prober.image,
        command=(),
        keeps_entrypoint=True,
        labels={**prober.labels, PART: str(Part.SIDECAR), MEMBER: name, **labels},
        network=f"container:{node}",
        memory=prober_memory(plan),
        read_only=True,
        keeps_log=False,
    )
