"""OAuth clients of the key manager: who asks, by Basic credentials or by form fields."""

from collections.abc import Awaitable, Callable
from typing import Any

from standin.accounts import basic_pair
from standin.database import Database
from standin.http_server import Request, Response, json_response

# Finds the client of a request; raises OauthError, DatabaseError.
Authenticate = Callable[[Request, Database], Awaitable[dict[str, Any]]]


class OauthError(Exception):
    """A request that OAuth 2 answers with an error code."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description

    def response(self) -> Response:
        """Return the error as the key manager writes it."""
        return json_response(
            {"error_description": self.description, "error": self.code}, self.status
        )


async def authenticated_client(request: Request, apim_db: Database) -> dict[str, Any]:
    """Return the row of the client that sent *request*; raises OauthError, DatabaseError."""
    form = request.form()
    pair = basic_pair(request.headers.get("authorization", ""))
    key, secret = pair or (form.get("client_id", ""), form.get("client_secret", ""))
    if not key:
        raise OauthError(401, "invalid_client", "Client credentials are missing")
    found = await apim_db.query(
        "SELECT ID, CONSUMER_KEY, CONSUMER_SECRET, USERNAME, GRANT_TYPES, APP_STATE,"
        " APP_ACCESS_TOKEN_EXPIRE_TIME, USER_ACCESS_TOKEN_EXPIRE_TIME"
        " FROM IDN_OAUTH_CONSUMER_APPS WHERE CONSUMER_KEY = %s",
        key,
    )
    if not found:
        raise OauthError(
            401, "invalid_client", f"A valid OAuth client could not be found for client_id: {key}"
        )
    client = found[0]
    if client["CONSUMER_SECRET"] != secret or client["APP_STATE"] not in {None, "ACTIVE"}:
        raise OauthError(401, "invalid_client", "Client Authentication failed.")
    return client
