"""Tells whether an address lies on a network of this thread's namespace, or beyond a gateway.

A lab's members are neighbours on networks of the lab's own, so what lies beyond a gateway is
nobody of the lab: somebody else's system, to which no password may be sent.
"""

import ipaddress
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROUTES = Path("/proc/thread-self/net")
_V4, _V6 = "route", "ipv6_route"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REJECT = 0x200  # RTF_REJECT: nothing goes there


@dataclass(frozen=True, slots=True)
class _Route:
    network: Network
    gateway: Address
    metric: int


def leads_outside(address: str, routes: Path = _ROUTES) -> bool:
    """Tell whether packets to *address* would leave through a gateway.

    An address without any route leads nowhere: connecting to it fails by itself.
    """
    wanted = ipaddress.ip_address(address)
    if wanted.is_loopback:
        return False
    read = _v4 if wanted.version == 4 else _v6  # noqa: PLR2004  # of the internet protocol
    fitting = [route for route in read(routes) if wanted in route.network]
    if not fitting:
        return False
    chosen = max(fitting, key=lambda route: (route.network.prefixlen, -route.metric))
    return not chosen.gateway.is_unspecified


def _v4(routes: Path) -> Iterator[_Route]:
    """Read `route`: addresses as hexadecimal numbers of the machine's own byte order."""
    for _, target, gateway, flags, _, _, metric, mask, *_ in _rows(routes / _V4, 1):
        if not int(flags, 16) & _REJECT:
            network = ipaddress.IPv4Network(f"{_address(target)}/{_address(mask)}")
            yield _Route(network, _address(gateway), int(metric))


def _v6(routes: Path) -> Iterator[_Route]:
    """Read `ipv6_route`: the bytes of addresses in hexadecimal, in their order."""
    for target, length, _, _, gateway, metric, _, _, flags, *_ in _rows(routes / _V6, 0):
        if not int(flags, 16) & _REJECT:
            network = ipaddress.IPv6Network((bytes.fromhex(target), int(length, 16)))
            yield _Route(network, ipaddress.IPv6Address(bytes.fromhex(gateway)), int(metric, 16))


def _rows(file: Path, head: int) -> Iterator[list[str]]:
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:  # a kernel without IPv6
        return
    yield from (line.split() for line in lines[head:])


def _address(text: str) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(text, 16).to_bytes(4, sys.byteorder))
