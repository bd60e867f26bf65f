"""Which version of the 4.x line reads a configuration key first, and which one reads it last.

Sources: all templates of wso2/product-apim, wso2/carbon-apimgt and wso2/carbon-kernel at the tags
of 4.0.0 to 4.3.0, compared key by key; carbon-apimgt of October 2024 for 4.4.0. From 4.5 on the
product's `default.json` and the official charts (wso2/helm-apim), because carbon-apimgt's templates
of these weren't read; of 4.5.0 the templates of a whole distribution since. What they have more is
told as a remark only.
"""

from collections.abc import Mapping

from lab.products.key_names_4x import KNOWN_NAMES

# A key that an older version takes without a word, and doesn't read; what lies below it as well.
_FIRST: Mapping[str, tuple[str, ...]] = {
    "4.1.0": (
        "apim.access_token_binding",
        "apim.analytics.type",
        "apim.devportal.create_default_application",
        "apim.event_hub.event_duplicate_url",
        "apim.event_hub.jms",
        "apim.event_hub.publish.properties",
        "apim.event_hub.ssl",
        "apim.gateway.environment[].properties",
        "apim.gateway.environment[].provider",
        "apim.jwt.binding_federated_user_claims",
        "apim.jwt.gateway_generator.enable_claim_retrieval",
        "apim.key_manager.enable_apikey_subscription_validation",
        "apim.mediator_config.oauth",
        "apim.monetization.choreo_insight_app_consumer_key",
        "apim.monetization.choreo_insight_app_consumer_secret",
        "apim.monetization.choreo_token_endpoint",
        "apim.persistence.properties",
        "apim.proxy_config.nonProxyHosts",
        "apim.proxy_config.protocol",
        "apim.publisher.supported_document_types",
        "apim.redis_config.pool_options",
        "apim.rest_api.jwt.audience",
        "apim.velocity_log",
        "keystore.listener_profile.bind_address",
    ),
    "4.2.0": (
        "apim.correlation_logs",
        "apim.cors.enable_validation_for_ws",
        "apim.event_hub.event_waiting_time",
        "apim.open_telemetry",
        "apim.sync_runtime_artifacts.gateway.enable_on_demand_loading",
        "apim.workflow.properties",
        "keystore.saml",
        "server.diagnostic_log_mode",
        "server.drill_down_to_root_cause_for_fault_reason",
        "server.enable_restart_from_api",
        "server.enable_shutdown_from_api",
        "server.send_stacktrace_details_with_faults",
    ),
    "4.3.0": (
        "apim.ai",
        "apim.analytics.mask",
        "apim.event_hub.listener",
        "apim.gateway.environment[].gateway_type",
        "apim.jwt.use_kid_property",
        "apim.jwt.use_sha256_hash",
        "apim.monetization.analytics_host",
        "apim.monetization.analytics_password",
        "apim.monetization.analytics_port",
        "apim.monetization.analytics_username",
        "apim.oauth_config.enable_jwt_for_portals",
        "apim.open_telemetry.resource_attributes",
        "apim.publisher.custom_properties",
        "apim.publisher.enable_portal_configuration_only_mode",
        "apim.publisher.internal_key_issuer",
        "apim.redis_config.gateway_id",
        "apim.redis_config.key_lock_retrieval_timeout",
        "apim.redis_config.min_gateway_count",
        "apim.sync_runtime_artifacts.gateway.max_retry_count",
        "apim.sync_runtime_artifacts.gateway.retry_progression_factor",
        "apim.throttling.jms.job_queue_size",
        "apim.throttling.jms.keep_alive_time_in_millis",
        "apim.throttling.jms.max_thread_pool_size",
        "apim.throttling.jms.min_thread_pool_size",
        "server.strict_service_path_validation",
    ),
    "4.4.0": (
        "apim.ai.token_endpoint",
        "apim.devportal.enable_empty_values_in_application_attributes",
        "apim.http_client.connection_timeout",
        "apim.jwt.enable_base64_padding",
        "apim.jwt.encode_x5t_without_padding",
        "apim.key_manager.allow_subscription_validation_disabling",
        "apim.key_manager.enable_lightweight_apikey_generation",
        "apim.mediator_config.oauth.enable_retry_call_with_new_token",
        "apim.throttling.enable_policy_recreation_on_startup",
        "apim.token.validation",
        "apim.transaction_counter",
    ),
    "4.5.0": (
        "apim.gateway.environment[].visibility",
        "apim.governance",
        "apim.organization_based_access_control",
        "apim.sync_runtime_artifacts.gateway.file_based_api_contexts",
        "apim.throttling.sequential_failover_from_beginning",
    ),
    "4.6.0": (
        "apim.basic_authenticator",
        "apim.devportal.mode",
        "apim.gateway_notification",
        "apim.key_manager.skip_create_resident_key_manager",
        "apim.mcp",
        "apim.sync_runtime_artifacts.tenant_loading",
        "apim.webhooks.https.enable",
        "apim.ws.enable",
        "apim.wss.enable",
    ),
    "4.7.0": (
        "apim.mediation",
        "apim.platform_gateway",
        "apim.publisher.import_definition_file_size_limit",
        "encryption.enable_key_id",
        "encryption.old_key",
        "transport.http.enable",
    ),
}

KEYS_SINCE: Mapping[str, str] = {key: version for version, keys in _FIRST.items() for key in keys}

# The last version that reads a key, and what took its place, if anything did.
KEYS_UNTIL: Mapping[str, tuple[str, str]] = {
    "apim.auth_manager": ("4.0.0", ""),
    "apim.key_manager.enable_apikey_subscription_validation": (
        "4.3.0",
        "apim.key_manager.allow_subscription_validation_disabling",
    ),
}

# Tables of which some names are read by other programs, or which are read as they stand.
_OPEN_TABLES = frozenset({"", "encryption", "event_listener[].properties"})
CLOSED_TABLES: Mapping[str, frozenset[str]] = {
    table: names for table, names in KNOWN_NAMES.items() if table not in _OPEN_TABLES
}
# Up to this version every template was read: what isn't known there is known to be unread.
ALL_READ_UNTIL = "4.4.0"
