"""The 4.x line's configuration keys that name a connection: who dials what, with which login.

Sources: the templates, `default.json` and `infer.json` of the 4.1.0 distribution, and what a real
4.1.0 cluster did. A key is written without indexes: `[]` stands for any element of an array.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lab.products.facts import Ask, Protocol, Role


class Base(StrEnum):
    """Where an `Ask`'s path starts."""

    HOST = "host"  # the port's root
    SERVICES = "services"  # the URL cut at `/services`, as the product cuts it
    URL = "url"  # the URL itself; the ask's path is appended


class Form(StrEnum):
    """How a value names its peers."""

    URL = "url"  # one URL
    GROUP = "group"  # the agent's grammar: `{url|url},{url,url}`
    FACTORY = "factory"  # a JMS connection URL with a brokerlist


@dataclass(frozen=True, slots=True)
class ConnectionKey:
    """One key that names a connection.

    *speaks* maps a URL's scheme to what is spoken there. *accounts* are pairs of keys: the first
    pair that is defined logs in; a leading dot means "in the same table". *peers* are the roles
    that can answer; none means any. *inert* tells for which roles the value changes nothing, and
    why. *switch* is the key that turns the whole block on or off. *needed_by* are the roles that
    can't start well without it.
    """

    key: str
    why: str
    speaks: Mapping[str, Protocol]
    accounts: tuple[tuple[str, str], ...] = ()
    asks: tuple[Ask, ...] = ()
    base: Base = Base.HOST
    form: Form = Form.URL
    peers: frozenset[Role] = frozenset()
    inert: Mapping[Role, str] = field(default_factory=dict)
    switch: str = ""
    needed_by: frozenset[Role] = frozenset()
    tls_switch: str = ""  # AMQP: the key that turns TLS on, which no probe can speak
    partner: str = ""  # data publisher: the array of the same group that holds the login URLs
    whys: Mapping[Role, str] = field(
        default_factory=dict
    )  # where a role does it for another reason

    def why_of(self, role: Role | None) -> str:
        """Say why a node of *role* has this connection, and whether its role leaves it unused."""
        why = self.why if role is None else self.whys.get(role, self.why)
        unused = self.inert.get(role, "") if role else ""
        return f"{why}; unused: {unused}" if unused else why


WEB = {"https": Protocol.HTTPS, "http": Protocol.HTTP}
BROKER = {"tcp": Protocol.AMQP}
RECEIVER = {"tcp": Protocol.BINARY, "ssl": Protocol.BINARY_TLS}
SOCKET = {"ws": Protocol.WS, "wss": Protocol.WSS}
DIRECTORY = {"ldap": Protocol.LDAP, "ldaps": Protocol.LDAP}

DEFAULT_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80, "ldap": 389, "ldaps": 636}
DATABASE_PORTS = {
    "mysql": 3306,
    "mariadb": 3306,
    "postgre": 5432,
    "oracle": 1521,
    "mssql": 1433,
    "db2": 50000,
}

_CP = frozenset({Role.CONTROL_PLANE})
_GW = frozenset({Role.GATEWAY})
_TM = frozenset({Role.TRAFFIC_MANAGER, Role.CONTROL_PLANE})
_KM = frozenset({Role.KEY_MANAGER, Role.CONTROL_PLANE})
_FOLLOWERS = frozenset({Role.GATEWAY, Role.TRAFFIC_MANAGER})

VERSION = Ask("GET", "Version", (200,), contains="return>")
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")
KEY_MANAGER_ASKS = (
    Ask("GET", "/oauth2/token/.well-known/openid-configuration", (200,)),
    # A token that nobody issued: the key manager answers `{"active":false}` and stores nothing.
    Ask(
        "POST",
        "/oauth2/introspect",
        (200,),
        authenticated=True,
        headers=(FORM_TYPE,),
        body="token=lab-probe",
        contains='"active"',
    ),
)
HUB_ASKS = (Ask("GET", "/internal/data/v1/block", (200,), authenticated=True),)
ROOT = (Ask("GET", "/", (200, 404)),)
HEALTH = (Ask("GET", "/health", (200,)),)

