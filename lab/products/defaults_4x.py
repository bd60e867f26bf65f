"""What the 4.x line uses where a file is silent: defaults, fall-backs, and a role's own switches.

Sources: `default.json`, `infer.json` and the templates of the 4.1.0 distribution.
"""

from collections.abc import Mapping

from lab.products.connection_key import FallBack
from lab.products.facts import Role
from lab.products.keys_4x import (
    DECISION_FACTORY,
    DECISIONS,
    HUB_GROUP,
    HUB_LISTENING,
    HUB_SERVICE,
    KEY_MANAGER_SERVICE,
    RECEIVER_AUTH_RAW,
    RECEIVER_RAW,
    REQUESTS_GROUP,
    THROTTLING_JMS_ACCOUNT,
    THROTTLING_SERVICE,
)

# What `default.json` puts where a file is silent; only what a connection's effective value needs.
DEFAULTS: Mapping[str, str] = {
    "server.hostname": "localhost",
    "apim.key_manager.username": "${admin.username}",
    "apim.key_manager.password": "${admin.password}",
    "apim.throttling.username": "$ref{super_admin.username}",
    "apim.throttling.password": "$ref{super_admin.password}",
    "apim.throttling.receiver_username": "$ref{apim.throttling.username}",
    "apim.throttling.receiver_password": "$ref{apim.throttling.password}",
    "apim.throttling.policy_deploy.username": "$ref{apim.throttling.username}",
    "apim.throttling.policy_deploy.password": "$ref{apim.throttling.password}",
    "apim.throttling.jms.username": "$ref{apim.throttling.username}",
    "apim.throttling.jms.password": "$ref{apim.throttling.password}",
    "apim.event_hub.username": "$ref{apim.throttling.username}",
    "apim.event_hub.password": "$ref{apim.throttling.password}",
    "apim.event_hub.enable": "true",
    "apim.analytics.enable": "false",
    "apim.workflow.enable": "false",
    "apim.transaction_counter.enable": "false",
    "recaptcha.enabled": "false",
    "apim.workflow.wf_engine_user": "${admin.username}",
    "apim.workflow.wf_engine_pass": "${admin.password}",
    "apim.token.revocation.enable_persistent_notifier": "false",
    "keystore.tls.file_name": "wso2carbon.jks",
    "truststore.file_name": "client-truststore.jks",
}

# System properties that hold a port: the key that sets it (if any), and the port at offset 0.
PORT_PROPERTIES: Mapping[str, tuple[str, int]] = {
    "mgt.transport.https.port": ("transport.https.properties.port", 9443),
    "carbon.management.port": ("transport.https.properties.port", 9443),
    "mgt.transport.http.port": ("transport.http.properties.port", 9763),
    "http.nio.port": ("transport.http.listener.port", 8280),
    "https.nio.port": ("transport.http.listener.secured_port", 8243),
    "receiver.url.port": ("transport.receiver.tcp_port", 9611),
    "auth.url.port": ("transport.receiver.ssl_port", 9711),
    "jms.port": ("", 5672),
}

# The keys that move a port that a node serves, by the port at offset 0.
PORT_KEYS: Mapping[int, str] = {port: key for key, port in PORT_PROPERTIES.values() if key} | {
    9099: "apim.ws.port",
    8099: "apim.wss.port",
}

PROFILE_ROLES: Mapping[str, Role] = {
    "gateway-worker": Role.GATEWAY,
    "control-plane": Role.CONTROL_PLANE,
    "traffic-manager": Role.TRAFFIC_MANAGER,
    "api-key-manager-deprecated": Role.KEY_MANAGER,
    "api-key-manager-node": Role.KEY_MANAGER,
}

# Keys without which a role talks to its own localhost, where nothing of the kind is served.
ESSENTIAL: Mapping[Role, tuple[str, ...]] = {
    Role.GATEWAY: (KEY_MANAGER_SERVICE, HUB_SERVICE, HUB_LISTENING, REQUESTS_GROUP, DECISIONS),
    Role.TRAFFIC_MANAGER: (HUB_SERVICE, HUB_LISTENING),
}

_LOCAL_SERVICE = "https://localhost:${mgt.transport.https.port}/services/"
_LOCAL_BROKER = "tcp://${carbon.local.ip}:${jms.port}"
_LOCAL_RECEIVER = "tcp://${carbon.local.ip}:${receiver.url.port}"
_LOCAL_LOGIN = "ssl://${carbon.local.ip}:${auth.url.port}"

_GATEWAY = frozenset({Role.GATEWAY})
_LISTENERS = frozenset({Role.GATEWAY, Role.TRAFFIC_MANAGER, Role.CONTROL_PLANE})
# A gateway may leave its publisher out: the documents do since 2022.
_PUBLISHERS = frozenset({Role.CONTROL_PLANE})

_RECEIVERS = REQUESTS_GROUP + "[].traffic_manager_urls[]"
_LOGINS = REQUESTS_GROUP + "[].traffic_manager_auth_urls[]"

FALL_BACKS = (
    FallBack(KEY_MANAGER_SERVICE, KEY_MANAGER_SERVICE, _LOCAL_SERVICE, _GATEWAY),
    FallBack(DECISIONS + "[]", DECISIONS, _LOCAL_BROKER, _GATEWAY),
    FallBack(_RECEIVERS, REQUESTS_GROUP, _LOCAL_RECEIVER, _GATEWAY),
    FallBack(_LOGINS, REQUESTS_GROUP, _LOCAL_LOGIN, _GATEWAY),
    FallBack(HUB_SERVICE, HUB_SERVICE, _LOCAL_SERVICE, _LISTENERS, THROTTLING_SERVICE),
    FallBack(
        HUB_LISTENING + "[]",
        HUB_LISTENING,
        _LOCAL_BROKER,
        _LISTENERS,
        DECISIONS + "[]",
        THROTTLING_JMS_ACCOUNT,
    ),
    FallBack(HUB_GROUP + "[].urls[]", HUB_GROUP, _LOCAL_RECEIVER, _PUBLISHERS, _RECEIVERS),
    FallBack(HUB_GROUP + "[].auth_urls[]", HUB_GROUP, _LOCAL_LOGIN, _PUBLISHERS, _LOGINS),
)

# A key on the right makes the product ignore those on the left.
OVERRIDDEN_BY: Mapping[str, str] = {
    REQUESTS_GROUP + "[].traffic_manager_urls[]": RECEIVER_RAW,
    REQUESTS_GROUP + "[].traffic_manager_auth_urls[]": RECEIVER_AUTH_RAW,
    DECISIONS + "[]": DECISION_FACTORY,
}


# What infer.json sets by `server_role`; an explicit value wins, usually by accident.
ROLE_SWITCHES: Mapping[Role, Mapping[str, bool]] = {
    Role.GATEWAY: {
        "apim.throttling.enable_data_publishing": True,
        "apim.throttling.enable_decision_connection": True,
        "apim.throttling.enable_policy_deploy": False,
    },
    Role.CONTROL_PLANE: {
        "apim.throttling.enable_data_publishing": False,
        "apim.throttling.enable_decision_connection": False,
    },
    Role.TRAFFIC_MANAGER: {
        "apim.throttling.enable_data_publishing": False,
        "apim.throttling.enable_decision_connection": False,
        "apim.throttling.enable_policy_deploy": False,
    },
    Role.KEY_MANAGER: {
        "apim.throttling.enable_data_publishing": False,
        "apim.throttling.enable_decision_connection": False,
        "apim.throttling.enable_policy_deploy": False,
    },
    Role.ALL_IN_ONE: {},
}
