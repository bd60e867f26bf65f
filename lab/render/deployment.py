"""Makes the values of a node's deployment.toml, role by role, as WSO2's document gives them.

Source: "Configuring a Distributed API-M Deployment with Key Manager and Traffic Manager
Separation", 4.x.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lab.plan.merge import merge
from lab.plan.model import Plan, PlannedNode, SchemaPlace
from lab.products.apim_4x import (
    BALANCER_HTTP_PORT,
    BALANCER_HTTPS_PORT,
    MANAGEMENT_PORT,
    SERVLET_HTTP_PORT,
)
from lab.products.facts import Role
from lab.products.releases import PRODUCTS
from lab.render.environments import environments
from lab.render.event_hub import event_hub, event_listener
from lab.render.node_urls import MAPPED_USER, services_url
from lab.render.throttling import copies, copies_below_throttling, own_throttling, throttling

Values = dict[str, Any]

_H2_USER = {"username": "wso2carbon", "password": "wso2carbon"}


def deployment_values(plan: Plan, node: PlannedNode, encryption_key: str = "") -> Values:
    """Give the tables of this node's file, its own `config` merged last."""
    encryption = {"encryption": {"key": encryption_key}} if encryption_key else {}
    return merge(_ROLES[node.role](plan, node), encryption, node.config)


def _gateway(plan: Plan, node: PlannedNode) -> Values:
    return {
        **_server(plan, node),
        "keystore": {"tls": _keystore()},
        "truststore": _truststore(),
        "apim": {
            "key_manager": _key_manager(plan, node),
            "throttling": throttling(plan, node),
            "event_hub": event_hub(plan, node),
            "cors": _cors(),
            "sync_runtime_artifacts": _labels(node),
        },
        "event_listener": [event_listener(plan, node)],
    }


def _control_plane(plan: Plan, node: PlannedNode) -> Values:
    return {
        **_server(plan, node),
        "keystore": {"tls": _keystore()},
        "apim": {
            "key_manager": _key_manager(plan, node),
            "gateway": {"environment": environments(plan, node)},
            # The switch overrides what the profile says, `false`; the document sets it.
            "throttling": {
                **MAPPED_USER,
                "enable_data_publishing": True,
                **throttling(plan, node),
                **(copies(plan, node) if copies_below_throttling(plan, node) else {}),
            },
            "event_hub": {
                **event_hub(plan, node),
                **({} if copies_below_throttling(plan, node) else copies(plan, node)),
            },
            "cors": _cors(),
        },
        "event_listener": [event_listener(plan, node)],
    }


def _all_in_one(plan: Plan, node: PlannedNode) -> Values:
    return merge(
        _control_plane(plan, node),
        {"truststore": _truststore(), "apim": {"sync_runtime_artifacts": _labels(node)}},
    )


def _traffic_manager(plan: Plan, node: PlannedNode) -> Values:
    return {
        **_server(plan, node),
        "keystore": {"tls": _keystore()},
        "truststore": _truststore(),
        "apim": {
            "event_hub": event_hub(plan, node),
            **({"throttling": own_throttling(plan, node)} if plan.others_of(node.name) else {}),
        },
    }


def _key_manager_node(plan: Plan, node: PlannedNode) -> Values:
    return {
        **_server(plan, node),
        "keystore": {"tls": _keystore()},
        "truststore": _truststore(),
        "event_handler": [
            {"name": "userPostSelfRegistration", "subscriptions": ["POST_ADD_USER"]},
        ],
        "service_provider": {"sp_name_regex": r"^[\sa-zA-Z0-9._-]*$"},
        "apim": {"event_hub": event_hub(plan, node)},
        "event_listener": [event_listener(plan, node)],
    }


_ROLES: Mapping[Role, Callable[[Plan, PlannedNode], Values]] = {
    Role.GATEWAY: _gateway,
    Role.CONTROL_PLANE: _control_plane,
    Role.TRAFFIC_MANAGER: _traffic_manager,
    Role.KEY_MANAGER: _key_manager_node,
    Role.ALL_IN_ONE: _all_in_one,
}


def _server(plan: Plan, node: PlannedNode) -> Values:
    return {
        "server": {
            "hostname": _cluster_host(plan, node),
            "node_ip": "127.0.0.1",
            "server_role": node.profile,
            "offset": node.offset,
        },
        **_transports(plan, node),
        "user_store": {"type": "database_unique_id"},
        "super_admin": {
            "username": node.super_admin.username,
            "password": node.super_admin.password,
            "create_admin_account": True,
        },
        "database": {name: _database(plan, name, place) for name, place in node.databases.items()},
    }


def _cluster_host(plan: Plan, node: PlannedNode) -> str:
    """Give `[server] hostname`: that of gateways together is their balancer's."""
    balancer = plan.balancer_before(node.name)
    return balancer.hostname if balancer and node.role.plays(Role.GATEWAY) else node.hostname


def _transports(plan: Plan, node: PlannedNode) -> Values:
    """Give the ports by which clients come, for a node that a balancer stands before."""
    if plan.balancer_before(node.name) is None:
        return {}
    ports = {
        "http": {"port": SERVLET_HTTP_PORT, "proxyPort": BALANCER_HTTP_PORT},
        "https": {"port": MANAGEMENT_PORT, "proxyPort": BALANCER_HTTPS_PORT},
    }
    return {"transport": {name: {"properties": values} for name, values in ports.items()}}


def _database(plan: Plan, name: str, place: SchemaPlace | None) -> Values:
    if place is None:
        url = PRODUCTS[plan.product][plan.version].schemas[name].h2_url
        return {"type": "h2", "url": url, **_H2_USER}
    server = plan.server(place.server)
    account = server.accounts[0]
    return {
        "type": "mysql",
        "hostname": server.hostname,
        "name": place.schema,
        "port": str(server.port),
        "username": account.username,
        "password": account.password,
    }


def _keystore() -> Values:
    return {
        "file_name": "wso2carbon.jks",
        "type": "JKS",
        "password": "wso2carbon",
        "alias": "wso2carbon",
        "key_password": "wso2carbon",
    }


def _truststore() -> Values:
    return {"file_name": "client-truststore.jks", "type": "JKS", "password": "wso2carbon"}


def _labels(node: PlannedNode) -> Values:
    return {"gateway": {"gateway_labels": list(node.environments)}}


def _key_manager(plan: Plan, node: PlannedNode) -> Values:
    return {"service_url": services_url(plan, node, Role.KEY_MANAGER), **MAPPED_USER}


def _cors() -> Values:
    return {
        "allow_origins": "*",
        "allow_methods": ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"],
        "allow_headers": [
            "authorization",
            "Access-Control-Allow-Origin",
            "Content-Type",
            "SOAPAction",
        ],
        "allow_credentials": False,
    }
