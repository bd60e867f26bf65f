"""Hosts that no file claims: a node's unsaid name, a load balancer, or unknown to this topology."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.importing.asked import Asked
from lab.importing.balancers import Balancer, balancers_before
from lab.importing.customer import Customer, Mention
from lab.importing.machines import Machines
from lab.importing.node_names import name_nodes, unnamed
from lab.importing.proxies import leave_to_proxies
from lab.importing.role_meant import role_meant
from lab.products.facts import Release, Role
from lab.wiring.cluster import LOCAL_HOSTS


@dataclass(slots=True)
class Guesses:
    """What was made of the hosts that nobody claims; *reasons* tells each in words."""

    balancers: list[Balancer] = field(default_factory=list)
    unknown: list[Mention] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def guess(
    customers: Sequence[Customer],
    mentions: Sequence[Mention],
    machines: Machines,
    release: Release,
) -> Guesses:
    """Find whose each unclaimed host is; *machines* gets the names of nodes."""
    among = Asked(customers, machines, [m for m in mentions if m.host not in LOCAL_HOSTS])
    found = Guesses(reasons=list(leave_to_proxies(among)))
    hosts = _unclaimed(among)
    roles = {host: role_meant(among, asked) for host, asked in hosts.items()}
    for role in Role:
        mine = {host: asked for host, asked in hosts.items() if roles[host] is role}
        found.reasons += name_nodes(among, role, mine)
        if role in release.roles:
            _stand_before(among, role, unnamed(among, mine), release, found)
    for host, asked in hosts.items():
        if roles[host] is None:
            found.unknown += asked
    return found


def _unclaimed(among: Asked) -> dict[str, list[Mention]]:
    hosts: dict[str, list[Mention]] = {}
    for mention in among.mentions:
        if mention.host not in among.machines.holders and mention.row:
            hosts.setdefault(mention.host, []).append(mention)
    return hosts


def _stand_before(
    among: Asked, role: Role, hosts: dict[str, list[Mention]], release: Release, found: Guesses
) -> None:
    """Note the role's balancers, and the hosts that are none's."""
    balancers = balancers_before(among, role, hosts, release.roles[role].fronts)
    taken = {host for one in balancers for host in one.hosts}
    for host in sorted(hosts, key=lambda host: -len(hosts[host])):
        if host not in taken:
            found.unknown += hosts[host]
    found.balancers += balancers
    nodes = among.nodes(role)
    names = ", ".join(one.name for one in nodes)
    for one in balancers:
        is_said = any(host in node.hosts for node in nodes for host in one.hosts)
        why = "no node alone answers there" if is_said else "no node has it"
        what = f"{', '.join(one.hosts)} is taken for a load balancer before {names}"
        found.reasons.append(f"{what}: {why}")
