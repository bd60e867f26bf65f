"""The event hub of a deployment.toml: where events are published, heard, and told of tokens."""

from typing import Any

from lab.plan.model import Plan, PlannedNode
from lab.products.apim_4x import AMQP_PORT, BINARY_PORT, BINARY_TLS_PORT
from lab.products.facts import Role
from lab.products.keys_4x import INTERCEPTOR, KEY_MANAGER_HEADER, NOTIFY_PATH
from lab.render.node_urls import (
    MAPPED_USER,
    RUNTIME_USER,
    asks_itself,
    management_url,
    node_url,
    own_broker,
    services_url,
)

Values = dict[str, Any]


def event_hub(plan: Plan, node: PlannedNode) -> Values:
    """Give where events are published and heard: at the control planes."""
    hubs = plan.nodes_of(Role.CONTROL_PLANE)
    is_one_of_several = node.role is Role.CONTROL_PLANE and len(hubs) > 1
    hears_itself = is_one_of_several or asks_itself(plan, node, Role.CONTROL_PLANE)
    return {
        "enable": True,
        **MAPPED_USER,
        # A hub of several publishes and listens on its own broker: the key feeds both ways.
        "service_url": (
            "https://localhost:${mgt.transport.https.port}/services/"
            if is_one_of_several
            else services_url(plan, node, Role.CONTROL_PLANE)
        ),
        "event_listening_endpoints": (
            [own_broker(node)]
            if hears_itself
            else [node_url("tcp", hub, AMQP_PORT) for hub in hubs]
        ),
        "publish": {
            "url_group": [
                {
                    "urls": [node_url("tcp", hub, BINARY_PORT)],
                    "auth_urls": [node_url("ssl", hub, BINARY_TLS_PORT)],
                }
                for hub in hubs
            ]
        },
    }


def event_listener(plan: Plan, node: PlannedNode) -> Values:
    """Give what tells the hub of revoked tokens."""
    return {
        "id": "token_revocation",
        "type": "org.wso2.carbon.identity.core.handler.AbstractIdentityHandler",
        "name": INTERCEPTOR,
        "order": 1,
        "properties": {
            "notification_endpoint": management_url(plan, node, Role.CONTROL_PLANE) + NOTIFY_PATH,
            **RUNTIME_USER,
            KEY_MANAGER_HEADER: "default",
        },
    }
