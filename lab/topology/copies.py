"""Which nodes do the same work, and which of them stand behind a balancer."""

from collections.abc import Mapping

from lab.topology.model import BalancerSection, NodeSection

Nodes = Mapping[str, NodeSection]


def members_of(balancer: BalancerSection, nodes: Nodes) -> tuple[str, ...]:
    """Give the nodes behind a balancer: those that it names, or all of its role."""
    if balancer.members:
        return tuple(balancer.members)
    return tuple(name for name, node in nodes.items() if node.role is balancer.role)


def copies_of(name: str, nodes: Nodes) -> tuple[str, ...]:
    """Give all nodes that do the same work as this one, itself among them."""
    alike = nodes[name].copied_by
    return tuple(other for other, node in nodes.items() if node.copied_by == alike)
