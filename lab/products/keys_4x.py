"""The 4.x line's configuration keys that name a connection: who dials what, with which login.

Sources: the templates, `default.json` and `infer.json` of the 4.1.0 distribution, and what a real
4.1.0 cluster did. A key is written without indexes: `[]` stands for any element of an array.
"""

from collections.abc import Mapping

from lab.products.connection_key import Base, ConnectionKey, Form
from lab.products.facts import Ask, Protocol, Role

WEB = {"https": Protocol.HTTPS, "http": Protocol.HTTP}
BROKER = {"tcp": Protocol.AMQP}
RECEIVER = {"tcp": Protocol.BINARY, "ssl": Protocol.BINARY_TLS}
SOCKET = {"ws": Protocol.WS, "wss": Protocol.WSS}
DIRECTORY = {"ldap": Protocol.LDAP, "ldaps": Protocol.LDAP}

SERVLET_PORTS = {"https": 9443, "http": 9763}
BROKER_PORTS = {"tcp": 5672}
BROKER_TLS_PORT = 8672
RECEIVER_PORTS = {"tcp": 9611, "ssl": 9711}
API_PORTS = {"http": 8280, "https": 8243}
SOCKET_PORTS = {"ws": 9099, "wss": 8099}
WEBSUB_PORTS = {"http": 9021, "https": 8021}
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

_DECISIONS_ON = "apim.throttling.enable_decision_connection"
_PUBLISHING_ON = "apim.throttling.enable_data_publishing"
_DEPLOYING_ON = "apim.throttling.enable_policy_deploy"

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
        listens=SERVLET_PORTS,
        needed_by=_CP | {Role.ALL_IN_ONE},
        inert={Role.TRAFFIC_MANAGER: "no tokens are checked there"},
        whys={Role.CONTROL_PLANE: "registers applications and issues tokens at the key manager"},
    ),
    ConnectionKey(
        "apim.oauth_config.revoke_endpoint",
        "revokes tokens at the key manager",
        WEB,
        peers=_KM,
        listens=SERVLET_PORTS,
        may_be_empty=True,
        path="/oauth2/revoke",
    ),
    ConnectionKey(
        NOTIFY_KEY,
        "reports revoked tokens to the event hub",
        WEB,
        OWN_ACCOUNT,
        (Ask("POST", "", (200,), authenticated=True, body="{}"),),
        Base.URL,
        peers=_TM,
        listens=SERVLET_PORTS,
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
        listens=SERVLET_PORTS,
        role_switch=_DEPLOYING_ON,
    ),
    ConnectionKey(
        DECISIONS + "[]",
        "subscribes to throttle decisions",
        BROKER,
        THROTTLING_JMS_ACCOUNT,
        peers=_TM,
        listens=BROKER_PORTS,
        role_switch=_DECISIONS_ON,
        tls_switch="apim.throttling.jms.ssl",
        whys={Role.TRAFFIC_MANAGER: "publishes throttle decisions"},
    ),
    ConnectionKey(
        DECISION_FACTORY,
        "subscribes to throttle decisions",
        BROKER,
        form=Form.FACTORY,
        peers=_TM,
        listens=BROKER_PORTS,
        role_switch=_DECISIONS_ON,
    ),
    ConnectionKey(
        REQUESTS_GROUP + "[].traffic_manager_urls[]",
        "publishes request events to be throttled",
        RECEIVER,
        RECEIVER_ACCOUNT,
        peers=_TM,
        listens=RECEIVER_PORTS,
        role_switch=_PUBLISHING_ON,
        partner="traffic_manager_auth_urls",
    ),
    ConnectionKey(
        REQUESTS_GROUP + "[].traffic_manager_auth_urls[]",
        "logs in to publish request events",
        RECEIVER,
        RECEIVER_ACCOUNT,
        peers=_TM,
        listens=RECEIVER_PORTS,
        role_switch=_PUBLISHING_ON,
    ),
    ConnectionKey(
        RECEIVER_RAW,
        "publishes request events to be throttled",
        RECEIVER,
        RECEIVER_ACCOUNT,
        form=Form.GROUP,
        role_switch=_PUBLISHING_ON,
        peers=_TM,
        listens=RECEIVER_PORTS,
        partner=RECEIVER_AUTH_RAW,
    ),
    ConnectionKey(
        RECEIVER_AUTH_RAW,
        "logs in to publish request events",
        RECEIVER,
        RECEIVER_ACCOUNT,
        form=Form.GROUP,
        role_switch=_PUBLISHING_ON,
        peers=_TM,
        listens=RECEIVER_PORTS,
    ),
    ConnectionKey(
        "apim.throttling.event_duplicate_url[]",
        "publishes a copy of each event to the other member",
        BROKER,
        THROTTLING_JMS_ACCOUNT,
        peers=_TM,
        listens=BROKER_PORTS,
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
        listens=SERVLET_PORTS,
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
        listens=BROKER_PORTS,
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
        listens=RECEIVER_PORTS,
        switch="apim.event_hub.enable",
        partner="auth_urls",
    ),
    ConnectionKey(
        HUB_GROUP + "[].auth_urls[]",
        "logs in to publish events to the event hub",
        RECEIVER,
        HUB_ACCOUNT,
        peers=_CP,
        listens=RECEIVER_PORTS,
        switch="apim.event_hub.enable",
    ),
    ConnectionKey(
        "apim.event_hub.event_duplicate_url[]",
        "publishes a copy of each event to the other event hub",
        BROKER,
        HUB_JMS_ACCOUNT,
        peers=_CP,
        listens=BROKER_PORTS,
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
        ConnectionKey(
            f"{table}.http_endpoint", offers, WEB, asks=ROOT, peers=_GW, listens=API_PORTS
        ),
        ConnectionKey(
            f"{table}.https_endpoint", offers, WEB, asks=ROOT, peers=_GW, listens=API_PORTS
        ),
        ConnectionKey(
            f"{table}.ws_endpoint", sockets, SOCKET, asks=HEALTH, peers=_GW, listens=SOCKET_PORTS
        ),
        ConnectionKey(
            f"{table}.wss_endpoint", sockets, SOCKET, asks=HEALTH, peers=_GW, listens=SOCKET_PORTS
        ),
        ConnectionKey(
            f"{table}.websub_event_receiver_http_endpoint",
            websub,
            WEB,
            peers=_GW,
            listens=WEBSUB_PORTS,
        ),
        ConnectionKey(
            f"{table}.websub_event_receiver_https_endpoint",
            websub,
            WEB,
            peers=_GW,
            listens=WEBSUB_PORTS,
        ),
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
        listens=SERVLET_PORTS,
    ),
    *_endpoints(ENVIRONMENT),
    *_endpoints(ENVIRONMENT + ".virtual_host[]"),
)

