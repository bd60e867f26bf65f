"""Tells which hosts that no node has are a load balancer's, and which ports it opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.importing.asked import USUAL, Asked, are_near, at_usual_port, is_direct, is_member_of
from lab.importing.customer import Customer, Mention
from lab.products.facts import Front, Role
from lab.products.keys_4x import API_PORTS
from lab.topology.addresses import is_usable

Fronts = Sequence[Front]


@dataclass(frozen=True, slots=True)
class Balancer:
    """A load balancer that the files name, and no node is: its hosts, and its ports' targets.

    *ports* are those that balancers of the role don't open by themselves, or lead elsewhere.
    """

    role: Role
    hosts: tuple[str, ...]
    ports: Mapping[int, int]


def balancers_before(
    among: Asked, role: Role, hosts: Mapping[str, list[Mention]], usual: Fronts
) -> list[Balancer]:
    """Give the load balancers before a role's nodes: one, or as many as its hosts' ports need.

    The most named host comes first. *usual* is what balancers of the role open by themselves.
    """
    balancers: list[Balancer] = []
    for host in _hosts(among, role, hosts):
        own = Balancer(role, (host,), _ports(hosts.get(host, ()), usual))
        fitting = next((one for one in balancers if _agree(one.ports, own.ports, usual)), None)
        if fitting is None:
            balancers.append(own)
        else:
            balancers[balancers.index(fitting)] = _as_one(fitting, own)
    return balancers


def _as_one(one: Balancer, other: Balancer) -> Balancer:
    return Balancer(one.role, one.hosts + other.hosts, {**one.ports, **other.ports})


def _hosts(among: Asked, role: Role, hosts: Mapping[str, list[Mention]]) -> list[str]:
    """Give the hosts that are balancers', the most named first."""
    nodes = among.nodes(role)
    taken: list[str] = []
    for host in sorted(hosts, key=lambda host: -len(hosts[host])):
        if _may_be_balancer(among, host, hosts[host], nodes, taken):
            taken.append(host)
    return taken + [host for host in _shared(among, nodes) if host not in taken]


def _shared(among: Asked, nodes: Sequence[Customer]) -> list[str]:
    """Give the names that each of several nodes has for itself, and none can have alone."""
    if len(nodes) == 1:
        return []
    claimed = dict.fromkeys(host for one in nodes for host in one.hosts)
    by_all = [host for host in claimed if all(host in one.hosts for one in nodes)]
    return [host for host in by_all if host not in among.machines.holders]


def _may_be_balancer(
    among: Asked,
    host: str,
    asked: Sequence[Mention],
    nodes: Sequence[Customer],
    taken: Sequence[str],
) -> bool:
    is_pair = len(nodes) > 1
    if not is_pair and not at_usual_port(asked):
        return False
    if any(map(is_direct, asked)) and _are_dialled(among, nodes):
        return False
    if is_pair and not taken and len(asked) > 1:
        return True
    is_said = any(host in one.hosts for one in nodes)
    return is_said or not _is_slip(among, host, taken)


def _are_dialled(among: Asked, nodes: Sequence[Customer]) -> bool:
    """Tell whether others name the members one by one where a balancer could stand."""
    names = {one.name for one in nodes}
    return any(
        is_direct(mention)
        and mention.node not in names
        and among.machines.holders.get(mention.host) in names
        for mention in among.mentions
    )


def _is_slip(among: Asked, host: str, taken: Sequence[str]) -> bool:
    """Tell whether a host looks like one that is known, with a letter or number wrong."""
    holders = among.machines.holders
    if is_usable(host):
        return bool(taken) or any(is_usable(known) for known in holders)
    known = (name for name in (*holders, *taken) if not is_member_of(name, host))
    return any(are_near(host, other) for other in known)


def _ports(asked: Sequence[Mention], usual: Fronts) -> dict[int, int]:
    """Give a host's ports with the members' behind, save *usual* ones.

    Of one target they are 443, 80 and its own port, else the most used. A port that one URL
    alone names beside those is the file's mistake, and stays shut. One that would have to lead to
    several of the members' leads to the API's.
    """
    ports: dict[int, int] = {}
    for target in sorted({mention.target for mention in asked} - {0}, key=_apis_first):
        used = [mention.port for mention in asked if mention.target == target]
        right = [port for port in dict.fromkeys(used) if port in (*USUAL, target)]
        for port in right or [max(used, key=used.count)]:
            ports.setdefault(port, target)
    return {port: ports[port] for port in ports if not _is_usual(port, ports[port], usual)}


def _apis_first(target: int) -> tuple[bool, int]:
    return target not in API_PORTS.values(), target


def _is_usual(port: int, target: int, usual: Fronts) -> bool:
    return any(front.port == port and front.leads_to(target) for front in usual)


def _agree(one: Mapping[int, int], other: Mapping[int, int], usual: Fronts) -> bool:
    """Tell whether one balancer can have both hosts' ports: none leads to two of the members'."""
    fixed = {front.port for front in usual}
    return all(
        one.get(port) == other.get(port)
        for port in (*one, *other)
        if port in fixed or (port in one and port in other)
    )
