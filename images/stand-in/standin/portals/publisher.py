"""The publisher's REST service: an API is made, revised, deployed, published and deleted.

Only what a smoke test asks. An API's definition lies in `AM_GW_API_ARTIFACTS`, the working copy
under the API's own id; the product keeps that in its registry.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from standin import policies
from standin.database import Database, DuplicateError, Row
from standin.http_server import Response, json_response
from standin.portals.notifications import notify
from standin.portals.services import DOMAIN, Call, Publish, RestError, Route, only_row

_VIEW = ("apim:api_view", "apim:api_manage")
_CREATE = ("apim:api_create", "apim:api_manage")
_PUBLISH = ("apim:api_publish", "apim:api_manage")
_DELETE = ("apim:api_delete", "apim:api_manage")
_API = (
    "SELECT API_ID, API_UUID, API_NAME, API_VERSION, API_PROVIDER, CONTEXT, STATUS,"
    " REVISIONS_CREATED FROM AM_API WHERE API_UUID = %s"
)
_ADD_ARTIFACT = (
    "INSERT INTO AM_GW_API_ARTIFACTS (API_ID, REVISION_ID, ARTIFACT)"
    " SELECT API_ID, %s, ARTIFACT FROM AM_GW_API_ARTIFACTS WHERE API_ID = %s AND REVISION_ID = %s"
)
_STATES = {"Publish": "PUBLISHED", "Deprecate": "DEPRECATED", "Demote to Created": "CREATED"}


class Publisher:
    """What the service works on: the database, the gateways' environments, and who is told."""

    def __init__(
        self, apim_db: Database, environments: Sequence[Mapping[str, Any]], publish: Publish
    ) -> None:
        self._apim_db = apim_db
        self._environments = environments
        self._notify = partial(notify, publish)

    def routes(self) -> Sequence[Route]:
        """Return the operations with their paths and scopes."""
        one = "/apis/([^/]+)"
        return (
            Route("GET", "/settings", ("apim:publisher_settings", *_VIEW), self._settings),
            Route("GET", "/throttling-policies/subscription", _VIEW, self._policies),
            Route("POST", "/apis", _CREATE, self._create),
            Route("POST", "/apis/change-lifecycle", _PUBLISH, self._change_lifecycle),
            Route("GET", one, _VIEW, self._show),
            Route("DELETE", one, _DELETE, self._delete),
            Route("POST", f"{one}/revisions", (*_CREATE, *_PUBLISH), self._revise),
            Route("POST", f"{one}/deploy-revision", (*_CREATE, *_PUBLISH), self._deploy),
        )

    async def _settings(self, _call: Call) -> Response:
        return json_response({"environment": list(self._environments), "scopes": []})

    async def _policies(self, _call: Call) -> Response:
        found = (await policies.subscription_policies(self._apim_db, {}))["list"]
        names = [{"name": one["name"], "policyLevel": "subscription"} for one in found]
        return json_response({"count": len(names), "list": names})

    async def _create(self, call: Call) -> Response:
        asked = call.body()
        identifier, version = str(uuid.uuid4()), str(asked["version"])
        context = f"{asked['context']}/{version}"
        definition = {
            "context": context,
            "endpoint": asked["endpointConfig"]["production_endpoints"]["url"],
            "operations": asked.get("operations") or [{"target": "/*", "verb": "GET"}],
        }
        named = (call.user, asked["name"], version)
        try:
            await self._apim_db.run(
                [
                    (
                        (
                            "INSERT INTO AM_API (API_UUID, API_PROVIDER, API_NAME, API_VERSION,"
                            " CONTEXT, CONTEXT_TEMPLATE, API_TYPE, ORGANIZATION, CREATED_BY,"
                            " CREATED_TIME, STATUS, VERSION_COMPARABLE)"
                            " VALUES (%s, %s, %s, %s, %s, %s, 'HTTP', %s, %s, NOW(), 'CREATED', %s)"
                        ),
                        (
                            *(identifier, *named, context, f"{asked['context']}/{{version}}"),
                            *(DOMAIN, call.user, version),
                        ),
                    ),
                    (
                        (
                            "INSERT INTO AM_GW_PUBLISHED_API_DETAILS (API_ID, TENANT_DOMAIN,"
                            " API_PROVIDER, API_NAME, API_VERSION, API_TYPE)"
                            " VALUES (%s, %s, %s, %s, %s, 'HTTP')"
                        ),
                        (identifier, DOMAIN, *named),
                    ),
                    (
                        (
                            "INSERT INTO AM_GW_API_ARTIFACTS (API_ID, REVISION_ID, ARTIFACT)"
                            " VALUES (%s, %s, %s)"
                        ),
                        (identifier, identifier, json.dumps(definition)),
                    ),
                ]
            )
        except DuplicateError as fault:
            raise RestError(409, "Conflict", f"The API already exists: {asked['name']}") from fault
        api = await self._api(identifier)
        self._notify("API_CREATE", uuid=identifier, apiId=api["API_ID"], apiName=asked["name"])
        return json_response({**asked, **_dto(api), "context": asked["context"]}, 201)

    async def _show(self, call: Call) -> Response:
        return json_response(_dto(await self._api(call.ids[0])))

    async def _revise(self, call: Call) -> Response:
        api = await self._api(call.ids[0])
        identifier, number = str(uuid.uuid4()), api["REVISIONS_CREATED"] + 1
        await self._apim_db.run(
            [
                (
                    (
                        "INSERT INTO AM_REVISION (ID, API_UUID, REVISION_UUID, CREATED_BY)"
                        " VALUES (%s, %s, %s, %s)"
                    ),
                    (number, api["API_UUID"], identifier, call.user),
                ),
                (
                    "UPDATE AM_API SET REVISIONS_CREATED = %s WHERE API_UUID = %s",
                    (number, api["API_UUID"]),
                ),
                (_ADD_ARTIFACT, (identifier, api["API_UUID"], api["API_UUID"])),
            ]
        )
        revision = {"id": identifier, "displayName": f"Revision {number}", "deploymentInfo": []}
        return json_response(revision, 201)

    async def _deploy(self, call: Call) -> Response:
        api, revision = await self._api(call.ids[0]), call.request.query.get("revisionId", "")
        await only_row(
            self._apim_db,
            "SELECT ID FROM AM_REVISION WHERE REVISION_UUID = %s",
            "revision",
            revision,
        )
        known = {environment["name"] for environment in self._environments}
        places = [(one["name"], one.get("vhost") or "") for one in call.body()]
        for name, vhost in places:
            if name not in known:
                raise RestError(400, "Bad Request", f"Gateway environment not found: {name}")
            if not vhost:
                reason = "Required field 'vhost' not found in deployment"
                raise RestError(400, "Bad Request", reason)
        for name, vhost in places:
            await self._apim_db.run(
                [
                    (
                        (
                            "REPLACE INTO AM_DEPLOYMENT_REVISION_MAPPING (NAME, VHOST,"
                            " REVISION_UUID) VALUES (%s, %s, %s)"
                        ),
                        (name, vhost, revision),
                    ),
                    (
                        (
                            "REPLACE INTO AM_GW_API_DEPLOYMENTS (API_ID, REVISION_ID, LABEL, VHOST)"
                            " VALUES (%s, %s, %s, %s)"
                        ),
                        (api["API_UUID"], revision, name, vhost),
                    ),
                ]
            )
        self._tell_gateways("DEPLOY_API_IN_GATEWAY", api, [name for name, _ in places])
        deployed = [{"revisionUuid": revision, "name": one, "vhost": at} for one, at in places]
        return json_response(deployed, 201)

    async def _change_lifecycle(self, call: Call) -> Response:
        query = call.request.query
        api, state = await self._api(query.get("apiId", "")), _STATES.get(query.get("action", ""))
        if state is None:
            raise RestError(400, "Bad Request", f"Action '{query.get('action')}' is not allowed")
        await self._apim_db.query(
            "UPDATE AM_API SET STATUS = %s WHERE API_UUID = %s", state, api["API_UUID"]
        )
        self._notify("API_LIFECYCLE_CHANGE", uuid=api["API_UUID"], apiStatus=state)
        answer = {"workflowStatus": "APPROVED", "lifecycleState": {"state": state.capitalize()}}
        return json_response(answer)

    async def _delete(self, call: Call) -> Response:
        api = await self._api(call.ids[0])
        if await self._apim_db.query(
            "SELECT SUBSCRIPTION_ID FROM AM_SUBSCRIPTION WHERE API_ID = %s", api["API_ID"]
        ):
            raise RestError(409, "Conflict", "Cannot remove the API as active subscriptions exist.")
        labels = await self._apim_db.query(
            "SELECT LABEL FROM AM_GW_API_DEPLOYMENTS WHERE API_ID = %s", api["API_UUID"]
        )
        await self._apim_db.run(
            [
                ("DELETE FROM AM_GW_PUBLISHED_API_DETAILS WHERE API_ID = %s", (api["API_UUID"],)),
                ("DELETE FROM AM_API WHERE API_UUID = %s", (api["API_UUID"],)),
            ]
        )
        self._tell_gateways("REMOVE_API_FROM_GATEWAY", api, [row["LABEL"] for row in labels])
        self._notify("API_DELETE", uuid=api["API_UUID"], apiId=api["API_ID"])
        return Response(200)

    async def _api(self, identifier: str) -> Row:
        return await only_row(self._apim_db, _API, "API", identifier)

    def _tell_gateways(self, kind: str, api: Row, labels: Sequence[str]) -> None:
        self._notify(
            kind,
            uuid=api["API_UUID"],
            apiId=api["API_ID"],
            gatewayLabels=labels,
            name=api["API_NAME"],
            version=api["API_VERSION"],
            provider=api["API_PROVIDER"],
            context=api["CONTEXT"],
            apiType="HTTP",
        )


def _dto(api: Row) -> Row:
    return {
        "id": api["API_UUID"],
        "name": api["API_NAME"],
        "version": api["API_VERSION"],
        "provider": api["API_PROVIDER"],
        "context": api["CONTEXT"],
        "lifeCycleStatus": api["STATUS"],
    }
