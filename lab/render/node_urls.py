"""The URLs by which nodes of the 4.x line name each other, and the users that they log in as."""

from lab.plan.model import Plan, PlannedNode
from lab.products.apim_4x import (
    AMQP_PORT,
    BALANCER_HTTP_PORT,
    BALANCER_HTTPS_PORT,
    MANAGEMENT_PORT,
)
from lab.products.facts import Role

# Resolved by the product's config mapper while it reads the file …
MAPPED_USER = {
    "username": "$ref{super_admin.username}",
    "password": "$ref{super_admin.password}",
}
# … and by the running server from its system properties.
RUNTIME_USER = {"username": "${admin.username}", "password": "${admin.password}"}

_OWN_MANAGEMENT = "https://localhost:${mgt.transport.https.port}"


def asks_itself(plan: Plan, node: PlannedNode, part: Role) -> bool:
    """Tell whether a node does the work of *part* besides its own, so that it asks itself."""
    return node.role is not part and node in plan.nodes_of(part)


def services_url(plan: Plan, node: PlannedNode, role: Role) -> str:
    """Give the URL at which a node asks a role's services."""
    return management_url(plan, node, role) + "/services/"


def management_url(plan: Plan, node: PlannedNode, role: Role) -> str:
    """Give the URL of a role's first node, or of its balancer; who plays it asks itself."""
    if asks_itself(plan, node, role):
        return _OWN_MANAGEMENT
    return front_url(plan, plan.nodes_of(role)[0], "https", MANAGEMENT_PORT)


def front_url(plan: Plan, node: PlannedNode, scheme: str, port: int) -> str:
    """Give a node's URL, or its balancer's: without a port where the scheme says it."""
    balancer = plan.balancer_before(node.name)
    if balancer is None:
        return node_url(scheme, node, port)
    fronts = [front.port for front in balancer.fronts if front.leads_to(port)]
    usual = {"https": BALANCER_HTTPS_PORT, "http": BALANCER_HTTP_PORT}.get(scheme, 0)
    if usual in fronts:
        return f"{scheme}://{balancer.hostname}"
    return f"{scheme}://{balancer.hostname}:{fronts[0]}"


def own_broker(node: PlannedNode) -> str:
    """Give the address of a node's own broker."""
    return f"tcp://localhost:{AMQP_PORT + node.offset}"


def node_url(scheme: str, node: PlannedNode, port: int) -> str:
    """Give a node's URL; *port* is that at offset 0."""
    return f"{scheme}://{node.hostname}:{port + node.offset}"
