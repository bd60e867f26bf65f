"""The 4.x line's values that look like URLs and lead to nobody: no link is made of them.

Sources: the templates and `default.json` of 4.1.0, 4.3.0 and 4.5.0.
"""

# Values that look like URLs and are never dialled: names of dialects and algorithms, addresses
# that the node hands to browsers, origins it compares with.
NOT_DIALLED = frozenset(
    {
        "server.base_path",
        "server.hostname",
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
        "recaptcha.api_url",
        "fido.trusted.origins[]",
        "oauth.oidc.id_token.issuer",
        "tasks.client_dispatch_address",
        "tasks.server_address",
        "config_endpoint",
        "apim.auth_manager.service_url",
    }
)
# The last are of features that come with Identity Server's parts and lie outside any cluster.
NOT_DIALLED_TABLES = (
    *("oauth.endpoints", "authentication.endpoints", "saml.endpoints"),
    *("scim.", "scim2.", "sts.endpoint", "passive_sts.endpoints", "console.documentation"),
    *("authentication.authenticator.", "authentication.adaptive.", "admin_console.authenticator."),
    *("multi_tenancy.stratos.", "multi_tenancy.cloud_services"),
)
# Values that begin so name a user's attribute, whatever the key.
CLAIMS = "http://wso2.org/claims/"
