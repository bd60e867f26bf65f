"""Tells which hosts that no node has are a load balancer's, and which ports it opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.importing.asked import USUAL, Asked, are_near, at_usual_port, is_direct
from lab.importing.customer import Customer, Mention
from lab.products.facts import Role
from lab.topology.addresses import is_usable


@dataclass(frozen=True, slots=True)
class Balancer:
    """A load balancer that the files name, and no node is: its hosts, and its ports' targets."""

    role: Role
    hosts: tuple[str, ...]
    ports: Mapping[int, int]


def balancer_before(
    among: Asked, role: Role, hosts: Mapping[str, list[Mention]]
) -> Balancer | None:
    """Take the most named host for the role's balancer, and others for its further names."""
    nodes = among.nodes(role)
    taken: list[str] = []
    for host in sorted(hosts, key=lambda host: -len(hosts[host])):
        if _may_be_balancer(among, host, hosts[host], nodes, taken):
            taken.append(host)
    taken += [host for host in _shared(among, nodes) if host not in taken]
    asked = [mention for host in taken for mention in hosts.get(host, ())]
    return Balancer(role, tuple(taken), _ports(asked)) if taken else None


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
    return not _is_slip(among, host, taken)


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
    return any(are_near(host, other) for other in (*holders, *taken))


def _ports(asked: Sequence[Mention]) -> dict[int, int]:
    """Give the ports that it opens, with the members' ports behind: the usual, else the most used.

    A port that one URL alone names beside those is the file's mistake, and stays shut.
    """
    ports: dict[int, int] = {}
    for target in sorted({mention.target for mention in asked} - {0}):
        used = [mention.port for mention in asked if mention.target == target]
        usual = [port for port in dict.fromkeys(used) if port in (*USUAL, target)]
        for port in usual or [max(used, key=used.count)]:
            ports.setdefault(port, target)
    return ports
