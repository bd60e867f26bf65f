"""The `[apim.throttling]` of a deployment.toml: the traffic managers, and copies for each other."""

from typing import Any

from lab.plan.model import Plan, PlannedNode
from lab.products.apim_4x import AMQP_PORT, BINARY_PORT, BINARY_TLS_PORT
from lab.products.facts import Role
from lab.products.versions_4x import version_of
from lab.render.node_urls import asks_itself, node_url, own_broker, services_url

Values = dict[str, Any]

_HUB_HAS_COPIES = (4, 3)


def throttling(plan: Plan, node: PlannedNode) -> Values:
    """Give where requests are told and decisions heard: at the traffic managers."""
    managers = plan.nodes_of(Role.TRAFFIC_MANAGER)
    brokers = [node_url("tcp", one, AMQP_PORT) for one in managers]
    hears_itself = asks_itself(plan, node, Role.TRAFFIC_MANAGER)
    return {
        "service_url": services_url(plan, node, Role.TRAFFIC_MANAGER),
        "throttle_decision_endpoints": [own_broker(node)] if hears_itself else brokers,
        "url_group": [
            {
                "traffic_manager_urls": [node_url("tcp", one, BINARY_PORT)],
                "traffic_manager_auth_urls": [node_url("ssl", one, BINARY_TLS_PORT)],
            }
            for one in managers
        ],
    }


def own_throttling(plan: Plan, node: PlannedNode) -> Values:
    """Give what a traffic manager of several needs; the same keys feed its own publisher."""
    return {
        **throttling(plan, node),
        "throttle_decision_endpoints": [own_broker(node)],
        **copies(plan, node),
    }


def copies(plan: Plan, node: PlannedNode) -> Values:
    """Give where a copy of each event goes: to the other members, never to itself."""
    others = plan.others_of(node.name)
    urls = [node_url("tcp", plan.node(name), AMQP_PORT) for name in others]
    return {"event_duplicate_url": urls} if urls else {}


def copies_below_throttling(plan: Plan, node: PlannedNode) -> bool:
    """Tell under which table a hub's copies are read."""
    # Up to 4.2 no template reads the key below [apim.event_hub] (wso2/api-manager#1935); later
    # ones fall back to this one, which a traffic manager needs in any version.
    return (
        asks_itself(plan, node, Role.TRAFFIC_MANAGER) or version_of(plan.version) < _HUB_HAS_COPIES
    )
