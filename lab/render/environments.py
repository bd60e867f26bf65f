"""The gateway environments of a control plane's deployment.toml: where APIs are published."""

from typing import Any

from lab.plan.merge import merge
from lab.plan.model import Plan, PlannedNode
from lab.products.apim_4x import (
    GATEWAY_HTTP_PORT,
    GATEWAY_HTTPS_PORT,
    GATEWAY_WS_PORT,
    GATEWAY_WSS_PORT,
    MANAGEMENT_PORT,
)
from lab.products.facts import Role
from lab.products.versions_4x import version_of
from lab.render.node_urls import RUNTIME_USER, asks_itself, front_url, management_url

Values = dict[str, Any]

_GATEWAYS_HAVE_TYPES = (4, 3)


def environments(plan: Plan, node: PlannedNode) -> list[Values]:
    """Give a control plane's record of each environment; of its own gateway only what is left."""
    served: dict[str, PlannedNode] = {}
    for gateway in (*plan.nodes_of(Role.GATEWAY), node):
        for name in gateway.environments:
            served.setdefault(name, gateway)
    return [
        merge(_environment(plan, node, name, gateway), plan.environments.get(name, {}))
        for name, gateway in served.items()
    ]


def _environment(plan: Plan, node: PlannedNode, name: str, gateway: PlannedNode) -> Values:
    management = (
        management_url(plan, node, Role.GATEWAY)
        if asks_itself(plan, node, Role.GATEWAY)
        else front_url(plan, gateway, "https", MANAGEMENT_PORT)
    )
    return {
        "name": name,
        "type": "hybrid",
        # As the files that come with those versions say; an empty one counts as Regular.
        **({"gateway_type": "Regular"} if version_of(plan.version) >= _GATEWAYS_HAVE_TYPES else {}),
        "display_in_api_console": True,
        "description": "This is a hybrid gateway that handles both production and sandbox"
        " token traffic.",
        "show_as_token_endpoint_url": True,
        "service_url": f"{management}/services/",
        **RUNTIME_USER,
        "ws_endpoint": front_url(plan, gateway, "ws", GATEWAY_WS_PORT),
        "wss_endpoint": front_url(plan, gateway, "wss", GATEWAY_WSS_PORT),
        "http_endpoint": front_url(plan, gateway, "http", GATEWAY_HTTP_PORT),
        "https_endpoint": front_url(plan, gateway, "https", GATEWAY_HTTPS_PORT),
    }
