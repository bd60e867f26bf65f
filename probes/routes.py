"""Tells whether an address lies on a network of this thread's namespace, or beyond a gateway.

A lab's members are neighbours on networks of the lab's own, so what lies beyond a gateway is
nobody of the lab: somebody else's system, to which no password may be sent.
"""

import ipaddress
import sys
from collections.abc import Iterator
from pathlib import Path

_ROUTES = Path("/proc/thread-self/net")
_V4, _V6 = "route", "ipv6_route"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def leads_outside(address: str, routes: Path = _ROUTES) -> bool:
    """Tell whether packets to *address* would leave through a gateway.

    An address without any route leads nowhere: connecting to it fails by itself.
    """
    wanted = ipaddress.ip_address(address)
    if wanted.is_loopback:
        return False
    read = _v4 if wanted.version == 4 else _v6  # noqa: PLR2004  # of the internet protocol
    fitting = [route for route in read(routes) if wanted in route[0]]
    if not fitting:
        return False
    _, gateway = max(fitting, key=lambda route: route[0].prefixlen)
    return not gateway.is_unspecified


def _v4(routes: Path) -> Iterator[tuple[Network, Address]]:
    """Read `route`: addresses as hexadecimal numbers of the machine's own byte order."""
    for _, target, gateway, *_, mask, _, _, _ in _rows(routes / _V4, 1):
        yield ipaddress.IPv4Network(f"{_address(target)}/{_address(mask)}"), _address(gateway)


def _v6(routes: Path) -> Iterator[tuple[Network, Address]]:
    """Read `ipv6_route`: the bytes of addresses in hexadecimal, in their order."""
    for target, length, _, _, gateway, *_ in _rows(routes / _V6, 0):
        network = ipaddress.IPv6Network((bytes.fromhex(target), int(length, 16)))
        yield network, ipaddress.IPv6Address(bytes.fromhex(gateway))


def _rows(file: Path, head: int) -> Iterator[list[str]]:
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:  # a kernel without IPv6
        return
    yield from (line.split() for line in lines[head:])


def _address(text: str) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(text, 16).to_bytes(4, sys.byteorder))
