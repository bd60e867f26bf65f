"""Probes whether a traffic manager throttles: requests that it is told of must come to a decision.

One that started before its control plane answered has no policies: every port of it looks healthy,
and it never decides anything (measured on 4.1.0).
"""

import json
import secrets
import time
import uuid

from pamqp import commands

from probes import binary_frames
from probes.amqp import listen
from probes.amqp_dialogue import Dialogue
from probes.binary import close_session, connect_login, expect_ok, open_session
from probes.result import Phase
from probes.trial import Trial

_TOPIC = "throttleData"
_STREAM = "org.wso2.throttle.request.stream:1.0.0"
_DOMAIN = "carbon.super"
# A node remembers each key that it has throttled: nobody's keys, and never more than these.
_KEYS = 4096


async def use_up(trial: Trial) -> str:
    """Tell of as many requests of nobody as the target's tier allows, and await the decision."""
    target = trial.target
    hub, hub_endpoint = await listen(trial, _TOPIC)
    key = f"lab-probe-{secrets.randbelow(_KEYS)}:lab-probe"
    await _tell(trial, key)
    trial.endpoint = hub_endpoint
    trial.expected = f"a decision on {_TOPIC} that {target.tier} is used up"
    await _await_decision(hub, key)
    await hub.close()
    return f"told of {target.quota} requests of {target.tier}, heard that it is used up"


async def _tell(trial: Trial, key: str) -> None:
    target = trial.target
    partner = await connect_login(trial, target.login_host, target.login_port)
    session = await open_session(trial, partner)
    receiver = await trial.connect(target.host, target.port)
    trial.phases.enter(Phase.APP)
    trial.expected = "the session accepted for publishing"
    events = tuple(request_event(key, target.tier) for _ in range(target.quota))
    await receiver.send(binary_frames.publish(session, events))
    await expect_ok(receiver, session)
    await close_session(trial, receiver, session)


def request_event(key: str, tier: str) -> bytes:
    """Give what a gateway tells of one request (the stream's 17 texts), of an API that isn't."""
    unlimited, api = "Unlimited", "/lab-probe:1"
    values = (
        *(str(uuid.uuid4()), key, tier, api, unlimited, f"0:{api}", unlimited),
        *(f"{api}/*:GET", unlimited, "lab-probe", "/lab-probe", "1", _DOMAIN, _DOMAIN),
        *("0", "lab-probe", "{}"),
    )
    payload = b"".join(binary_frames.text(value) for value in values)
    return binary_frames.event(_STREAM, int(time.time() * 1000), payload)


async def _await_decision(hub: Dialogue, key: str) -> None:
    """Acknowledge every message until ours comes; Andes lower-cases the routing keys."""
    while True:
        delivery, body = await hub.message()
        await hub.send(commands.Basic.Ack(delivery.delivery_tag or 0))
        if _throttles(body, key):
            return


def _throttles(body: bytes, key: str) -> bool:
    try:
        payload = json.loads(body)["event"]["payloadData"]
        return bool(payload["throttleKey"] == key and payload["isThrottled"])
    except (ValueError, KeyError, TypeError):
        return False  # a copy as a map, or a block condition
