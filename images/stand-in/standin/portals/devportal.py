"""The developer portal's REST service: an application, its subscription and its keys."""

import json
import ssl
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from standin import http_client, policies
from standin.configuration import KeyManager
from standin.database import Database, DuplicateError, Row
from standin.http_server import Response, json_response
from standin.portals.notifications import notify
from standin.portals.services import DOMAIN, TENANT, Call, Publish, RestError, Route, only_row

_SUBSCRIBE = ("apim:subscribe", "apim:app_manage", "apim:sub_manage")
_CREATED = 201
_RESIDENT = "Resident Key Manager"
_ADD_SUBSCRIBER = (
    "INSERT IGNORE INTO AM_SUBSCRIBER (USER_ID, TENANT_ID, EMAIL_ADDRESS, DATE_SUBSCRIBED)"
    " VALUES (%s, %s, '', NOW())"
)
_ADD_APPLICATION = (
    "INSERT INTO AM_APPLICATION (NAME, SUBSCRIBER_ID, APPLICATION_TIER, DESCRIPTION,"
    " APPLICATION_STATUS, CREATED_BY, CREATED_TIME, UUID, TOKEN_TYPE, ORGANIZATION)"
    " SELECT %s, SUBSCRIBER_ID, %s, %s, 'APPROVED', %s, NOW(), %s, %s, %s FROM AM_SUBSCRIBER"
    " WHERE USER_ID = %s AND TENANT_ID = %s"
)
_ADD_SUBSCRIPTION = (
    "INSERT INTO AM_SUBSCRIPTION (TIER_ID, API_ID, APPLICATION_ID, SUB_STATUS, CREATED_BY, UUID)"
    " VALUES (%s, %s, %s, 'UNBLOCKED', %s, %s)"
)


