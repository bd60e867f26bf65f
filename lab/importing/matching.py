"""Ways to match hosts that the files name with nodes that have no host of their own."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from lab.importing.customer import Customer, Mention
from lab.topology.addresses import is_usable

_COPY = "event_duplicate_url"
_WORD = re.compile(r"[a-z0-9]+")

Hosts = Mapping[str, Sequence[Mention]]
Match = Callable[[Hosts, Sequence[str], Sequence[Customer]], dict[str, Customer]]


def most_named(hosts: Hosts, wanted: Sequence[str], count: int) -> list[str]:
    """Leave out those that are named less than as many as there are nodes: they are slips."""
    ranked = sorted(wanted, key=lambda host: -len(hosts[host]))
    if len(ranked) <= count or not count:
        return ranked
    least = len(hosts[ranked[count - 1]])
    return [host for host in ranked if len(hosts[host]) >= least]


def each_by_name(hosts: Hosts, free: Sequence[Customer]) -> Collection[str]:
    """Give the hosts that are called as the nodes are, if there is one for each of several."""
    called = by_name(hosts, list(hosts), free)
    return called if len(called) == len(free) > 1 else ()


def by_name(_hosts: Hosts, wanted: Sequence[str], free: Sequence[Customer]) -> dict[str, Customer]:
    """Match `cp-1.acme.com` with the node `cp-1`, or where one name ends with the other."""
    matched: dict[str, Customer] = {}
    for host in wanted:
        near = [one for one in free if not is_usable(host) and _end_alike(host, one.name)]
        if len(near) == 1 and near[0] not in matched.values():
            matched[host] = near[0]
    return matched


def most_alike(host: str, nodes: Sequence[Customer]) -> Customer | None:
    """Give the one of several nodes that shares most words with a host.

    Words that all nodes have tell nothing, and numbers alone neither.
    """
    if is_usable(host) or not nodes:
        return None
    words = {one.name: _words(one.name) for one in nodes}
    common = frozenset.intersection(*words.values())
    label = _words(host.partition(".")[0]) - common
    shared = {name: of & label for name, of in words.items()}
    most = max(map(len, shared.values()))
    found = [one for one in nodes if len(shared[one.name]) == most]
    is_told = len(found) == 1 and any(not word.isdigit() for word in shared[found[0].name])
    return found[0] if is_told else None


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(name.lower()))


def _end_alike(host: str, name: str) -> bool:
    label = "".join(filter(str.isalnum, host.partition(".")[0]))
    node = "".join(filter(str.isalnum, name))
    return bool(label) and (node.endswith(label) or label.endswith(node))


def not_oneself(
    hosts: Hosts, wanted: Sequence[str], free: Sequence[Customer]
) -> dict[str, Customer]:
    """Match what is left of one kind with what is left of the other: nobody copies to itself."""
    matched: dict[str, Customer] = {}
    if len(wanted) > len(free):
        return matched
    for host in wanted:
        senders = {m.node for m in hosts[host] if m.row and _COPY in m.row.key}
        possible = [one for one in free if one.name not in senders]
        if len(possible) == 1 and possible[0] not in matched.values():
            matched[host] = possible[0]
    return matched


def in_order(_hosts: Hosts, wanted: Sequence[str], free: Sequence[Customer]) -> dict[str, Customer]:
    """Match as many hosts with as many nodes, in the order of both their names."""
    if len(wanted) != len(free):
        return {}
    return dict(zip(sorted(wanted, key=_numbers), free, strict=True))


def _numbers(host: str) -> tuple[object, ...]:
    return tuple(int(part) for part in host.split(".")) if is_usable(host) else (host,)


# The surest first, each with its reason in words.
MATCHES: tuple[tuple[Match, str], ...] = (
    (by_name, "by its name"),
    (not_oneself, "no other is left"),
    (in_order, "in the order of names, please check"),
)
