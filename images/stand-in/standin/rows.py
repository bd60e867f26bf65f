"""Reads a gateway's bootstrap data from apim_db, in the shapes of the product's web app."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from standin import policies
from standin.database import Database, Row

_TENANT = -1234
_DOMAIN = "carbon.super"

Query = Mapping[str, str]
Read = Callable[[Database, Query], Awaitable[Any]]


def listing(items: Sequence[Any]) -> dict[str, Any]:
    """Return the web app's list object around *items*."""
    return {"count": len(items), "list": list(items), "pagination": None}


async def subscriptions(apim_db: Database, _query: Query) -> Any:
    """Return every subscription of the super tenant."""
    found = await apim_db.query(
        "SELECT S.UUID AS subscriptionUUID, S.SUBSCRIPTION_ID AS subscriptionId,"
        " S.TIER_ID AS policyId, API.API_UUID AS apiUUID, S.API_ID AS apiId,"
        " APP.UUID AS applicationUUID, S.APPLICATION_ID AS appId, S.SUB_STATUS AS subscriptionState"
        " FROM AM_SUBSCRIPTION S JOIN AM_API API ON API.API_ID = S.API_ID"
        " JOIN AM_APPLICATION APP ON APP.APPLICATION_ID = S.APPLICATION_ID"
        " JOIN AM_SUBSCRIBER SUB ON SUB.SUBSCRIBER_ID = APP.SUBSCRIBER_ID"
        " WHERE SUB.TENANT_ID = %s OR APP.ORGANIZATION = %s ORDER BY S.SUBSCRIPTION_ID",
        _TENANT,
        _DOMAIN,
    )
    return listing(found)


async def applications(apim_db: Database, _query: Query) -> Any:
    """Return every application of the super tenant with its groups and attributes."""
    found = await apim_db.query(
        "SELECT APP.UUID AS uuid, APP.APPLICATION_ID AS id, APP.NAME AS name,"
        " SUB.USER_ID AS subName, APP.APPLICATION_TIER AS policy, APP.TOKEN_TYPE AS tokenType,"
        " APP.ORGANIZATION AS organization"
        " FROM AM_APPLICATION APP JOIN AM_SUBSCRIBER SUB ON SUB.SUBSCRIBER_ID = APP.SUBSCRIBER_ID"
        " WHERE SUB.TENANT_ID = %s OR APP.ORGANIZATION = %s ORDER BY APP.APPLICATION_ID",
        _TENANT,
        _DOMAIN,
    )
    groups = await apim_db.query(
        "SELECT APPLICATION_ID, GROUP_ID FROM AM_APPLICATION_GROUP_MAPPING"
    )
    attributes = await apim_db.query(
        "SELECT APPLICATION_ID, NAME, APP_ATTRIBUTE FROM AM_APPLICATION_ATTRIBUTES"
    )
    return listing([_application(row, groups, attributes) for row in found])


def _application(row: Row, groups: Sequence[Row], attributes: Sequence[Row]) -> Row:
    mine = row["id"]
    organization = row.pop("organization")
    return {
        **row,
        "groupIds": [
            {"applicationId": mine, "groupId": group["GROUP_ID"]}
            for group in groups
            if group["APPLICATION_ID"] == mine
        ],
        "attributes": {
            each["NAME"]: each["APP_ATTRIBUTE"]
            for each in attributes
            if each["APPLICATION_ID"] == mine
        },
        "organization": organization or _DOMAIN,
    }


