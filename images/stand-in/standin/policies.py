"""Reads the rate limiting policies from apim_db, as gateways and traffic managers fetch them."""

from collections.abc import Mapping
from typing import Any

from standin.database import Database, Row

_TENANT = -1234
_DOMAIN = "carbon.super"
# What the product writes at its first start: requests a minute.
_APPLICATION_DEFAULTS = {"50PerMin": 50, "20PerMin": 20, "10PerMin": 10}
_SUBSCRIPTION_DEFAULTS = {"Gold": 5000, "Silver": 2000, "Bronze": 1000, "Unauthenticated": 500}
_UNLIMITED = {"Unlimited": 2**31 - 1}

Query = Mapping[str, str]


def _listing(items: list[Row]) -> Row:
    return {"count": len(items), "list": items, "pagination": None}


def _limit(row: Row) -> Row:
    """Return the quota of *row* as the web app shapes it: one of three kinds, the others null."""
    kind = row["QUOTA_TYPE"]
    time = {"timeUnit": row["TIME_UNIT"], "unitTime": row["UNIT_TIME"]}
    quota = row["QUOTA"]
    bandwidth = {**time, "dataAmount": quota, "dataUnit": row["QUOTA_UNIT"]}
    return {
        "quotaType": kind,
        "requestCount": {**time, "requestCount": quota} if kind == "requestCount" else None,
        "bandwidth": bandwidth if kind == "bandwidthVolume" else None,
        "eventCount": {**time, "eventCount": quota} if kind == "eventCount" else None,
    }


def _policy(row: Row) -> Row:
    return {
        "id": row["POLICY_ID"],
        "tenantId": row["TENANT_ID"],
        "tenantDomain": _DOMAIN,
        "name": row["NAME"],
    }


def _written(found: list[Row], defaults: Mapping[str, int]) -> list[Row]:
    """Return the rows, or what the product would have written where there are none."""
    return found or [
        {
            "POLICY_ID": number,
            "TENANT_ID": _TENANT,
            "NAME": name,
            "QUOTA_TYPE": "requestCount",
            "QUOTA": quota,
            "QUOTA_UNIT": None,
            "UNIT_TIME": 1,
            "TIME_UNIT": "min",
            "MAX_COMPLEXITY": 0,
            "MAX_DEPTH": 0,
            "RATE_LIMIT_COUNT": None,
            "RATE_LIMIT_TIME_UNIT": None,
            "STOP_ON_QUOTA_REACH": True,
        }
        for number, (name, quota) in enumerate({**defaults, **_UNLIMITED}.items(), start=1)
    ]


async def subscription_policies(apim_db: Database, _query: Query) -> Any:
    """Return the subscription (business plan) policies of the super tenant."""
    found = await apim_db.query(
        "SELECT POLICY_ID, TENANT_ID, NAME, QUOTA_TYPE, QUOTA, QUOTA_UNIT, UNIT_TIME, TIME_UNIT,"
        " MAX_COMPLEXITY, MAX_DEPTH, RATE_LIMIT_COUNT, RATE_LIMIT_TIME_UNIT, STOP_ON_QUOTA_REACH"
        " FROM AM_POLICY_SUBSCRIPTION WHERE TENANT_ID = %s ORDER BY POLICY_ID",
        _TENANT,
    )
    return _listing(
        [
            {
                **_policy(row),
                "quotaType": row["QUOTA_TYPE"],
                "graphQLMaxComplexity": row["MAX_COMPLEXITY"],
                "graphQLMaxDepth": row["MAX_DEPTH"],
                "rateLimitCount": row["RATE_LIMIT_COUNT"] or 0,
                "rateLimitTimeUnit": row["RATE_LIMIT_TIME_UNIT"],
                "stopOnQuotaReach": bool(row["STOP_ON_QUOTA_REACH"]),
                "defaultLimit": _limit(row),
            }
            for row in _written(found, _SUBSCRIPTION_DEFAULTS)
        ]
    )


async def application_policies(apim_db: Database, _query: Query) -> Any:
    """Return the application policies of the super tenant."""
    found = await apim_db.query(
        "SELECT POLICY_ID, TENANT_ID, NAME, QUOTA_TYPE, QUOTA, QUOTA_UNIT, UNIT_TIME, TIME_UNIT"
        " FROM AM_POLICY_APPLICATION WHERE TENANT_ID = %s ORDER BY POLICY_ID",
        _TENANT,
    )
    return _listing(
        [
            {**_policy(row), "quotaType": row["QUOTA_TYPE"], "defaultLimit": _limit(row)}
            for row in _written(found, _APPLICATION_DEFAULTS)
        ]
    )


async def api_policies(apim_db: Database, _query: Query) -> Any:
    """Return the advanced (API) policies of the super tenant with their condition groups."""
    found = await apim_db.query(
        "SELECT POLICY_ID, TENANT_ID, NAME, APPLICABLE_LEVEL, DEFAULT_QUOTA_TYPE AS QUOTA_TYPE,"
        " DEFAULT_QUOTA AS QUOTA, DEFAULT_QUOTA_UNIT AS QUOTA_UNIT,"
        " DEFAULT_UNIT_TIME AS UNIT_TIME, DEFAULT_TIME_UNIT AS TIME_UNIT"
        " FROM AM_API_THROTTLE_POLICY WHERE TENANT_ID = %s ORDER BY POLICY_ID",
        _TENANT,
    )
    groups = await apim_db.query(
        "SELECT CONDITION_GROUP_ID, POLICY_ID, QUOTA_TYPE, QUOTA, QUOTA_UNIT, UNIT_TIME, TIME_UNIT"
        " FROM AM_CONDITION_GROUP ORDER BY CONDITION_GROUP_ID"
    )
    return _listing(
        [
            {
                **_policy(row),
                "quotaType": row["QUOTA_TYPE"],
                "applicableLevel": row["APPLICABLE_LEVEL"],
                "defaultLimit": _limit(row),
                "conditionGroups": [
                    _condition_group(group)
                    for group in groups
                    if group["POLICY_ID"] == row["POLICY_ID"]
                ],
            }
            for row in found
        ]
    )


def _condition_group(group: Row) -> Row:
    return {
        "policyId": group["POLICY_ID"],
        "quotaType": group["QUOTA_TYPE"],
        "conditionGroupId": group["CONDITION_GROUP_ID"],
        "condition": [],
        "defaultLimit": _limit(group),
    }


async def global_policies(apim_db: Database, _query: Query) -> Any:
    """Return the custom (global) policies of the super tenant."""
    found = await apim_db.query(
        "SELECT POLICY_ID, TENANT_ID, NAME, KEY_TEMPLATE, SIDDHI_QUERY"
        " FROM AM_POLICY_GLOBAL WHERE TENANT_ID = %s ORDER BY POLICY_ID",
        _TENANT,
    )
    return _listing(
        [
            {
                **_policy(row),
                "quotaType": None,
                "siddhiQuery": (row["SIDDHI_QUERY"] or b"").decode("utf-8", "replace"),
                "keyTemplate": row["KEY_TEMPLATE"],
            }
            for row in found
        ]
    )
