"""Hosts that no file claims: a node's unsaid name, a load balancer, or unknown to this topology."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.importing.asked import Asked
from lab.importing.balancers import Balancer, balancer_before
from lab.importing.customer import Customer, Mention
from lab.importing.machines import Machines
from lab.importing.node_names import name_nodes, unnamed
from lab.importing.role_meant import role_meant
from lab.products.facts import Role
from lab.wiring.cluster import LOCAL_HOSTS


@dataclass(slots=True)
class Guesses:
    """What was made of the hosts that nobody claims; *reasons* tells each in words."""

    balancers: dict[Role, Balancer] = field(default_factory=dict)
    unknown: list[Mention] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def guess(
    customers: Sequence[Customer], mentions: Sequence[Mention], machines: Machines
) -> Guesses:
    """Find whose each unclaimed host is; *machines* gets the names of nodes."""
    among = Asked(customers, machines, [m for m in mentions if m.host not in LOCAL_HOSTS])
    found = Guesses()
    hosts = _unclaimed(among)
    roles = {host: role_meant(among, asked) for host, asked in hosts.items()}
    for role in Role:
        mine = {host: asked for host, asked in hosts.items() if roles[host] is role}
        found.reasons += name_nodes(among, role, mine)
        _stand_before(among, role, unnamed(among, mine), found)
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
    among: Asked, role: Role, hosts: dict[str, list[Mention]], found: Guesses
) -> None:
    """Note the role's balancer, and the hosts that aren't its."""
    balancer = balancer_before(among, role, hosts)
    taken = balancer.hosts if balancer else ()
    for host in sorted(hosts, key=lambda host: -len(hosts[host])):
        if host not in taken:
            found.unknown += hosts[host]
    if balancer:
        found.balancers[role] = balancer
        names = ", ".join(one.name for one in among.nodes(role))
        what = f"{', '.join(taken)} is taken for a load balancer before {names}"
        found.reasons.append(f"{what}: no node has it")