async def apis(apim_db: Database, query: Query) -> Any:
    """Return the APIs of the super tenant; with `gatewayLabel`, those deployed there."""
    label = query.get("gatewayLabel")
    found = await apim_db.query(
        "SELECT API.API_UUID AS uuid, API.API_ID AS apiId, API.API_PROVIDER AS provider,"
        " API.API_NAME AS name, API.API_VERSION AS version, API.CONTEXT AS context,"
        " API.API_TIER AS policy, API.API_TYPE AS apiType, API.STATUS AS status,"
        " EXISTS (SELECT 1 FROM AM_API_DEFAULT_VERSION V WHERE V.API_NAME = API.API_NAME"
        " AND V.API_PROVIDER = API.API_PROVIDER AND V.DEFAULT_API_VERSION = API.API_VERSION)"
        " AS isDefaultVersion FROM AM_API API"
        " WHERE COALESCE(API.ORGANIZATION, %s) = %s AND (%s IS NULL OR EXISTS"
        " (SELECT 1 FROM AM_REVISION R JOIN AM_DEPLOYMENT_REVISION_MAPPING D"
        " ON D.REVISION_UUID = R.REVISION_UUID WHERE R.API_UUID = API.API_UUID AND D.NAME = %s))"
        " ORDER BY API.API_ID",
        _DOMAIN,
        _DOMAIN,
        label,
        label,
    )
    mappings = await apim_db.query(
        "SELECT M.API_ID, M.AUTH_SCHEME, M.THROTTLING_TIER, M.HTTP_METHOD, M.URL_PATTERN,"
        " M.REVISION_UUID, GROUP_CONCAT(S.SCOPE_NAME) AS SCOPES FROM AM_API_URL_MAPPING M"
        " LEFT JOIN AM_API_RESOURCE_SCOPE_MAPPING S ON S.URL_MAPPING_ID = M.URL_MAPPING_ID"
        " GROUP BY M.URL_MAPPING_ID ORDER BY M.URL_MAPPING_ID"
    )
    return listing([_api(row, mappings) for row in found])


def _api(row: Row, mappings: Sequence[Row]) -> Row:
    mine = [each for each in mappings if each["API_ID"] == row["apiId"]]
    # A deployed revision has rows of its own beside the working copy's.
    revisions = {each["REVISION_UUID"] for each in mine if each["REVISION_UUID"]}
    newest = max(revisions, default=None)
    return {
        **row,
        "isDefaultVersion": bool(row["isDefaultVersion"]),
        "urlMappings": [
            {
                "authScheme": each["AUTH_SCHEME"],
                "throttlingPolicy": each["THROTTLING_TIER"],
                "httpMethod": each["HTTP_METHOD"],
                "urlPattern": each["URL_PATTERN"],
                "scopes": each["SCOPES"].split(",") if each["SCOPES"] else [],
            }
            for each in mine
            if (each["REVISION_UUID"] or None) == newest
        ],
    }


async def application_key_mappings(apim_db: Database, _query: Query) -> Any:
    """Return which consumer key belongs to which application, by key manager."""
    found = await apim_db.query(
        "SELECT M.APPLICATION_ID AS applicationId, APP.UUID AS applicationUUID,"
        " M.CONSUMER_KEY AS consumerKey, M.KEY_TYPE AS keyType,"
        " COALESCE(KM.NAME, M.KEY_MANAGER) AS keyManager"
        " FROM AM_APPLICATION_KEY_MAPPING M"
        " JOIN AM_APPLICATION APP ON APP.APPLICATION_ID = M.APPLICATION_ID"
        " LEFT JOIN AM_KEY_MANAGER KM ON KM.UUID = M.KEY_MANAGER"
        " ORDER BY M.APPLICATION_ID, M.KEY_TYPE"
    )
    return listing(found)


async def scopes(apim_db: Database, _query: Query) -> Any:
    """Return the scopes of the super tenant with the roles bound to them."""
    found = await apim_db.query(
        "SELECT S.NAME AS name, S.DISPLAY_NAME AS displayName, S.DESCRIPTION AS description,"
        " GROUP_CONCAT(B.SCOPE_BINDING) AS roles FROM AM_SCOPE S"
        " LEFT JOIN AM_SCOPE_BINDING B ON B.SCOPE_ID = S.SCOPE_ID"
        " WHERE S.TENANT_ID = %s GROUP BY S.SCOPE_ID ORDER BY S.SCOPE_ID",
        _TENANT,
    )
    return listing(
        [{**row, "roles": row["roles"].split(",") if row["roles"] else []} for row in found]
    )


async def key_managers(apim_db: Database, _query: Query) -> Any:
    """Return the key managers that the database knows, as a bare array."""
    found = await apim_db.query(
        "SELECT NAME AS name, TYPE AS type, ENABLED AS enabled, ORGANIZATION AS tenantDomain,"
        " TOKEN_TYPE AS tokenType, CONFIGURATION AS configuration FROM AM_KEY_MANAGER ORDER BY NAME"
    )
    return [
        {
            **row,
            "enabled": bool(row["enabled"]),
            "tenantDomain": row["tenantDomain"] or _DOMAIN,
            "tokenType": row["tokenType"] or "DIRECT",
            "configuration": json.loads(row["configuration"]) if row["configuration"] else {},
        }
        for row in found
    ]


