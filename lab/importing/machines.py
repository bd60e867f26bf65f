"""Which names and addresses are whose by the nodes' own files, and who shares a machine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lab.importing.customer import Customer, Mention
from lab.wiring.cluster import LOCAL_HOSTS


@dataclass(slots=True)
class Machines:
    """The hosts that a node has, and for each node the first one of its machine."""

    holders: dict[str, str] = field(default_factory=dict)  # host → node
    first: dict[str, str] = field(default_factory=dict)  # node → the first node of its machine

    def hosts_of(self, node: str) -> list[str]:
        """Give the hosts that lead to this very node's machine."""
        return [host for host, holder in self.holders.items() if self.same(holder, node)]

    def same(self, one: str, other: str) -> bool:
        """Tell whether two nodes share a machine."""
        return self.first[one] == self.first[other]

    def join(self, one: str, other: str) -> None:
        """Put two nodes on one machine."""
        kept, gone = self.first[one], self.first[other]
        self.first = {node: kept if of == gone else of for node, of in self.first.items()}


def find_machines(customers: Sequence[Customer], mentions: Sequence[Mention]) -> Machines:
    """Read it from the files: equal names with other ports, and `localhost` with another's port."""
    machines = Machines(first={one.name: one.name for one in customers})
    by_name = {one.name: one for one in customers}
    for host, claiming in _claims(customers).items():
        if _are_apart(claiming):
            machines.holders[host] = claiming[0].name
            for other in claiming[1:]:
                machines.join(claiming[0].name, other.name)
    for one in customers:
        if one.name not in machines.holders and any(m.host == one.name for m in mentions):
            machines.holders[one.name] = one.name
    for mention in mentions:
        _join_neighbour(machines, mention, by_name)
    _join_by_ports(machines, mentions, customers)
    return machines


def offsets_at_start(
    machines: Machines, mentions: Sequence[Mention], customers: Sequence[Customer]
) -> tuple[str, ...]:
    """Tell of each port of `localhost` at an offset that nobody on the asking node's machine has.

    That is how an offset shows which the start command gives: it is in no file.
    """
    asked: dict[tuple[str, int], list[Mention]] = {}
    for mention in mentions:
        offset = mention.port - mention.target
        beside = (one for one in customers if machines.same(one.name, mention.node))
        is_near = mention.host in LOCAL_HOSTS and mention.target and mention.row
        if is_near and offset > 0 and offset not in {one.settings.offset for one in beside}:
            asked.setdefault((mention.node, offset), []).append(mention)
    return tuple(_offset_at_start(*of, asking, customers) for of, asking in asked.items())


def _offset_at_start(
    node: str, offset: int, asking: Sequence[Mention], customers: Sequence[Customer]
) -> str:
    ports = ", ".join(dict.fromkeys(str(one.port) for one in asking))
    meant = [
        one.name
        for one in customers
        if all(asked.row and asked.row.is_answered_by(one.role) for asked in asking)
    ]
    who = " or ".join(meant) or "a node"
    return (
        f"{node} asks its localhost at {ports}, as at {asking[0].reading.link.source}, and nobody"
        f" opens that by the files: if {who} is started there with -DportOffset={offset}, write"
        " this offset into its file before the import"
    )


def _claims(customers: Sequence[Customer]) -> Mapping[str, list[Customer]]:
    claims: dict[str, list[Customer]] = {}
    for one in customers:
        for host in one.hosts:
            claims.setdefault(host, []).append(one)
    return claims


def _are_apart(customers: Sequence[Customer]) -> bool:
    """Tell whether processes with these ports can run side by side on one machine."""
    ports = [port for one in customers for port in one.own_ports]
    return len(ports) == len(set(ports))


def _join_neighbour(machines: Machines, mention: Mention, by_name: Mapping[str, Customer]) -> None:
    """Join who is asked through `localhost` at a port that only another node opens."""
    own = by_name[mention.node]
    if mention.host not in LOCAL_HOSTS or mention.row is None or mention.port in own.own_ports:
        return
    near = [
        one
        for one in by_name.values()
        if mention.port in one.own_ports
        and _are_apart((one, own))
        and not (machines.hosts_of(one.name) and machines.hosts_of(own.name))
    ]
    if len(near) == 1:
        machines.join(near[0].name, own.name)


def _join_by_ports(
    machines: Machines, mentions: Sequence[Mention], customers: Sequence[Customer]
) -> None:
    """Join nodes without a name of their own that others call by one host, at their own ports."""
    free = [one for one in customers if not machines.hosts_of(one.name)]
    wanted: dict[str, list[Mention]] = {}
    for mention in mentions:
        is_known = mention.host in machines.holders or mention.host in LOCAL_HOSTS
        if mention.row and mention.row.peers and not is_known:
            wanted.setdefault(mention.host, []).append(mention)
    for host, asked in wanted.items():
        found = _answering(asked, free)
        if len(found) > 1 and _are_apart(found):
            machines.holders[host] = found[0].name
            for other in found[1:]:
                machines.join(found[0].name, other.name)


def _answering(asked: Iterable[Mention], free: Sequence[Customer]) -> list[Customer]:
    found: dict[str, Customer] = {}
    for mention in asked:
        row = mention.row
        for one in free:
            if (
                row
                and row.is_answered_by(one.role)
                and one.ports.get(mention.target) == mention.port
            ):
                found.setdefault(one.name, one)
    return [one for one in free if one.name in found]
