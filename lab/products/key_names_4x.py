"""The names that the 4.x line knows in the tables that wire nodes: anything near is a slip.

Sources: the templates and `default.json` of the 4.1.0 distribution, and later keys by version.
"""

from collections.abc import Mapping

from lab.products.keys_4x import KEY_MANAGER_HEADER

_DATABASE = frozenset(
    {
        "type",
        "url",
        "hostname",
        "port",
        "name",
        "sid",
        "username",
        "password",
        "driver",
        "validationQuery",
        "pool_options",
        "jdbc_pool_options",
        "db_props",
        "jndi_config",
    }
)
_STORE = frozenset({"file_name", "type", "password", "alias", "key_password"})

# Tables whose keys are all known; anything else in them is a slip of the pen.
KNOWN_NAMES: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {
            "server",
            "super_admin",
            "user_store",
            "realm_manager",
            "authorization_manager",
            "database",
            "datasource",
            "keystore",
            "truststore",
            "encryption",
            "secrets",
            "apim",
            "transport",
            "event",
            "event_handler",
            "event_listener",
            "event_recorder",
            "service_provider",
            "oauth",
            "saml",
            "scim",
            "identity",
            "clustering",
            "indexing",
            "broker",
            "cors",
            "tasks",
            "monitoring",
            "synapse",
            "synapse_properties",
        }
    ),
    "apim": frozenset(
        {
            "key_manager",
            "event_hub",
            "throttling",
            "gateway",
            "gateway_type",
            "sync_runtime_artifacts",
            "cors",
            "jwt",
            "idp",
            "cache",
            "cache_invalidation",
            "analytics",
            "oauth_config",
            "devportal",
            "publisher",
            "workflow",
            "notification",
            "token",
            "monetization",
            "open_tracer",
            "sdk",
            "redis_config",
            "http_client",
            "mediator_config",
            "certificate_reloader",
        }
    ),
    "server": frozenset(
        {
            "hostname",
            "mgt_console_hostname",
            "internal_hostname",
            "node_ip",
            "server_role",
            "offset",
            "base_path",
            "mode",
            "enable_traffic_management",
            "proxy_context_path",
        }
    ),
    "event_listener[].properties": frozenset(
        {"notification_endpoint", "username", "password", KEY_MANAGER_HEADER}
    ),
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
    "apim.sync_runtime_artifacts.gateway": frozenset(
        {
            "enable",
            "gateway_labels",
            "artifact_retriever",
            "deployment_retry_duration",
            "data_retrieval_mode",
            "event_waiting_time",
            "skip_list",
        }
    ),
    "apim.token.revocation": frozenset(
        {
            "notifier_impl",
            "enable_realtime_notifier",
            "realtime_notifier",
            "enable_persistent_notifier",
            "persistent_notifier",
        }
    ),
    "encryption": frozenset({"key", "internal_crypto_provider"}),
    "truststore": _STORE,
    **{f"keystore.{name}": _STORE for name in ("tls", "primary", "internal")},
    **{
        f"database.{name}": _DATABASE
        for name in ("apim_db", "shared_db", "local", "user", "config")
    },
    "event_listener[]": frozenset({"id", "type", "name", "order", "enable", "properties"}),
    "super_admin": frozenset({"username", "password", "create_admin_account", "admin_role"}),
}
