"""Makes the values of a node's deployment.toml, role by role, as WSO2's document gives them.

Source: "Configuring a Distributed API-M Deployment with Key Manager and Traffic Manager
Separation", 4.x.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lab.plan.merge import merge
from lab.plan.model import Plan, PlannedNode, SchemaPlace
from lab.products.apim_4x import (
    AMQP_PORT,
    BALANCER_HTTP_PORT,
    BALANCER_HTTPS_PORT,
    BINARY_PORT,
    BINARY_TLS_PORT,
    GATEWAY_HTTP_PORT,
    GATEWAY_HTTPS_PORT,
    GATEWAY_WS_PORT,
    GATEWAY_WSS_PORT,
    MANAGEMENT_PORT,
    SERVLET_HTTP_PORT,
    version_of,
)
from lab.products.facts import Role
from lab.products.releases import PRODUCTS

Values = dict[str, Any]

# Resolved by the product's config mapper while it reads the file …
_MAPPED_USER = {
    "username": "$ref{super_admin.username}",
    "password": "$ref{super_admin.password}",
}
# … and by the running server from its system properties.
_RUNTIME_USER = {"username": "${admin.username}", "password": "${admin.password}"}
_HUB_HAS_COPIES = (4, 3)
_GATEWAYS_HAVE_TYPES = (4, 3)
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
            "key_manager": _key_manager(plan),
            "throttling": _throttling(plan),
            "event_hub": _event_hub(plan, node),
            "cors": _cors(),
            "sync_runtime_artifacts": {"gateway": {"gateway_labels": list(node.environments)}},
        },
        "event_listener": [_event_listener(plan)],
    }


def _control_plane(plan: Plan, node: PlannedNode) -> Values:
    return {
        **_server(plan, node),
        "keystore": {"tls": _keystore()},
        "apim": {
            "key_manager": _key_manager(plan),
            "gateway": {"environment": _environments(plan)},
            # The switch overrides what the profile says, `false`; the document sets it.
            "throttling": {
                **_MAPPED_USER,
                "enable_data_publishing": True,
                **_throttling(plan),
                **(_copies(plan, node) if _copies_below_throttling(plan) else {}),
            },
            "event_hub": {
                **_event_hub(plan, node),
                **({} if _copies_below_throttling(plan) else _copies(plan, node)),
            },
            "cors": _cors(),
        },
        "event_listener": [_event_listener(plan)],
    }


def _traffic_manager(plan: Plan, node: PlannedNode) -> Values:
    return {
        **_server(plan, node),
        "keystore": {"tls": _keystore()},
        "truststore": _truststore(),
        "apim": {
            "event_hub": _event_hub(plan, node),
            **({"throttling": _own_throttling(plan, node)} if plan.others_of(node.name) else {}),
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
        "apim": {"event_hub": _event_hub(plan, node)},
        "event_listener": [_event_listener(plan)],
    }


_ROLES: Mapping[Role, Callable[[Plan, PlannedNode], Values]] = {
    Role.GATEWAY: _gateway,
    Role.CONTROL_PLANE: _control_plane,
    Role.TRAFFIC_MANAGER: _traffic_manager,
    Role.KEY_MANAGER: _key_manager_node,
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
    return balancer.hostname if balancer and node.role is Role.GATEWAY else node.hostname


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


def _key_manager(plan: Plan) -> Values:
    return {"service_url": _services(plan, Role.KEY_MANAGER), **_MAPPED_USER}


def _throttling(plan: Plan) -> Values:
    managers = plan.nodes_of(Role.TRAFFIC_MANAGER)
    return {
        "service_url": _services(plan, Role.TRAFFIC_MANAGER),
        "throttle_decision_endpoints": [_url("tcp", node, AMQP_PORT) for node in managers],
        "url_group": [
            {
                "traffic_manager_urls": [_url("tcp", node, BINARY_PORT)],
                "traffic_manager_auth_urls": [_url("ssl", node, BINARY_TLS_PORT)],
            }
            for node in managers
        ],
    }


def _own_throttling(plan: Plan, node: PlannedNode) -> Values:
    """Give what a traffic manager of several needs; the same keys feed its own publisher."""
    return {
        **_throttling(plan),
        "throttle_decision_endpoints": [_own_broker(node)],
        **_copies(plan, node),
    }


def _copies(plan: Plan, node: PlannedNode) -> Values:
    """Give where a copy of each event goes: to the other members, never to itself."""
    others = plan.others_of(node.name)
    urls = [_url("tcp", plan.node(name), AMQP_PORT) for name in others]
    return {"event_duplicate_url": urls} if urls else {}


def _copies_below_throttling(plan: Plan) -> bool:
    # Up to 4.2 no template reads the key below [apim.event_hub] (wso2/api-manager#1935).
    return version_of(plan.version) < _HUB_HAS_COPIES


def _event_hub(plan: Plan, node: PlannedNode) -> Values:
    hubs = plan.nodes_of(Role.CONTROL_PLANE)
    is_one_of_several = node.role is Role.CONTROL_PLANE and len(hubs) > 1
    return {
        "enable": True,
        **_MAPPED_USER,
        # A hub of several publishes and listens on its own broker: the key feeds both ways.
        "service_url": (
            "https://localhost:${mgt.transport.https.port}/services/"
            if is_one_of_several
            else _services(plan, Role.CONTROL_PLANE)
        ),
        "event_listening_endpoints": (
            [_own_broker(node)]
            if is_one_of_several
            else [_url("tcp", hub, AMQP_PORT) for hub in hubs]
        ),
        "publish": {
            "url_group": [
                {
                    "urls": [_url("tcp", hub, BINARY_PORT)],
                    "auth_urls": [_url("ssl", hub, BINARY_TLS_PORT)],
                }
                for hub in hubs
            ]
        },
    }


def _event_listener(plan: Plan) -> Values:
    hub = plan.nodes_of(Role.CONTROL_PLANE)[0]
    return {
        "id": "token_revocation",
        "type": "org.wso2.carbon.identity.core.handler.AbstractIdentityHandler",
        "name": "org.wso2.is.notification.ApimOauthEventInterceptor",
        "order": 1,
        "properties": {
            "notification_endpoint": _front(plan, hub, "https", MANAGEMENT_PORT)
            + "/internal/data/v1/notify",
            **_RUNTIME_USER,
            "header.X-WSO2-KEY-MANAGER": "default",
        },
    }


def _environments(plan: Plan) -> list[Values]:
    """Give the control plane's record of each environment that gateways serve."""
    served: dict[str, PlannedNode] = {}
    for node in plan.nodes_of(Role.GATEWAY):
        for name in node.environments:
            served.setdefault(name, node)
    return [
        merge(_environment(plan, name, node), plan.environments.get(name, {}))
        for name, node in served.items()
    ]