class Devportal:
    """What the service works on: the database, the key manager, and who is told of changes."""

    def __init__(
        self, apim_db: Database, manager: KeyManager, trust: ssl.SSLContext, publish: Publish
    ) -> None:
        self._apim_db = apim_db
        self._manager_url = manager.service_url.partition("/services")[0].rstrip("/")
        self._account = manager.account
        self._trust = trust
        self._notify = partial(notify, publish)

    def routes(self) -> Sequence[Route]:
        """Return the operations with their paths and scopes."""
        one = "/applications/([^/]+)"
        return (
            Route("GET", "/throttling-policies/application", _SUBSCRIBE, self._policies),
            Route("POST", "/applications", _SUBSCRIBE, self._create),
            Route("DELETE", one, _SUBSCRIBE, self._delete),
            Route("POST", f"{one}/generate-keys", _SUBSCRIBE, self._generate_keys),
            Route("POST", "/subscriptions", _SUBSCRIBE, self._subscribe),
            Route("DELETE", "/subscriptions/([^/]+)", _SUBSCRIBE, self._unsubscribe),
        )

    async def _policies(self, _call: Call) -> Response:
        found = (await policies.application_policies(self._apim_db, {}))["list"]
        told = [_policy(one) for one in found if one["defaultLimit"]["requestCount"]]
        return json_response({"count": len(told), "list": told})

    async def _create(self, call: Call) -> Response:
        asked, identifier = call.body(), str(uuid.uuid4())
        values = (
            *(asked["name"], asked["throttlingPolicy"], asked.get("description", "")),
            *(call.user, identifier, asked.get("tokenType", "JWT"), DOMAIN, call.user, TENANT),
        )
        try:
            await self._apim_db.run(
                [(_ADD_SUBSCRIBER, (call.user, TENANT)), (_ADD_APPLICATION, values)]
            )
        except DuplicateError as fault:
            reason = f"A duplicate application already exists by the name {asked['name']}"
            raise RestError(409, "Conflict", reason) from fault
        self._notify("APPLICATION_CREATE", uuid=identifier, applicationName=asked["name"])
        created = {**asked, "applicationId": identifier, "status": "APPROVED", "owner": call.user}
        return json_response(created, 201)

    async def _delete(self, call: Call) -> Response:
        application = await self._application(call.ids[0])
        keys = await self._apim_db.query(
            "SELECT CONSUMER_KEY FROM AM_APPLICATION_KEY_MAPPING WHERE APPLICATION_ID = %s",
            application["APPLICATION_ID"],
        )
        for row in keys:
            await self._ask_manager("DELETE", f"/{row['CONSUMER_KEY']}")
        await self._apim_db.query(
            "DELETE FROM AM_APPLICATION WHERE APPLICATION_ID = %s", application["APPLICATION_ID"]
        )
        self._notify("APPLICATION_DELETE", uuid=call.ids[0])
        return Response(200)

    async def _generate_keys(self, call: Call) -> Response:
        asked, application = call.body(), await self._application(call.ids[0])
        if asked.get("keyManager", _RESIDENT) != _RESIDENT:
            raise RestError(400, "Bad Request", "Key Manager not found")
        kind, mapping = asked["keyType"], str(uuid.uuid4())
        name = f"{call.user}_{application['UUID']}_{kind}"
        grants = asked["grantTypesToBeSupported"]
        body = {"client_name": name, "grant_types": grants, "ext_application_owner": call.user}
        answer = await self._ask_manager("POST", "", body)
        if answer.status != _CREATED:
            reason = f"the key manager answers {answer.status} to a registration"
            raise RestError(500, "Internal server error", reason)
        client = json.loads(answer.body)
        await self._apim_db.query(
            "INSERT INTO AM_APPLICATION_KEY_MAPPING (UUID, APPLICATION_ID, CONSUMER_KEY, KEY_TYPE,"
            " STATE, KEY_MANAGER) VALUES (%s, %s, %s, %s, 'COMPLETED', %s)",
            *(mapping, application["APPLICATION_ID"], client["client_id"], kind, _RESIDENT),
        )
        self._notify("APPLICATION_REGISTRATION_CREATE", consumerKey=client["client_id"])
        return json_response(
            {
                "keyMappingId": mapping,
                "keyManager": _RESIDENT,
                "consumerKey": client["client_id"],
                "consumerSecret": client["client_secret"],
                "supportedGrantTypes": grants,
                "keyState": "APPROVED",
                "keyType": kind,
                "mode": "CREATED",
            }
        )

    async def _subscribe(self, call: Call) -> Response:
        asked, identifier = call.body(), str(uuid.uuid4())
        application = await self._application(asked["applicationId"])
        api = await only_row(
            self._apim_db,
            "SELECT API_ID, STATUS FROM AM_API WHERE API_UUID = %s",
            "API",
            asked["apiId"],
        )
        if api["STATUS"] != "PUBLISHED":
            raise RestError(403, "Forbidden", "Subscriptions not allowed on unpublished APIs")
        await self._apim_db.query(
            _ADD_SUBSCRIPTION,
            *(asked["throttlingPolicy"], api["API_ID"], application["APPLICATION_ID"]),
            *(call.user, identifier),
        )
        self._notify("SUBSCRIPTIONS_CREATE", subscriptionUUID=identifier, apiUUID=asked["apiId"])
        created = {**asked, "subscriptionId": identifier, "status": "UNBLOCKED"}
        return json_response(created, 201)

    async def _unsubscribe(self, call: Call) -> Response:
        row = await only_row(
            self._apim_db,
            "SELECT SUBSCRIPTION_ID FROM AM_SUBSCRIPTION WHERE UUID = %s",
            "subscription",
            call.ids[0],
        )
        await self._apim_db.query(
            "DELETE FROM AM_SUBSCRIPTION WHERE SUBSCRIPTION_ID = %s", row["SUBSCRIPTION_ID"]
        )
        self._notify("SUBSCRIPTIONS_DELETE", subscriptionUUID=call.ids[0])
        return Response(200)

    async def _application(self, identifier: str) -> Row:
        sql = "SELECT APPLICATION_ID, UUID FROM AM_APPLICATION WHERE UUID = %s"
        return await only_row(self._apim_db, sql, "application", identifier)

    async def _ask_manager(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> http_client.Answer:
        """Ask the key manager's registration; raises RestError when it can't be reached."""
        url = f"{self._manager_url}/keymanager-operations/dcr/register{path}"
        try:
            return await http_client.send(
                method,
                url,
                self._account,
                self._trust,
                body=b"" if body is None else json.dumps(body).encode(),
                headers={"Content-Type": "application/json"},
            )
        except (OSError, TimeoutError) as fault:
            raise RestError(500, "Internal server error", f"{url}: {fault!r}") from fault


def _policy(row: Row) -> Row:
    limit = row["defaultLimit"]["requestCount"]
    return {
        "name": row["name"],
        "policyLevel": "application",
        "requestCount": limit["requestCount"],
        "unitTime": limit["unitTime"],
        "timeUnit": limit["timeUnit"],
        "tierPlan": "FREE",
        "stopOnQuotaReach": True,
    }