HUB_ACCOUNT = (("apim.event_hub.username", "apim.event_hub.password"),)
HUB_JMS_ACCOUNT = (("apim.event_hub.jms.username", "apim.event_hub.jms.password"), *HUB_ACCOUNT)
THROTTLING_JMS_ACCOUNT = (("apim.throttling.jms.username", "apim.throttling.jms.password"),)
RECEIVER_ACCOUNT = (("apim.throttling.receiver_username", "apim.throttling.receiver_password"),)
OWN_ACCOUNT = ((".username", ".password"),)

_NO_DECISIONS = "its role doesn't subscribe to throttle decisions"
_NO_PUBLISHING = "its role doesn't publish request events"
_NO_DEPLOYER = "its role doesn't deploy policies; the traffic manager fetches them"

ENVIRONMENT = "apim.gateway.environment[]"
NOTIFY_KEY = "event_listener[].properties.notification_endpoint"
NOTIFY_PATH = "/internal/data/v1/notify"
KEY_MANAGER_HEADER = "header.X-WSO2-KEY-MANAGER"
KEY_MANAGER_TYPES = ("default", "WSO2-IS")
INTERCEPTOR = "org.wso2.is.notification.ApimOauthEventInterceptor"
HUB_SERVICE = "apim.event_hub.service_url"
HUB_LISTENING = "apim.event_hub.event_listening_endpoints"
HUB_GROUP = "apim.event_hub.publish.url_group"
KEY_MANAGER_SERVICE = "apim.key_manager.service_url"
THROTTLING_SERVICE = "apim.throttling.service_url"
DECISIONS = "apim.throttling.throttle_decision_endpoints"
DECISION_FACTORY = "apim.throttling.jms.topic_connection_factory"
REQUESTS_GROUP = "apim.throttling.url_group"
RECEIVER_RAW = "apim.throttling.receiver_url"
RECEIVER_AUTH_RAW = "apim.throttling.receiver_auth_url"

KEY_MANAGER_KEYS = (
    ConnectionKey(
        KEY_MANAGER_SERVICE,
        "asks the key manager about tokens",
        WEB,
        (("apim.key_manager.username", "apim.key_manager.password"),),
        KEY_MANAGER_ASKS,
        Base.SERVICES,
        peers=_KM,
        needed_by=_CP,
        inert={Role.TRAFFIC_MANAGER: "no tokens are checked there"},
        whys={Role.CONTROL_PLANE: "registers applications and issues tokens at the key manager"},
    ),
    ConnectionKey(
        "apim.oauth_config.revoke_endpoint", "revokes tokens at the key manager", WEB, peers=_KM
    ),
    ConnectionKey(
        NOTIFY_KEY,
        "reports revoked tokens to the event hub",
        WEB,
        OWN_ACCOUNT,
        (Ask("POST", "", (200,), authenticated=True, body="{}"),),
        Base.URL,
        peers=_TM,
        inert={
            Role.GATEWAY: "no token is revoked on a gateway",
            Role.TRAFFIC_MANAGER: "no token is revoked on a traffic manager",
        },
    ),
)

