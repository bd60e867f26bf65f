"""Hosts that no file claims: a node's unsaid name, a load balancer, or unknown to this topology."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from lab.importing.customer import Customer, Mention
from lab.importing.machines import Machines
from lab.importing.matching import MATCHES, each_by_name, most_alike, most_named
from lab.products.connection_key import ConnectionKey
from lab.products.facts import Protocol, Role
from lab.products.keys_2x import AUTH_MANAGER, KEY_VALIDATOR
from lab.products.keys_4x import NOTIFY_KEY
from lab.topology.addresses import is_usable
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.likeness import may_be_meant
from lab.wiring.role_names import role_named
from lab.wiring.services import namespace_of, service_name

_DIRECT = (Protocol.AMQP, Protocol.BINARY, Protocol.BINARY_TLS)
_USUAL = (443, 80)  # what balancers open
_NEAR = 0.85  # likeness of two names of which one may be a slip of the other
_MEANS = {
    "apim.throttling": Role.TRAFFIC_MANAGER,
    NOTIFY_KEY: Role.CONTROL_PLANE,
    "apim.key_manager": Role.KEY_MANAGER,
    "apim.oauth": Role.KEY_MANAGER,
    AUTH_MANAGER: Role.KEY_MANAGER,
    KEY_VALIDATOR: Role.KEY_MANAGER,
}


@dataclass(frozen=True, slots=True)
class Balancer:
    """A load balancer that the files name, and no node is: its hosts, and its ports' targets."""

    role: Role
    hosts: tuple[str, ...]
    ports: Mapping[int, int]


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
    return _Guesser(customers, mentions, machines).run()


