"""Issues, introspects and revokes opaque tokens, kept in the product's own tables."""

import hashlib
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from standin import log
from standin.accounts import Accounts
from standin.database import Database, DatabaseError, Row, Statement
from standin.http_server import Handler, Request, Response, json_response
from standin.oauth.clients import Authenticate, OauthError, authenticated_client

_TENANT = -1234
_ENDPOINT = "org.wso2.carbon.identity.oauth.endpoint.token.OAuth2TokenEndpoint"
_SERVER_ERROR = OauthError(500, "server_error", "Internal Server Error")
_GRANTS = ("client_credentials", "password")
_SELECT = (
    "SELECT T.TOKEN_ID, T.ACCESS_TOKEN, T.AUTHZ_USER, T.TOKEN_STATE, T.VALIDITY_PERIOD,"
    " CAST(UNIX_TIMESTAMP(T.TIME_CREATED) AS SIGNED) AS CREATED, A.CONSUMER_KEY,"
    " (SELECT GROUP_CONCAT(S.TOKEN_SCOPE SEPARATOR ' ') FROM IDN_OAUTH2_ACCESS_TOKEN_SCOPE S"
    " WHERE S.TOKEN_ID = T.TOKEN_ID) AS SCOPES"
    " FROM IDN_OAUTH2_ACCESS_TOKEN T JOIN IDN_OAUTH_CONSUMER_APPS A ON A.ID = T.CONSUMER_KEY_ID"
)
_ADD_GRANT = (
    "INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID, ACCESS_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER,"
    " TENANT_ID, USER_DOMAIN, USER_TYPE, GRANT_TYPE, VALIDITY_PERIOD, TOKEN_SCOPE_HASH,"
    " TIME_CREATED) VALUES (%s, %s, %s, %s, %s, 'PRIMARY', %s, %s, %s, %s, NOW())"
)
_ADD_SCOPE = (
    "INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_SCOPE (TOKEN_ID, TOKEN_SCOPE, TENANT_ID)"
    " VALUES (%s, %s, %s)"
)
# The state's own id keeps the row out of the way of the next token's unique key.
_RETIRE = (
    "UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = %s, TOKEN_STATE_ID = %s WHERE TOKEN_ID = %s"
)

Revoked = Callable[[Row], Awaitable[None]]


def introspect(accounts: Accounts, apim_db: Database) -> Handler:
    """Return the handler of `/oauth2/introspect`."""

    async def handle(request: Request) -> Response:
        if not accounts.accepts_basic(request.headers.get("authorization", "")):
            return Response(401, headers={"WWW-Authenticate": 'Basic realm="stand-in"'})
        value = request.form().get("token", "")
        if not value:
            # With a space, unlike every other answer (measured on 4.1.0).
            return Response(400, b'{"error": "Invalid input"}', "application/json")
        found = await find_token(apim_db, value)
        return json_response(_introspection(found) if found else {"active": False})

    return guarded(handle)


async def find_token(apim_db: Database, value: str) -> Row | None:
    """Return the row of a token with its client and scopes; raises DatabaseError."""
    found = await apim_db.query(f"{_SELECT} WHERE T.ACCESS_TOKEN = %s", value)
    return found[0] if found else None


async def retire(apim_db: Database, token: Row, state: str) -> None:
    """Give a token another *state*; raises DatabaseError."""
    await apim_db.query(_RETIRE, state, str(uuid.uuid4()), token["TOKEN_ID"])


def _introspection(row: Row) -> dict[str, Any]:
    if row["TOKEN_STATE"] != "ACTIVE" or expired(row):  # noqa: S105 - a state's name
        return {"active": False}
    answer = {
        "nbf": row["CREATED"],
        "scope": row["SCOPES"] or "default",
        "active": True,
        "token_type": "Bearer",
        "iat": row["CREATED"],
        "client_id": row["CONSUMER_KEY"],
        "username": f"{row['AUTHZ_USER']}@carbon.super",
    }
    if row["VALIDITY_PERIOD"] is not None and row["VALIDITY_PERIOD"] >= 0:
        answer["exp"] = row["CREATED"] + row["VALIDITY_PERIOD"] // 1000
    return answer


def expired(row: Row) -> bool:
    """Tell whether the token's time is over; its validity is in ms, a negative one never ends."""
    validity = row["VALIDITY_PERIOD"]
    return validity is not None and 0 <= validity < (time.time() - row["CREATED"]) * 1000