THROTTLING_KEYS = (
    ConnectionKey(
        THROTTLING_SERVICE,
        "deploys throttling policies on the traffic manager",
        WEB,
        (("apim.throttling.policy_deploy.username", "apim.throttling.policy_deploy.password"),),
        (VERSION,),
        Base.URL,
        peers=_TM,
        inert={
            Role.GATEWAY: _NO_DEPLOYER,
            Role.TRAFFIC_MANAGER: _NO_DEPLOYER,
            Role.KEY_MANAGER: _NO_DEPLOYER,
        },
    ),
    ConnectionKey(
        DECISIONS + "[]",
        "subscribes to throttle decisions",
        BROKER,
        THROTTLING_JMS_ACCOUNT,
        peers=_TM,
        inert={Role.CONTROL_PLANE: _NO_DECISIONS, Role.KEY_MANAGER: _NO_DECISIONS},
        tls_switch="apim.throttling.jms.ssl",
        whys={Role.TRAFFIC_MANAGER: "publishes throttle decisions"},
    ),
    ConnectionKey(
        DECISION_FACTORY,
        "subscribes to throttle decisions",
        BROKER,
        form=Form.FACTORY,
        peers=_TM,
        inert={Role.CONTROL_PLANE: _NO_DECISIONS, Role.KEY_MANAGER: _NO_DECISIONS},
    ),
    ConnectionKey(
        REQUESTS_GROUP + "[].traffic_manager_urls[]",
        "publishes request events to be throttled",
        RECEIVER,
        RECEIVER_ACCOUNT,
        peers=_TM,
        inert={Role.TRAFFIC_MANAGER: _NO_PUBLISHING, Role.KEY_MANAGER: _NO_PUBLISHING},
        partner="traffic_manager_auth_urls",
    ),
    ConnectionKey(
        REQUESTS_GROUP + "[].traffic_manager_auth_urls[]",
        "logs in to publish request events",
        RECEIVER,
        RECEIVER_ACCOUNT,
        peers=_TM,
        inert={Role.TRAFFIC_MANAGER: _NO_PUBLISHING, Role.KEY_MANAGER: _NO_PUBLISHING},
    ),
    ConnectionKey(
        RECEIVER_RAW,
        "publishes request events to be throttled",
        RECEIVER,
        RECEIVER_ACCOUNT,
        form=Form.GROUP,
        peers=_TM,
        partner=RECEIVER_AUTH_RAW,
    ),
    ConnectionKey(
        RECEIVER_AUTH_RAW,
        "logs in to publish request events",
        RECEIVER,
        RECEIVER_ACCOUNT,
        form=Form.GROUP,
        peers=_TM,
    ),
    ConnectionKey(
        "apim.throttling.event_duplicate_url[]",
        "publishes a copy of each event to the other member",
        BROKER,
        THROTTLING_JMS_ACCOUNT,
        peers=_TM,
        tls_switch="apim.throttling.jms.ssl",
    ),
)

HUB_KEYS = (
    ConnectionKey(
        HUB_SERVICE,
        "loads APIs, subscriptions and policies from the event hub",
        WEB,
        HUB_ACCOUNT,
        HUB_ASKS,
        Base.SERVICES,
        peers=_CP,
        switch="apim.event_hub.enable",
        needed_by=_FOLLOWERS,
        whys={Role.TRAFFIC_MANAGER: "loads throttling policies from the event hub"},
    ),
    ConnectionKey(
        HUB_LISTENING + "[]",
        "subscribes to events: deployments, revoked tokens, key managers",
        BROKER,
        HUB_JMS_ACCOUNT,
        peers=_CP,
        switch="apim.event_hub.enable",
        needed_by=_FOLLOWERS,
        tls_switch="apim.event_hub.jms.ssl",
        whys={
            Role.TRAFFIC_MANAGER: "subscribes to changes of throttling policies",
            Role.CONTROL_PLANE: "publishes and subscribes to events on its own event hub",
        },
    ),
    ConnectionKey(
        HUB_GROUP + "[].urls[]",
        "publishes events to the event hub",
        RECEIVER,
        HUB_ACCOUNT,
        peers=_CP,
        switch="apim.event_hub.enable",
        partner="auth_urls",
    ),
    ConnectionKey(
        HUB_GROUP + "[].auth_urls[]",
        "logs in to publish events to the event hub",
        RECEIVER,
        HUB_ACCOUNT,
        peers=_CP,
        switch="apim.event_hub.enable",
    ),
    ConnectionKey(
        "apim.event_hub.event_duplicate_url[]",
        "publishes a copy of each event to the other event hub",
        BROKER,
        HUB_JMS_ACCOUNT,
        peers=_CP,
        switch="apim.event_hub.enable",
        tls_switch="apim.event_hub.ssl",
    ),
)