def _environment(plan: Plan, name: str, gateway: PlannedNode) -> Values:
    return {
        "name": name,
        "type": "hybrid",
        # As the files that come with those versions say; an empty one counts as Regular.
        **({"gateway_type": "Regular"} if version_of(plan.version) >= _GATEWAYS_HAVE_TYPES else {}),
        "display_in_api_console": True,
        "description": "This is a hybrid gateway that handles both production and sandbox"
        " token traffic.",
        "show_as_token_endpoint_url": True,
        "service_url": _front(plan, gateway, "https", MANAGEMENT_PORT) + "/services/",
        **_RUNTIME_USER,
        "ws_endpoint": _front(plan, gateway, "ws", GATEWAY_WS_PORT),
        "wss_endpoint": _front(plan, gateway, "wss", GATEWAY_WSS_PORT),
        "http_endpoint": _front(plan, gateway, "http", GATEWAY_HTTP_PORT),
        "https_endpoint": _front(plan, gateway, "https", GATEWAY_HTTPS_PORT),
    }


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


def _services(plan: Plan, role: Role) -> str:
    return _front(plan, plan.nodes_of(role)[0], "https", MANAGEMENT_PORT) + "/services/"


def _front(plan: Plan, node: PlannedNode, scheme: str, port: int) -> str:
    """Give a node's URL, or its balancer's: without a port where the scheme says it."""
    balancer = plan.balancer_before(node.name)
    if balancer is None:
        return _url(scheme, node, port)
    fronts = [front.port for front in balancer.fronts if front.leads_to(port)]
    usual = {"https": BALANCER_HTTPS_PORT, "http": BALANCER_HTTP_PORT}.get(scheme, 0)
    if usual in fronts:
        return f"{scheme}://{balancer.hostname}"
    return f"{scheme}://{balancer.hostname}:{fronts[0]}"


def _own_broker(node: PlannedNode) -> str:
    return f"tcp://localhost:{AMQP_PORT + node.offset}"


def _url(scheme: str, node: PlannedNode, port: int) -> str:
    return f"{scheme}://{node.hostname}:{port + node.offset}"
