"""Probes a token revocation's whole way: posted to notify, it must arrive on the event hub."""

import asyncio
import json
import uuid

from pamqp import commands

from probes.amqp import listen
from probes.amqp_dialogue import Dialogue
from probes.failure import LinkError
from probes.http import Conversation, expectation, judge
from probes.result import Outcome, Phase
from probes.target import HttpRequest
from probes.trial import Trial

_TOPIC = "tokenRevocation"
_AFTER_A_MAP = 2.0  # seconds: both forms of one event are sent at once
_NOTIFY = HttpRequest(
    "POST",
    "/internal/data/v1/notify",
    (200,),
    authenticated=True,
    headers=(("X-WSO2-KEY-MANAGER", "default"),),
)

# Long past, so that the row it leaves is removed by the product's ExpiredJWTCleaner.
_EXPIRED_AT = 1_700_000_000_000


async def revoke_nothing(trial: Trial) -> str:
    """Subscribe, post the revocation of a token that nobody has, and await it."""
    hub, hub_endpoint = await listen(trial, _TOPIC)
    token = f"lab-probe-{uuid.uuid4()}"
    await _notify(trial, token)
    trial.endpoint = hub_endpoint
    trial.expected = f"the revocation as a message of {_TOPIC}"
    await _await_message(hub, token)
    await hub.close()
    return "posted to notify, arrived on the event hub"


async def _notify(trial: Trial, token: str) -> None:
    target = trial.target
    asked = target.requests[0] if target.requests else _NOTIFY
    request = HttpRequest(
        "POST",
        asked.path,
        asked.expect,
        authenticated=True,
        headers=(*asked.headers, ("Content-Type", "application/json")),
        body=revocation_event(token),
    )
    connection = await trial.connect_tls(target.host, target.port)
    trial.expected = expectation(request)
    judge(request, await Conversation(trial, connection).ask(request))
    trial.phases.enter(Phase.APP)


def revocation_event(token: str) -> str:
    """Give what a key manager posts (apim-km-wso2is TokenRevocationEvent), for a made-up token."""
    return json.dumps(
        {
            "accessToken": token,
            "expiryTime": _EXPIRED_AT,
            "user": "lab-probe",
            "consumerKey": "lab-probe",
            "tokenType": "Default",
            "eventId": str(uuid.uuid4()),
            "timeStamp": _EXPIRED_AT,
            "type": "token_revocation",
            "tenantId": -1234,
            "tenantDomain": "carbon.super",
            "properties": {},
        }
    )


async def _await_message(hub: Dialogue, token: str) -> None:
    """Acknowledge every message until ours comes; Andes lower-cases the routing keys.

    Up to 4.2 the other hub of a pair gets its copy as a map, by the publishers that come with the
    product (wso2/api-manager#1884; seen on 4.1.0), and a gateway drops it. Raises `LinkError` when
    nothing better comes soon after one.
    """
    patience = None
    while True:
        try:
            async with asyncio.timeout(patience):
                delivery, body = await hub.message()
        except TimeoutError as late:
            raise LinkError(
                Outcome.WRONG_ANSWER, "its copy is a map, which gateways drop"
            ) from late
        await hub.send(commands.Basic.Ack(delivery.delivery_tag or 0))
        topic = delivery.routing_key or ""
        if topic.lower() == _TOPIC.lower():
            if _revokes(body, token):
                return
            if token.encode() in body:
                patience = _AFTER_A_MAP


def _revokes(body: bytes, token: str) -> bool:
    """Tell whether it announces our token as a gateway reads it."""
    try:
        payload = json.loads(body)["event"]["payloadData"]
        return bool(payload["revokedToken"] == token)
    except (ValueError, KeyError, TypeError):
        return False
