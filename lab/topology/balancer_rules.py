"""What is wrong with a topology's environments, with its pairs and the balancers before them."""

from collections.abc import Iterator, Mapping

from lab.errors import Problem
from lab.topology.copies import Nodes, copies_of, members_of
from lab.topology.model import BalancerSection, NodeSection
from lab.topology.nearest import unknown

Balancers = Mapping[str, BalancerSection]


def balancer_problems(nodes: Nodes, balancers: Balancers, where: str) -> Iterator[Problem]:
    """Give what keeps nodes from standing beside each other, or behind a balancer."""
    yield from _environment_problems(nodes, where)
    for name, balancer in balancers.items():
        yield from _member_problems(name, balancer, nodes, where)
    behind = _behind(nodes, balancers)
    seconds = {names[1]: (node, names[0]) for node, names in behind.items() if len(names) > 1}
    for second, (node, first) in seconds.items():
        what = f"a second balancer before {node}: {first!r} is one already"
        mend = "keep one, whose further names can be its aliases; or name other `members`"
        yield Problem(what, f"{where}: balancers.{second}", mend)
    yield from _lone_copies(nodes, behind, where)


def _environment_problems(nodes: Nodes, where: str) -> Iterator[Problem]:
    first: dict[tuple[str, str], str] = {}
    for name, node in nodes.items():
        at = f"{where}: nodes.{name}.environments"
        if node.environments and not node.served:
            yield Problem(f"a {node.role} serves no environments", at, "name them on gateways")
        for environment in node.served:
            # An all-in-one's own gateway may serve what gateways beside it do.
            other = first.setdefault((node.role, environment), name)
            if nodes[other].copied_by != node.copied_by:
                what = f"{other} and {name} both serve {environment!r}, and differ otherwise"
                mend = "nodes of one environment are copies: let them serve the same ones"
                yield Problem(what, at, mend)


def _member_problems(
    name: str, balancer: BalancerSection, nodes: Nodes, where: str
) -> Iterator[Problem]:
    at = f"{where}: balancers.{name}"
    members = members_of(balancer, nodes)
    if not members:
        what = f"no {balancer.role} stands behind the balancer {name!r}"
        mend = f'add nodes with role = "{balancer.role}", or leave the balancer out'
        yield Problem(what, f"{at}.role", mend)
    known: list[NodeSection] = []
    for index, member in enumerate(members):
        node = nodes.get(member)
        if node is None:
            yield unknown("node", member, tuple(nodes), f"{at}.members[{index}]")
        elif node.role is not balancer.role:
            before = f"the balancer stands before {balancer.role}s"
            what = f"{member} has the role {node.role}, and {before}"
            yield Problem(what, f"{at}.members[{index}]", "name nodes of the balancer's role")
        else:
            known.append(node)
    if len({node.copied_by for node in known}) > 1:
        what = f"the balancer {name!r} stands before gateways of different environments"
        mend = "give each environment a balancer of its own, or name its `members`"
        yield Problem(what, f"{at}.members", mend)


def _behind(nodes: Nodes, balancers: Balancers) -> Mapping[str, list[str]]:
    """Give the balancers before each node, in the file's order."""
    return {
        node: [name for name, one in balancers.items() if node in members_of(one, nodes)]
        for node in nodes
    }


def _lone_copies(nodes: Nodes, behind: Mapping[str, list[str]], where: str) -> Iterator[Problem]:
    """Give a problem for each node that stands outside its copies' balancer, or has none."""
    for copies in dict.fromkeys(copies_of(name, nodes) for name in nodes):
        before = next((behind[name][0] for name in copies if behind[name]), None)
        role = nodes[copies[0]].role
        for name in copies[1:] if before is None else ():
            what = f"a second {role} without a balancer: {copies[0]!r} is one already"
            mend = (
                f'add [balancers.NAME] with role = "{role}" and the hostname that the other'
                " nodes and the clients call, or keep one node"
            )
            yield Problem(what, f"{where}: nodes.{name}.role", mend)
        for name in copies:
            if before is not None and before not in behind[name]:
                what = f"{name} stands outside the balancer before its copies, {before!r}"
                mend = "add it there, or let it serve other environments"
                yield Problem(what, f"{where}: balancers.{before}.members", mend)
