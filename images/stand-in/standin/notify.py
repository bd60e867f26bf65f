"""`POST /internal/data/v1/notify`: stores a token revocation and publishes it on the event hub."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from standin import log
from standin.database import Database, DatabaseError, DuplicateError
from standin.databridge.streams import TOKEN_REVOCATION
from standin.http_server import Handler, Request, Response, json_response
from standin.internal_data import INTERNAL_ERROR

_TTL = "5000"
_KEY_MANAGER_TYPES = {"", "default"}
_REQUIRED = ("eventId", "consumerKey", "tenantDomain")
_HANDLER = "org.wso2.carbon.apimgt.notification.DefaultKeyManagerEventHandlerImpl"

# Called with the stream id and the values of its attributes; must not wait.
Publish = Callable[[str, Sequence[Any]], None]


def notify(apim_db: Database, publish: Publish) -> Handler:
    """Return the handler of the notify resource, behind the web app's authentication."""

    async def handle(request: Request) -> Response:
        kind = request.headers.get("x-wso2-key-manager", "").strip()
        text = request.body.decode("utf-8", "replace")
        # A type without a handler, or a body about something else, is nobody's business: 200.
        if kind not in _KEY_MANAGER_TYPES or "token_revocation" not in text:
            return Response(200)
        event = _event(text)
        if event is None:
            return json_response(INTERNAL_ERROR, 500)
        try:
            await _store(apim_db, event)
        except DatabaseError as fault:
            log.error(_HANDLER, f"Error while persisting the revoked token: {fault}")
            return json_response({"Message": f"Failed to add Revoked JWT signature: {fault}"}, 500)
        publish(TOKEN_REVOCATION, _values(event))
        return Response(200)

    return handle


def _event(text: str) -> dict[str, Any] | None:
    """Return the event with its defaults, `None` where the product fails on it."""
    try:
        event = json.loads(text)
    except ValueError:
        log.error(_HANDLER, "JsonSyntaxException: malformed event")
        return None
    if not isinstance(event, dict) or any(event.get(name) is None for name in _REQUIRED):
        log.error(_HANDLER, "NullPointerException: the event lacks one of " + ", ".join(_REQUIRED))
        return None
    try:
        numbers = {
            "expiryTime": int(event.get("expiryTime") or 0),
            "tenantId": int(event.get("tenantId") or 0),
        }
    except (TypeError, ValueError):
        log.error(_HANDLER, "JsonSyntaxException: NumberFormatException")
        return None
    return {**event, **numbers, "tokenType": event.get("tokenType") or "Default"}


async def _store(apim_db: Database, event: dict[str, Any]) -> None:
    try:
        await apim_db.query(
            "INSERT INTO AM_REVOKED_JWT (UUID, SIGNATURE, EXPIRY_TIMESTAMP, TENANT_ID, TOKEN_TYPE)"
            " VALUES (%s, %s, %s, %s, %s)",
            event["eventId"],
            event.get("accessToken"),
            event["expiryTime"],
            event["tenantId"],
            event["tokenType"],
        )
    except DuplicateError as fault:
        if event.get("accessToken") is None:
            raise  # the column's NOT NULL, not its key
        log.warn(_HANDLER, f"Revoked Token already persisted: {fault}")


def _values(event: dict[str, Any]) -> Sequence[Any]:
    return (
        event["eventId"],
        event.get("accessToken"),
        _TTL,
        event["expiryTime"],
        event["tokenType"],
        event["tenantId"],
    )