def _endpoints(table: str) -> tuple[ConnectionKey, ...]:
    """Give the gateway addresses of an environment, or of one of its virtual hosts."""
    offers = "tells clients where APIs are called"
    sockets = "tells clients where WebSocket APIs are called"
    websub = "tells clients where WebSub events are received"
    return (
        ConnectionKey(f"{table}.http_endpoint", offers, WEB, asks=ROOT, peers=_GW),
        ConnectionKey(f"{table}.https_endpoint", offers, WEB, asks=ROOT, peers=_GW),
        ConnectionKey(f"{table}.ws_endpoint", sockets, SOCKET, asks=HEALTH, peers=_GW),
        ConnectionKey(f"{table}.wss_endpoint", sockets, SOCKET, asks=HEALTH, peers=_GW),
        ConnectionKey(f"{table}.websub_event_receiver_http_endpoint", websub, WEB, peers=_GW),
        ConnectionKey(f"{table}.websub_event_receiver_https_endpoint", websub, WEB, peers=_GW),
    )


GATEWAY_KEYS = (
    ConnectionKey(
        ENVIRONMENT + ".service_url",
        "keeps the gateway's management address in the environment's record",
        WEB,
        OWN_ACCOUNT,
        (VERSION,),
        Base.URL,
        peers=_GW,
    ),
    *_endpoints(ENVIRONMENT),
    *_endpoints(ENVIRONMENT + ".virtual_host[]"),
)

_ANALYTICS = "apim.analytics.enable"
_WORKFLOW = "apim.workflow.enable"
_PERSISTENT = "apim.token.revocation.enable_persistent_notifier"

# Systems beside the cluster: no harmless question is known, so a connection (and handshake) counts.
OTHER_KEYS = (
    ConnectionKey(
        "user_store.connection_url",
        "reads users from the directory",
        DIRECTORY,
        ((".connection_name", ".connection_password"),),
        needed_by=frozenset(Role),
    ),
    ConnectionKey(
        "user_store.properties.ConnectionURL",
        "reads users from the directory",
        DIRECTORY,
        ((".ConnectionName", ".ConnectionPassword"),),
        needed_by=frozenset(Role),
    ),
    ConnectionKey(
        "apim.analytics.config_endpoint", "sends analytics there", WEB, switch=_ANALYTICS
    ),
    ConnectionKey(
        "apim.analytics.properties.'auth.api.url'",
        "sends analytics there",
        WEB,
        switch=_ANALYTICS,
    ),
    ConnectionKey(
        "apim.workflow.service_url", "starts approval workflows there", WEB, switch=_WORKFLOW
    ),
    ConnectionKey(
        "apim.workflow.callback_endpoint",
        "lets the workflow engine report back there",
        WEB,
        switch=_WORKFLOW,
    ),
    ConnectionKey(
        "apim.workflow.token_endpoint",
        "lets the workflow engine fetch tokens there",
        WEB,
        switch=_WORKFLOW,
        peers=_KM | _GW,
    ),
    ConnectionKey(
        "apim.workflow.client_registration_endpoint",
        "lets the workflow engine register there",
        WEB,
        switch=_WORKFLOW,
    ),
    ConnectionKey(
        "apim.token.revocation.persistent_notifier.hostname",
        "stores revoked tokens there",
        WEB,
        OWN_ACCOUNT,
        switch=_PERSISTENT,
    ),
    ConnectionKey("apim.jwt.issuer[].jwks.url", "fetches an issuer's public keys", WEB),
    ConnectionKey("apim.idp.server_url", "signs portal users in at this identity provider", WEB),
    ConnectionKey(
        "apim.devportal.recommendations.recommendations_api", "asks for recommendations", WEB
    ),
    ConnectionKey(
        "apim.devportal.recommendations.oauth_endpoint", "fetches a token for recommendations", WEB
    ),
    ConnectionKey(
        "apim.monetization.analytics_query_api_endpoint", "reads usage to be billed", WEB
    ),
    ConnectionKey("apim.monetization.choreo_token_endpoint", "fetches a token to read usage", WEB),
    ConnectionKey("security_audit.base_url", "has API definitions audited there", WEB),
)