async def key_templates(apim_db: Database, _query: Query) -> Any:
    """Return the key templates of the global policies."""
    found = await apim_db.query("SELECT DISTINCT KEY_TEMPLATE FROM AM_POLICY_GLOBAL")
    return [row["KEY_TEMPLATE"] for row in found]


async def block_conditions(apim_db: Database, _query: Query) -> Any:
    """Return the enabled block conditions by their type."""
    found = await apim_db.query(
        "SELECT CONDITION_ID, TYPE, BLOCK_CONDITION, DOMAIN FROM AM_BLOCK_CONDITIONS"
        " WHERE ENABLED = 'true' ORDER BY CONDITION_ID"
    )

    def values(kind: str) -> list[str]:
        return [row["BLOCK_CONDITION"] for row in found if row["TYPE"] == kind]

    return {
        "api": values("API"),
        "application": values("APPLICATION"),
        "ip": [_ip_condition(row) for row in found if row["TYPE"] in {"IP", "IPRANGE"}],
        "user": values("USER"),
        "custom": values("CUSTOM"),
        "subscription": values("SUBSCRIPTION"),
    }


def _ip_condition(row: Row) -> Row:
    try:
        value = json.loads(row["BLOCK_CONDITION"])
    except ValueError:
        # Conditions migrated from older versions are written tenant:address.
        value = row["BLOCK_CONDITION"].rpartition(":")[2]
    if not isinstance(value, dict):
        value = {"fixedIp": str(value)}
    return {
        "type": row["TYPE"],
        "fixedIp": value.get("fixedIp"),
        "startingIp": value.get("startingIp"),
        "endingIp": value.get("endingIp"),
        "invert": bool(value.get("invert", False)),
        "tenantDomain": row["DOMAIN"],
        "id": row["CONDITION_ID"],
    }


async def revoked_tokens(apim_db: Database, _query: Query) -> Any:
    """Return the revoked tokens, as a bare array."""
    return await apim_db.query(
        "SELECT SIGNATURE AS jwt_signature, EXPIRY_TIMESTAMP AS expiry_time"
        " FROM AM_REVOKED_JWT ORDER BY TIME_CREATED, UUID"
    )


async def runtime_artifacts(apim_db: Database, query: Query) -> Any:
    """Return what is deployed to the gateway labels of the query (base64url, joined by bars)."""
    written = query.get("gatewayLabel", "")
    try:
        labels = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode().split("|")
    except (binascii.Error, UnicodeDecodeError):
        labels = written.split("|")
    found = await apim_db.query(
        "SELECT DISTINCT P.API_ID AS apiId, P.API_NAME AS name, P.API_VERSION AS version,"
        " P.API_PROVIDER AS provider, P.TENANT_DOMAIN AS tenantDomain, D.REVISION_ID AS revision,"
        " A.ARTIFACT AS artifact"
        " FROM AM_GW_PUBLISHED_API_DETAILS P JOIN AM_GW_API_DEPLOYMENTS D ON D.API_ID = P.API_ID"
        " JOIN AM_GW_API_ARTIFACTS A ON A.API_ID = D.API_ID AND A.REVISION_ID = D.REVISION_ID"
        " WHERE D.LABEL IN %s ORDER BY P.API_ID",
        labels,
    )
    artifacts = [json.dumps(json.loads(row.pop("artifact")) | row) for row in found]
    return {"count": len(artifacts), "list": artifacts}


async def _nothing(_apim_db: Database, _query: Query) -> Any:
    return listing(())


READS: Mapping[str, Read] = {
    "subscriptions": subscriptions,
    "applications": applications,
    "apis": apis,
    "application-key-mappings": application_key_mappings,
    "subscription-policies": policies.subscription_policies,
    "application-policies": policies.application_policies,
    "api-policies": policies.api_policies,
    "global-policies": policies.global_policies,
    "scopes": scopes,
    "keymanagers": key_managers,
    "keyTemplates": key_templates,
    "block": block_conditions,
    "revokedjwt": revoked_tokens,
    "endpoint-certificates": _nothing,
    "api-logging-configs": _nothing,
    "webhooks-subscriptions": _nothing,
}
