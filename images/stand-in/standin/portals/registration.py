"""OAuth clients made over HTTP: by a person at the control plane, by a node at the key manager.

The control plane's `/client-registration` makes a client and can't take it back; that is done at
the identity framework's own registration beside it, as in the product.
"""

import json
import secrets
import uuid
from typing import Any

from standin import log
from standin.accounts import Accounts, basic_pair
from standin.database import Database, DatabaseError, Row
from standin.http_server import Handler, Request, Response, json_response
from standin.internal_data import INTERNAL_ERROR, UNAUTHENTICATED

REGISTRATION = "/client-registration/v0.17"
IDENTITY = "/api/identity/oauth2/dcr/v1.1"
OPERATIONS = "/keymanager-operations/dcr"
_SERVICE = "org.wso2.carbon.apimgt.rest.api.dcr.web.impl.RegistrationServiceImpl"
_TENANT = -1234


def registration(accounts: Accounts, apim_db: Database) -> Handler:
    """Return the handler of all three registrations; each node offers those of its role."""

    async def handle(request: Request) -> Response:
        if not accounts.accepts_basic(request.headers.get("authorization", "")):
            return json_response(UNAUTHENTICATED, 401)
        try:
            return await _answer(request, apim_db)
        except DatabaseError as fault:
            log.error(_SERVICE, f"Error occurred while trying to create the client: {fault}")
            return json_response(INTERNAL_ERROR, 500)

    return handle


async def _answer(request: Request, apim_db: Database) -> Response:
    context, _, client = request.path.rstrip("/").partition("/register")
    if request.method == "POST" and not client:
        try:
            asked = json.loads(request.body)
        except ValueError:
            return Response(400)
        if context == REGISTRATION:
            return await _register(request, asked, apim_db)
        return await _register_as_node(asked, apim_db)
    if request.method == "DELETE" and client and context != REGISTRATION:
        return await _remove(client.removeprefix("/"), apim_db)
    # Named by the product's own class as not implemented for this one.
    return Response(500 if context == REGISTRATION else 405)


async def _register(request: Request, asked: dict[str, Any], apim_db: Database) -> Response:
    user, _ = basic_pair(request.headers["authorization"]) or ("", "")
    name, grants = str(asked.get("clientName")), str(asked.get("grantType", ""))
    client = await _client_named(name, apim_db)
    if client is None:
        client = await add_client(apim_db, name, asked.get("owner") or user, grants)
    return json_response(
        {
            "clientId": client["CONSUMER_KEY"],
            "clientName": name,
            "callBackURL": asked.get("callbackUrl"),
            "clientSecret": client["CONSUMER_SECRET"],
            "isSaasApplication": bool(asked.get("saasApp")),
            "appOwner": client["USERNAME"],
            "jsonString": json.dumps({"grant_types": client["GRANT_TYPES"]}),
            "jsonAppAttribute": "{}",
            "tokenType": asked.get("tokenType"),
        }
    )


async def _register_as_node(asked: dict[str, Any], apim_db: Database) -> Response:
    grants = " ".join(asked.get("grant_types") or ())
    owner = str(asked.get("ext_application_owner") or "admin")
    client = await add_client(apim_db, str(asked.get("client_name")), owner, grants)
    answer = {
        "client_id": client["CONSUMER_KEY"],
        "client_secret": client["CONSUMER_SECRET"],
        "client_secret_expires_at": 0,
        "client_name": asked.get("client_name"),
        "grant_types": asked.get("grant_types"),
    }
    return json_response(answer, 201)


async def add_client(apim_db: Database, name: str, owner: str, grants: str) -> Row:
    """Write a new client and return its row; raises DatabaseError."""
    key, secret = uuid.uuid4().hex, secrets.token_hex(14)
    await apim_db.query(
        "INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, CONSUMER_SECRET, USERNAME, TENANT_ID,"
        " USER_DOMAIN, APP_NAME, OAUTH_VERSION, GRANT_TYPES)"
        " VALUES (%s, %s, %s, %s, 'PRIMARY', %s, 'OAuth-2.0', %s)",
        key,
        secret,
        owner,
        _TENANT,
        name,
        grants,
    )
    return {
        "CONSUMER_KEY": key,
        "CONSUMER_SECRET": secret,
        "USERNAME": owner,
        "GRANT_TYPES": grants,
    }


async def _client_named(name: str, apim_db: Database) -> Row | None:
    found = await apim_db.query(
        "SELECT CONSUMER_KEY, CONSUMER_SECRET, USERNAME, GRANT_TYPES FROM IDN_OAUTH_CONSUMER_APPS"
        " WHERE APP_NAME = %s",
        name,
    )
    return found[0] if found else None


async def _remove(client: str, apim_db: Database) -> Response:
    found = await apim_db.query(
        "SELECT ID FROM IDN_OAUTH_CONSUMER_APPS WHERE CONSUMER_KEY = %s", client
    )
    if not found:
        return Response(404)
    # Its tokens go with it, by the tables' own keys.
    await apim_db.query("DELETE FROM IDN_OAUTH_CONSUMER_APPS WHERE ID = %s", found[0]["ID"])
    return Response(204)
