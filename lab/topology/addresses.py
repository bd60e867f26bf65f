"""Fixed IPv4 addresses in a topology: those by which a customer's files call a machine."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import Problem

_TABLES = ("nodes", "balancers", "databases")


def address_problems(raw: Mapping[str, Any], where: str) -> list[Problem]:
    """Give what is wrong with `addresses`, whatever else is."""
    problems = []
    first: dict[str, str] = {}
    for key, address in _addresses(raw):
        at = f"{where}: {key}"
        if not is_usable(address):
            mend = "write an IPv4 address of one machine, such as 10.20.30.11"
            problems.append(Problem(f"{address!r} is no address that a machine can have", at, mend))
        taken = first.setdefault(address, key)
        if taken != key:
            mend = 'give it to one member, or let one stand `beside = "NODE"` the other'
            problems.append(Problem(f"the address {address} is taken by {taken}", at, mend))
    return problems


def is_usable(text: str) -> bool:
    """Tell whether a container can have this address."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    odd = (
        address.is_loopback
        or address.is_multicast
        or address.is_unspecified
        or address.is_link_local
        or address.is_reserved
    )
    return not odd


def _addresses(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in _TABLES:
        tables = raw.get(kind)
        for name, table in tables.items() if isinstance(tables, Mapping) else ():
            yield from _of(f"{kind}.{name}", table)
    yield from _of("database", raw.get("database"))


def _of(key: str, table: Any) -> Iterator[tuple[str, str]]:
    addresses = table.get("addresses") if isinstance(table, Mapping) else None
    for index, address in enumerate(addresses if isinstance(addresses, list) else ()):
        if isinstance(address, str):
            yield f"{key}.addresses[{index}]", address