CONNECTION_KEYS: Mapping[str, ConnectionKey] = {
    row.key: row
    for row in (*KEY_MANAGER_KEYS, *THROTTLING_KEYS, *HUB_KEYS, *GATEWAY_KEYS, *OTHER_KEYS)
}

# Values that look like URLs and are never dialled: names of dialects and algorithms, addresses
# that the node hands to browsers, origins it compares with.
NOT_DIALLED = frozenset(
    {
        "server.base_path",
        "apim.cors.allow_origins",
        "apim.cors.allow_origins[]",
        "cors.allowed_origins[]",
        "apim.jwt.claim_dialect",
        "apim.jwt.issuer[].name",
        "apim.jwt.issuer[].claim_mapping[].remote_claim",
        "apim.jwt.issuer[].claim_mapping[].local_claim",
        "apim.publisher.subscriber_claims",
        "apim.publisher.display_url",
        "apim.devportal.application_sharing_claim",
        "apim.devportal.display_url",
        "apim.devportal.url",
        "apim.idp.authorize_endpoint",
        "apim.idp.oidc_logout_endpoint",
        "apim.idp.oidc_check_session_endpoint",
        "identity.auth_framework.identity_server_origin",
        "identity_mgt.recovery.callback_url",
        "identity_mgt.user_self_registration.callback_url",
        "oauth.extensions.token_context_dialect_uri",
        "saml.attribute_claim_dialect",
        "saml.signing_alg",
        "saml.digest_alg",
        "saml.assertion_encryption_alg",
        "saml.key_encryption_alg",
    }
)
NOT_DIALLED_TABLES = ("oauth.endpoints", "authentication.endpoints", "saml.endpoints")

