"""Tells the notification endpoint of revoked tokens, as the product's EventSender does."""

import json
import ssl
import time
import uuid
from collections.abc import Awaitable, Callable

from standin import http_client, log
from standin.configuration import EventListener
from standin.database import Row

_SENDER = "org.wso2.is.notification.EventSender"


def event_sender(
    listener: EventListener | None, trust: ssl.SSLContext
) -> Callable[[Row], Awaitable[None]]:
    """Return what is called with each revoked token's row; without a listener it does nothing."""

    async def send(row: Row) -> None:
        if listener is None:
            return
        try:
            # The sender ignores the status: a wrong password or path there leaves no line here.
            await http_client.send(
                "POST",
                listener.notification_endpoint,
                listener.account,
                trust,
                body=json.dumps(_event(row)).encode(),
                headers={"Content-Type": "application/json", **listener.headers},
            )
        except (OSError, TimeoutError) as fault:
            log.error(
                _SENDER,
                "Error while sending Revocation Event to "
                f"{listener.notification_endpoint}: {fault!r}",
            )

    return send


def _event(row: Row) -> dict[str, object]:
    return {
        "accessToken": row["ACCESS_TOKEN"],
        "expiryTime": row["CREATED"] * 1000 + (row["VALIDITY_PERIOD"] or 0),
        "user": row["AUTHZ_USER"],
        "consumerKey": row["CONSUMER_KEY"],
        "tokenType": "Default",
        "eventId": str(uuid.uuid4()),
        "timeStamp": int(time.time() * 1000),
        "type": "token_revocation",
        "tenantId": -1234,
        "tenantDomain": "carbon.super",
        "properties": {},
    }
