"""The events by which a control plane tells gateways that something is other than before."""

import base64
import json
import time
import uuid
from typing import Any

from standin.portals.services import DOMAIN, TENANT, Publish

STREAM = "org.wso2.apimgt.notification.stream:1.0.0"


def notify(publish: Publish, kind: str, **fields: Any) -> None:
    """Publish a notification of *kind*, an `EventType` of the product, with the event's fields."""
    now = int(time.time() * 1000)
    event = {
        "eventId": str(uuid.uuid4()),
        "timeStamp": now,
        "type": kind,
        "tenantId": TENANT,
        "tenantDomain": DOMAIN,
        **fields,
    }
    publish(STREAM, (kind, now, base64.b64encode(json.dumps(event).encode()).decode()))