# What `default.json` puts where a file is silent; only what a connection's effective value needs.
DEFAULTS: Mapping[str, str] = {
    "server.offset": "0",
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

# Tables whose keys are all known; anything else in them is a slip of the pen.
KNOWN_NAMES: Mapping[str, frozenset[str]] = {
    "apim.key_manager": frozenset(
        {
            "service_url",
            "username",
            "password",
            "type",
            "pool",
            "enable",
            "key_validation_handler_type",
            "key_validation_handler_impl",
            "enable_registration",
            "enable_retriever",
            "enable_provisioned_app_validation",
            "enable_apikey_subscription_validation",
        }
    ),
    "apim.event_hub": frozenset(
        {
            "enable",
            "username",
            "password",
            "service_url",
            "event_listening_endpoints",
            "publish",
            "event_duplicate_url",
            "event_type",
            "init_delay",
            "event_waiting_time",
            "java_naming_factory_initial",
            "jms",
            "ssl",
        }
    ),
    "apim.event_hub.publish": frozenset({"url_group", "properties"}),
    "apim.event_hub.publish.url_group[]": frozenset({"urls", "auth_urls", "type"}),
    "apim.throttling": frozenset(
        {
            "username",
            "password",
            "receiver_username",
            "receiver_password",
            "event_type",
            "receiver_url",
            "receiver_auth_url",
            "url_group",
            "service_url",
            "policy_deploy",
            "throttle_decision_endpoints",
            "jms",
            "event_duplicate_url",
            "enable_data_publishing",
            "enable_decision_connection",
            "decision_connection_type",
            "enable_policy_deploy",
            "enable_policy_deployment",
            "enable_blacklist_condition",
            "enable_advanced_throttling",
            "enable_persistence",
            "enable_unlimited_tier",
            "enable_header_based_throttling",
            "enable_jwt_claim_based_throttling",
            "enable_query_param_based_throttling",
            "skip_redeploying_policies",
            "event_sync",
            "event_management",
            "blacklist_condition",
            "publisher",
            "sequential_failover_from_beginning",
        }
    ),
    "apim.throttling.url_group[]": frozenset(
        {"traffic_manager_urls", "traffic_manager_auth_urls", "type"}
    ),
    "apim.gateway.environment[]": frozenset(
        {
            "name",
            "type",
            "provider",
            "gateway_type",
            "display_name",
            "display_in_api_console",
            "description",
            "show_as_token_endpoint_url",
            "service_url",
            "username",
            "password",
            "ws_endpoint",
            "wss_endpoint",
            "http_endpoint",
            "https_endpoint",
            "websub_event_receiver_http_endpoint",
            "websub_event_receiver_https_endpoint",
            "virtual_host",
            "visibility",
            "properties",
        }
    ),
    "apim.sync_runtime_artifacts.gateway.skip_list": frozenset(
        {"apis", "endpoints", "sequences", "local_entries"}
    ),
    "event_listener[]": frozenset({"id", "type", "name", "order", "enable", "properties"}),
    "super_admin": frozenset({"username", "password", "create_admin_account", "admin_role"}),
}


@dataclass(frozen=True, slots=True)
class FallBack:
    """What stands in for a key that a file leaves out: another key, and at last the node itself.

    *instead_of* and *accounts* are empty where only the node itself is left. *root* is the key
    whose presence switches the fall-back off.
    """

    key: str
    root: str
    local: str
    instead_of: str = ""
    accounts: tuple[tuple[str, str], ...] = ()


_LOCAL_SERVICE = "https://localhost:${mgt.transport.https.port}/services/"
_LOCAL_BROKER = "tcp://${carbon.local.ip}:${jms.port}"
_LOCAL_RECEIVER = "tcp://${carbon.local.ip}:${receiver.url.port}"
_LOCAL_LOGIN = "ssl://${carbon.local.ip}:${auth.url.port}"

FALL_BACKS = (
    FallBack(KEY_MANAGER_SERVICE, KEY_MANAGER_SERVICE, _LOCAL_SERVICE),
    FallBack(DECISIONS + "[]", DECISIONS, _LOCAL_BROKER),
    FallBack(REQUESTS_GROUP + "[].traffic_manager_urls[]", REQUESTS_GROUP, _LOCAL_RECEIVER),
    FallBack(REQUESTS_GROUP + "[].traffic_manager_auth_urls[]", REQUESTS_GROUP, _LOCAL_LOGIN),
    FallBack(HUB_SERVICE, HUB_SERVICE, _LOCAL_SERVICE, THROTTLING_SERVICE),
    FallBack(
        HUB_LISTENING + "[]",
        HUB_LISTENING,
        _LOCAL_BROKER,
        DECISIONS + "[]",
        THROTTLING_JMS_ACCOUNT,
    ),
    FallBack(
        HUB_GROUP + "[].urls[]",
        HUB_GROUP,
        _LOCAL_RECEIVER,
        REQUESTS_GROUP + "[].traffic_manager_urls[]",
    ),
    FallBack(
        HUB_GROUP + "[].auth_urls[]",
        HUB_GROUP,
        _LOCAL_LOGIN,
        REQUESTS_GROUP + "[].traffic_manager_auth_urls[]",
    ),
)

# A key on the right makes the product ignore those on the left.
OVERRIDDEN_BY: Mapping[str, str] = {
    REQUESTS_GROUP + "[].traffic_manager_urls[]": RECEIVER_RAW,
    REQUESTS_GROUP + "[].traffic_manager_auth_urls[]": RECEIVER_AUTH_RAW,
    DECISIONS + "[]": DECISION_FACTORY,
}
