"""The nodes beside what their files ask of others: who is there, and who is reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lab.importing.customer import Customer, Mention
from lab.importing.machines import Machines
from lab.products.facts import Protocol, Role
from lab.wiring.likeness import may_be_meant

USUAL = (443, 80)  # what balancers open
_DIRECT = (Protocol.AMQP, Protocol.BINARY, Protocol.BINARY_TLS)
_NEAR = 0.85  # likeness of two names of which one may be a slip of the other
_WRONG = 2  # letters of a slip


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer's nodes, their machines, and the hosts that they name beside `localhost`."""

    customers: Sequence[Customer]
    machines: Machines
    mentions: Sequence[Mention]

    @property
    def present(self) -> frozenset[Role]:
        """Give the roles that have a node."""
        return frozenset(one.role for one in self.customers)

    def nodes(self, role: Role) -> list[Customer]:
        """Give the nodes of a role."""
        return [one for one in self.customers if one.role is role]

    def is_opened(self, port: int) -> bool:
        """Tell whether any node opens *port*."""
        return any(port in one.own_ports for one in self.customers)

    def is_reached(self, node: Customer) -> bool:
        """Tell whether somebody calls a node by a name that it is known to have."""
        return any(
            mention.node != node.name
            and mention.host in self.machines.hosts_of(node.name)
            and (mention.port in node.own_ports or mention.target in node.ports)
            for mention in self.mentions
        )


def is_direct(mention: Mention) -> bool:
    """Tell whether a node itself is dialled: brokers and data receivers are never balanced."""
    return mention.reading.link.protocol in _DIRECT


def at_usual_port(asked: Sequence[Mention]) -> bool:
    """Tell whether a host is asked at a port that balancers open, and no node does."""
    return any(mention.port in USUAL for mention in asked)


def are_near(one: str, other: str) -> bool:
    """Tell whether one of two names may be a slip of the other.

    In one long domain any two names are much alike, so what stands before it counts for itself.
    """
    label, _, domain = one.partition(".")
    others, _, its = other.partition(".")
    if domain and domain == its and not _is_slip_of(label, others):
        return False
    return may_be_meant(one, other) and SequenceMatcher(None, one, other).ratio() > _NEAR


def is_member_of(name: str, host: str) -> bool:
    """Tell whether a name is a numbered one of what a host is called: `km-1.x` of `km.x`."""
    label, _, domain = name.partition(".")
    whole, _, its = host.partition(".")
    return domain == its and label != whole and label.rstrip("0123456789").rstrip("-_") == whole


def _is_slip_of(one: str, other: str) -> bool:
    right = sum(block.size for block in SequenceMatcher(None, one, other).get_matching_blocks())
    return right > 0 and max(len(one), len(other)) - right <= _WRONG
