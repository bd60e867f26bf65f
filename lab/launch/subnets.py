"""Which small subnet a lab's network gets: private, explicit, free as far as can be seen."""

import zlib
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

# The last of the engine's own default pools first: it is private, and rarely routed in companies.
RANGES = (
    IPv4Network("172.31.0.0/16"),
    IPv4Network("10.213.0.0/16"),
    IPv4Network("192.168.128.0/17"),
)
ROUTES = Path("/proc/net/route")
_USUAL_PREFIX = 27
_RESERVED = 3  # network, broadcast and the bridge's own address


def candidates(lab: str, members: int, taken: Iterable[IPv4Network]) -> Iterator[IPv4Network]:
    """Give free subnets for so many members, each lab starting elsewhere in the first range.

    Labs that start in the same second then seldom try the same one.
    """
    occupied = tuple(taken)
    for private in RANGES:
        subnets = list(private.subnets(new_prefix=_prefix(members)))
        first = zlib.crc32(lab.encode()) % len(subnets)
        for subnet in subnets[first:] + subnets[:first]:
            if not any(subnet.overlaps(other) for other in occupied):
                yield subnet


def _prefix(members: int) -> int:
    prefix = _USUAL_PREFIX
    while 2 ** (32 - prefix) - _RESERVED < members:
        prefix -= 1
    return prefix


def routed(table: str) -> tuple[IPv4Network, ...]:
    """Give the destinations of a `/proc/net/route` table but the default route."""
    rows = (line.split() for line in table.splitlines()[1:])
    networks = (_network(row[1], row[7]) for row in rows if row)
    return tuple(network for network in networks if network.prefixlen > 0)


def routed_here(path: Path = ROUTES) -> tuple[IPv4Network, ...]:
    """Give this machine's routed networks; nothing where the kernel has no such table."""
    return routed(path.read_text()) if path.exists() else ()


def _network(destination: str, mask: str) -> IPv4Network:
    address, netmask = (
        IPv4Address(int.from_bytes(bytes.fromhex(word), "little")) for word in (destination, mask)
    )
    return IPv4Network(f"{address}/{netmask}", strict=False)
