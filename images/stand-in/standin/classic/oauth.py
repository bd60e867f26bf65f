"""The key manager's `/oauth2` in the 2.x line: its own clients, and revocations told in headers."""

from typing import Any

from standin.accounts import Accounts, basic_pair
from standin.database import Database, Row
from standin.http_server import Handler, Request, Response
from standin.keystore import Identity
from standin.oauth import tokens, webapp
from standin.oauth.clients import OauthError

_SECONDS = 3600  # the line has no lifetime of a client's own
_CLIENT = (
    "SELECT ID, CONSUMER_KEY, CONSUMER_SECRET, USERNAME, GRANT_TYPES, APP_STATE"
    " FROM IDN_OAUTH_CONSUMER_APPS WHERE CONSUMER_KEY = %s"
)


def oauth(base_url: str, identity: Identity, accounts: Accounts, apim_db: Database) -> Handler:
    """Return the handler of the web app at *base_url*."""
    return webapp.oauth(
        base_url,
        identity,
        tokens.introspect(accounts, apim_db),
        tokens.issue(accounts, apim_db, _client),
        _revoke(apim_db),
    )


async def _client(request: Request, apim_db: Database) -> dict[str, Any]:
    form = request.form()
    pair = basic_pair(request.headers.get("authorization", ""))
    key, secret = pair or (form.get("client_id", ""), form.get("client_secret", ""))
    if not key or not secret:
        raise OauthError(400, "invalid_request", "Missing parameters: client_secret client_id")
    found = await apim_db.query(_CLIENT, key)
    if not found:
        raise OauthError(
            401, "invalid_client", f"A valid OAuth client could not be found for client_id: {key}"
        )
    if found[0]["CONSUMER_SECRET"] != secret or found[0]["APP_STATE"] not in {None, "ACTIVE"}:
        raise OauthError(401, "invalid_client", "Client Authentication failed.")
    lifetimes = {f"{kind}_ACCESS_TOKEN_EXPIRE_TIME": _SECONDS for kind in ("APP", "USER")}
    return {**found[0], **lifetimes}


def _revoke(apim_db: Database) -> Handler:
    async def handle(request: Request) -> Response:
        client = await _client(request, apim_db)
        value = request.form().get("token", "")
        if not value:
            raise OauthError(400, "invalid_request", "Missing parameters: token")
        found = await tokens.find_token(apim_db, value)
        if found is None or found["CONSUMER_KEY"] != client["CONSUMER_KEY"]:
            return Response(200)
        if found["TOKEN_STATE"] == "ACTIVE":  # noqa: S105 - a state's name
            await tokens.retire(apim_db, found, "REVOKED")
        return Response(200, headers=_headers(found))

    return tokens.guarded(handle)


def _headers(token: Row) -> dict[str, str]:
    """Return what a gateway reads to drop the token from its cache."""
    return {
        "RevokedAccessToken": token["ACCESS_TOKEN"],
        "RevokedRefreshToken": token.get("REFRESH_TOKEN") or "",
        "AuthorizedUser": f"{token['AUTHZ_USER']}@carbon.super",
    }