class _Guesser:
    def __init__(
        self, customers: Sequence[Customer], mentions: Sequence[Mention], machines: Machines
    ) -> None:
        self._customers = customers
        self._machines = machines
        self._present = frozenset(one.role for one in customers)
        self._mentions = [m for m in mentions if m.host not in LOCAL_HOSTS]
        self._found = Guesses()

    def run(self) -> Guesses:
        hosts = self._unclaimed()
        roles = {host: self._role_of(asked) for host, asked in hosts.items()}
        for role in Role:
            mine = {host: asked for host, asked in hosts.items() if roles[host] is role}
            left = self._name_nodes(role, mine)
            self._name_balancer(role, left)
        for host, asked in hosts.items():
            if roles[host] is None:
                self._found.unknown += asked
        return self._found

    def _unclaimed(self) -> dict[str, list[Mention]]:
        hosts: dict[str, list[Mention]] = {}
        for mention in self._mentions:
            if mention.host not in self._machines.holders and mention.row:
                hosts.setdefault(mention.host, []).append(mention)
        return hosts

    def _role_of(self, asked: Sequence[Mention]) -> Role | None:
        """Give the role that answers most of what is asked there."""
        votes: dict[Role, int] = {}
        for mention in asked:
            if mention.row is None or self._is_outside(mention):
                continue
            for role in sorted(self._answering(mention, mention.row)):
                votes[role] = votes.get(role, 0) + (2 if role is _preferred(mention) else 1)
        return max(votes, key=lambda role: votes[role]) if votes else None

    def _answering(self, mention: Mention, row: ConnectionKey) -> frozenset[Role]:
        """Give the roles that can be meant: all-in-ones where no node is for that part alone.

        These alone seldom are, as they ask themselves: at a port that none opens it's a stranger.
        """
        own = row.peers & self._present
        if own or not (mention.port in _USUAL or self._is_opened(mention.port)):
            return own
        return frozenset(filter(row.is_answered_by, self._present))

    def _is_opened(self, port: int) -> bool:
        return any(port in one.own_ports for one in self._customers)

    def _is_outside(self, mention: Mention) -> bool:
        """Tell whether a company's own directory is meant, which no node of the cluster brings."""
        may_be = mention.row is not None and mention.row.may_be_outside
        return may_be and not self._is_opened(mention.port)

    def _nodes(self, role: Role) -> list[Customer]:
        return [one for one in self._customers if one.role is role]

    def _is_reached(self, node: Customer) -> bool:
        """Tell whether somebody calls a node by a name that it is known to have."""
        return any(
            mention.node != node.name
            and mention.host in self._machines.hosts_of(node.name)
            and (mention.port in node.own_ports or mention.target in node.ports)
            for mention in self._mentions
        )

    def _name_nodes(
        self, role: Role, hosts: Mapping[str, list[Mention]]
    ) -> dict[str, list[Mention]]:
        """Give nodes that nobody reaches the hosts that can only be a node's; give the others."""
        self._name_by_words(role, hosts)
        hosts = self._left(hosts)
        free = [one for one in self._nodes(role) if not self._is_reached(one)]
        is_single = len(self._nodes(role)) == 1
        called = each_by_name(hosts, free)
        wanted = [
            host
            for host in hosts
            if host in called
            or (
                self._is_node_s(hosts[host], single=is_single)
                and not self._is_other(host, free)
                and most_alike(host, self._nodes(role)) in (None, *free)
            )
        ]
        wanted = most_named(hosts, wanted, len(free))
        for match, why in MATCHES:
            for host, node in match(hosts, wanted, free).items():
                self._take(host, node, why)
                wanted.remove(host)
                free.remove(node)
        return self._left(hosts)

    def _name_by_words(self, role: Role, hosts: Mapping[str, list[Mention]]) -> None:
        """Give hosts to the nodes that their words single out, unless they may be slips.

        A node that is reached has no other name, unless Kubernetes calls it by several services.
        """
        for host, asked in hosts.items():
            node = most_alike(host, self._nodes(role)) or self._only_one(role, host)
            if node is None or any(mention.port in _USUAL for mention in asked):
                continue
            is_free = bool(namespace_of(host)) or not self._is_reached(node)
            if is_free and not self._is_other(host, [node]):
                self._take(host, node, "by its name")

    def _only_one(self, role: Role, host: str) -> Customer | None:
        """Give the one node of a role that a service of Kubernetes is called after."""
        nodes = self._nodes(role)
        is_called_so = namespace_of(host) and role_named(service_name(host)) is role
        return nodes[0] if is_called_so and len(nodes) == 1 else None

    def _take(self, host: str, node: Customer, why: str) -> None:
        self._machines.holders[host] = node.name
        self._found.reasons.append(f"{host} is taken for {node.name}: {why}")

    def _left(self, hosts: Mapping[str, list[Mention]]) -> dict[str, list[Mention]]:
        return {host: hosts[host] for host in hosts if host not in self._machines.holders}

    def _is_other(self, host: str, free: Sequence[Customer]) -> bool:
        """Tell whether the nodes have addresses of their own, or names that are much like it."""
        return bool(free) and all(
            any(
                is_usable(own) == is_usable(host) and (is_usable(host) or _are_near(own, host))
                for own in self._machines.hosts_of(node.name)
            )
            for node in free
        )

    def _is_node_s(self, asked: Sequence[Mention], *, single: bool) -> bool:
        if any(map(_is_direct, asked)):
            return True
        return single and not any(mention.port in _USUAL for mention in asked)

    def _name_balancer(self, role: Role, hosts: Mapping[str, list[Mention]]) -> None:
        """Take the most named host for the role's balancer, and others for its further names."""
        nodes = self._nodes(role)
        ranked = sorted(hosts, key=lambda host: -len(hosts[host]))
        taken: list[str] = []
        for host in ranked:
            if self._may_be_balancer(host, hosts[host], nodes, taken):
                taken.append(host)
            else:
                self._found.unknown += hosts[host]
        taken += [host for host in self._shared(nodes) if host not in taken]
        if taken:
            asked = [mention for host in taken for mention in hosts.get(host, ())]
            self._found.balancers[role] = Balancer(role, tuple(taken), _ports(asked))
            names = ", ".join(one.name for one in nodes)
            what = f"{', '.join(taken)} is taken for a load balancer before {names}"
            self._found.reasons.append(f"{what}: no node has it")

    def _shared(self, nodes: Sequence[Customer]) -> list[str]:
        """Give the names that each of several nodes has for itself, and none can have alone."""
        if len(nodes) == 1:
            return []
        claimed = dict.fromkeys(host for one in nodes for host in one.hosts)
        by_all = [host for host in claimed if all(host in one.hosts for one in nodes)]
        return [host for host in by_all if host not in self._machines.holders]

    def _may_be_balancer(
        self, host: str, asked: Sequence[Mention], nodes: Sequence[Customer], taken: Sequence[str]
    ) -> bool:
        is_pair = len(nodes) > 1
        if not is_pair and not any(mention.port in _USUAL for mention in asked):
            return False
        if any(map(_is_direct, asked)) and self._are_dialled(nodes):
            return False
        if is_pair and not taken and len(asked) > 1:
            return True
        return not self._is_slip(host, taken)

    def _are_dialled(self, nodes: Sequence[Customer]) -> bool:
        """Tell whether others name the members one by one where a balancer could stand."""
        names = {one.name for one in nodes}
        return any(
            _is_direct(mention)
            and mention.node not in names
            and self._machines.holders.get(mention.host) in names
            for mention in self._mentions
        )

    def _is_slip(self, host: str, taken: Sequence[str]) -> bool:
        """Tell whether a host looks like one that is known, with a letter or number wrong."""
        if is_usable(host):
            return bool(taken) or any(is_usable(known) for known in self._machines.holders)
        known = [*self._machines.holders, *taken]
        return any(_are_near(host, other) for other in known)


def _are_near(one: str, other: str) -> bool:
    return may_be_meant(one, other) and SequenceMatcher(None, one, other).ratio() > _NEAR


def _is_direct(mention: Mention) -> bool:
    return mention.reading.link.protocol in _DIRECT


def _preferred(mention: Mention) -> Role | None:
    """Give whom a key means that two roles could answer."""
    key = mention.row.key if mention.row else ""
    return next((role for start, role in _MEANS.items() if key.startswith(start)), None)


def _ports(asked: Sequence[Mention]) -> dict[int, int]:
    """Give the ports that it opens, with the members' ports behind: the usual, else the most used.

    A port that one URL alone names beside those is the file's mistake, and stays shut.
    """
    ports: dict[int, int] = {}
    for target in sorted({mention.target for mention in asked} - {0}):
        used = [mention.port for mention in asked if mention.target == target]
        usual = [port for port in dict.fromkeys(used) if port in (*_USUAL, target)]
        for port in usual or [max(used, key=used.count)]:
            ports.setdefault(port, target)
    return ports
