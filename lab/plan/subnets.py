"""Plans the networks for fixed addresses, so that a URL with an address leads to its container.

Every container is in each of them and every one of their addresses is fixed: an engine that gave
one away by itself could give a container another one's.
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from lab.errors import Problem, UsageError
from lab.plan.model import PlannedSubnet

_WIDEST, _USUAL = 24, 27  # prefixes: machines of one site mostly share a /24
_OWN = 4  # the network's and the broadcast address, the engine's end, and the gateway that isn't


def planned_subnets(
    network: str, diallers: Sequence[str], holders: Mapping[str, Sequence[str]], where: str
) -> tuple[PlannedSubnet, ...]:
    """Give as few networks as hold all addresses.

    *holders* names the addresses by container, *diallers* the containers that reach them. Raises
    `UsageError` when a container has two in one network: an engine gives it one.
    """
    subnets = []
    problems = []
    for number, group in enumerate(_groups(holders), 1):
        fixed: dict[str, str] = {}
        for container, address in group:
            if container in fixed:
                what = (
                    f"{container} has two addresses in one network: {fixed[container]}, {address}"
                )
                mend = "keep one of the two in `addresses`"
                problems.append(Problem(what, f"{where}: addresses", mend))
            fixed[container] = address
        others = [one for one in diallers if one not in fixed]
        taken = [IPv4Address(address) for _, address in group]
        subnet = _narrowest(taken, len(taken) + len(others))
        free = _free(subnet, set(taken))
        bridge, gateway = next(free), next(free)
        addresses = fixed | {one: str(next(free)) for one in others}
        subnets.append(
            PlannedSubnet(f"{network}-{number}", subnet, str(bridge), str(gateway), addresses)
        )
    if problems:
        raise UsageError(*problems)
    return tuple(subnets)


def _groups(holders: Mapping[str, Sequence[str]]) -> list[list[tuple[str, str]]]:
    groups: dict[IPv4Network, list[tuple[str, str]]] = {}
    for container, addresses in holders.items():
        for address in addresses:
            site = ipaddress.ip_network(f"{address}/{_WIDEST}", strict=False)
            if isinstance(site, IPv4Network):
                groups.setdefault(site, []).append((container, address))
    return [groups[site] for site in sorted(groups)]


def _narrowest(taken: Sequence[IPv4Address], containers: int) -> IPv4Network:
    """Give the smallest network with room, in which none of the addresses is at an edge."""
    prefix = _USUAL
    while True:
        subnet = IPv4Network(f"{taken[0]}/{prefix}", strict=False)
        edges = (subnet.network_address, subnet.broadcast_address)
        has_all = all(address in subnet and address not in edges for address in taken)
        if has_all and subnet.num_addresses >= containers + _OWN:
            return subnet
        prefix -= 1


def _free(subnet: IPv4Network, taken: set[IPv4Address]) -> Iterator[IPv4Address]:
    """Give the free addresses from the top: people count machines from below."""
    hosts = list(subnet.hosts())
    return (address for address in reversed(hosts) if address not in taken)