_ANALYTICS = "apim.analytics.enable"
_AI = "apim.ai.enable"
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
    ConnectionKey(
        "apim.ai.endpoint",
        "asks the assistants of WSO2's AI service",
        WEB,
        switch=_AI,
        may_be_empty=True,
    ),
    ConnectionKey(
        "apim.ai.token_endpoint",
        "fetches a token for WSO2's AI service",
        WEB,
        switch=_AI,
        may_be_empty=True,
    ),
    *(
        ConnectionKey(
            f"apim.transaction_counter.{name}",
            "reports counted transactions there",
            WEB,
            ((".service_username", ".service_password"),),
            switch="apim.transaction_counter.enable",
            may_be_empty=True,
        )
        for name in ("service_url", "server_url")
    ),
    ConnectionKey(
        "recaptcha.verify_url",
        "has answers of a captcha verified there",
        WEB,
        switch="recaptcha.enabled",
        may_be_empty=True,
    ),
    ConnectionKey(
        "apim.analytics.properties.moesif_base_url",
        "sends analytics there",
        WEB,
        switch=_ANALYTICS,
        may_be_empty=True,
    ),
)

CONNECTION_KEYS: Mapping[str, ConnectionKey] = {
    row.key: row
    for row in (*KEY_MANAGER_KEYS, *THROTTLING_KEYS, *HUB_KEYS, *GATEWAY_KEYS, *OTHER_KEYS)
}
