"""When a member may be dialled: a node of the product not before its management port listens.

That port is the last that the product opens, but for the broker's a second later. WebSub's listen
before anybody is behind them, for as long as a look-up of their address's name takes, and a
connection in that time ends such a listener for good (seen on 4.1.0).
"""

from collections.abc import Mapping

from lab.plan.model import Plan, PlannedNode
from lab.products.apim_4x import MANAGEMENT_PORT
from lab.products.facts import Protocol

_SERVLET = "servlet transport"


def management_port(node: PlannedNode) -> int:
    """Give the port by which a node shows that it has started."""
    for served in node.ports:
        if (served.protocol, served.what) == (Protocol.HTTPS, _SERVLET):
            return served.port
    return MANAGEMENT_PORT + node.offset


def doors(plan: Plan) -> Mapping[str, Mapping[str, int]]:
    """Give the port that has to listen before a member is dialled, and at whom; by its name.

    For a balancer before nodes of the product one of its members is enough. Who isn't there may be
    dialled at once.
    """
    real = {node.name: management_port(node) for node in plan.real_nodes}
    own = {name: {name: port} for name, port in real.items()}
    before = {
        balancer.name: {name: real[name] for name in balancer.members}
        for balancer in plan.balancers
        if set(balancer.members) <= set(real)
    }
    return own | before