def issue(
    accounts: Accounts, apim_db: Database, authenticate: Authenticate = authenticated_client
) -> Handler:
    """Return the handler of `/oauth2/token`; *authenticate* finds the client that asks."""

    async def handle(request: Request) -> Response:
        form = request.form()
        grant = form.get("grant_type", "")
        if not grant:
            raise OauthError(400, "invalid_request", "Missing grant_type parameter value")
        client = await authenticate(request, apim_db)
        if grant not in _GRANTS:
            raise OauthError(400, "unsupported_grant_type", "Unsupported grant_type value")
        if client["GRANT_TYPES"] and grant not in client["GRANT_TYPES"].split():
            raise OauthError(
                400,
                "unauthorized_client",
                "The authenticated client is not authorized to use this authorization grant type",
            )
        user = client["USERNAME"] or "admin"
        if grant == "password":
            user = _resource_owner(form, accounts)
        return json_response(await _granted(apim_db, client, user, grant, form))

    return guarded(handle)


def _resource_owner(form: Mapping[str, str], accounts: Accounts) -> str:
    user = form.get("username", "")
    if not accounts.knows(user, form.get("password", "")):
        raise OauthError(400, "invalid_grant", f"Authentication failed for {user}")
    return user


async def _granted(
    apim_db: Database, client: Row, user: str, grant: str, form: Mapping[str, str]
) -> dict[str, Any]:
    """Return the active token of this client, user and scope, or a new one, as a token response."""
    scope = form.get("scope") or "default"
    kind = "APPLICATION" if grant == "client_credentials" else "APPLICATION_USER"
    scope_hash = hashlib.md5(scope.encode(), usedforsecurity=False).hexdigest()
    existing = await apim_db.query(
        f"{_SELECT} WHERE T.CONSUMER_KEY_ID = %s AND T.AUTHZ_USER = %s AND T.USER_TYPE = %s"
        " AND T.TOKEN_SCOPE_HASH = %s AND T.TOKEN_STATE = 'ACTIVE'"
        " ORDER BY T.TIME_CREATED DESC LIMIT 1",
        client["ID"],
        user,
        kind,
        scope_hash,
    )
    if existing and not expired(existing[0]):
        return _token_response(existing[0]["ACCESS_TOKEN"], scope, _seconds_left(existing[0]))
    column = "APP" if kind == "APPLICATION" else "USER"
    seconds = int(client[f"{column}_ACCESS_TOKEN_EXPIRE_TIME"] or 3600)
    token_id, token = str(uuid.uuid4()), str(uuid.uuid4())
    values = (token_id, token, client["ID"], user, _TENANT, kind, grant, seconds * 1000, scope_hash)
    retired: list[Statement] = [
        (_RETIRE, ("EXPIRED", str(uuid.uuid4()), each["TOKEN_ID"])) for each in existing
    ]
    scopes: list[Statement] = [
        (_ADD_SCOPE, (token_id, each, _TENANT)) for each in dict.fromkeys(scope.split())
    ]
    await apim_db.run([*retired, (_ADD_GRANT, values), *scopes])
    return _token_response(token, scope, seconds)


def _seconds_left(row: Row) -> int:
    validity = row["VALIDITY_PERIOD"]
    if validity is None or validity < 0:
        return 2**31 - 1
    return int(row["CREATED"] + validity // 1000 - time.time())


def _token_response(token: str, scope: str, seconds: int) -> dict[str, Any]:
    return {"access_token": token, "scope": scope, "token_type": "Bearer", "expires_in": seconds}


def revoke(apim_db: Database, revoked: Revoked) -> Handler:
    """Return the handler of `/oauth2/revoke`; *revoked* is told each token that was taken back."""

    async def handle(request: Request) -> Response:
        client = await authenticated_client(request, apim_db)
        value = request.form().get("token", "")
        if not value:
            raise OauthError(400, "invalid_request", "Missing token parameter value")
        found = await find_token(apim_db, value)
        if found and found["CONSUMER_KEY"] != client["CONSUMER_KEY"]:
            raise OauthError(400, "unauthorized_client", "Unauthorized Client")
        if found and found["TOKEN_STATE"] == "ACTIVE":  # noqa: S105 - a state's name
            await retire(apim_db, found, "REVOKED")
            await revoked(found)
        return Response(200)

    return guarded(handle)


def guarded(handle: Handler) -> Handler:
    """Return *handle* with its OAuth errors and a broken database answered as errors."""

    async def guard(request: Request) -> Response:
        try:
            return await handle(request)
        except OauthError as fault:
            return fault.response()
        except DatabaseError as fault:
            log.error(_ENDPOINT, f"Error occurred while processing the request: {fault}")
            return _SERVER_ERROR.response()

    return guard
