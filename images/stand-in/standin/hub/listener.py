"""Keeps the node subscribed to the topics of a hub, and logs what arrives."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

from standin import log
from standin.configuration import Account
from standin.hub.client import Delivery, HubError, connect
from standin.urls import Endpoint

_LISTENER = "org.wso2.carbon.apimgt.common.jms.JMSListener"
_REVOCATION = "org.wso2.carbon.apimgt.gateway.listeners.GatewayTokenRevocationMessageListener"
_MESSAGE = "org.wso2.carbon.apimgt.gateway.listeners.GatewayJMSMessageListener"
# The product waits 10 s and more between its attempts; a stand-in less, so that a lab is quick.
_FIRST_RETRY, _LAST_RETRY = 0.25, 5.0

# Gets each message as its topic, in lower case, and its payload.
Heard = Callable[[str, dict[str, Any]], None]


async def listen(
    endpoints: Sequence[Endpoint],
    account: Account,
    topics: Sequence[str],
    heard: Heard | None = None,
    subscribed: Callable[[], None] | None = None,
) -> None:
    """Stay subscribed to *topics* at the first of *endpoints* that answers, for ever.

    Every message is logged, and given to *heard*. *subscribed* is called after each subscription:
    what was told before it came to nobody.
    """
    for topic in topics:
        log.info(_LISTENER, f"Starting jms topic consumer thread for the {topic} topic...")
    attempt, pause = 0, _FIRST_RETRY
    while True:
        attempt += 1
        try:
            client, endpoint = await connect(endpoints, account)
            try:
                await client.subscribe(topics)
                _log_success(attempt, topics, endpoint)
                if subscribed is not None:
                    subscribed()
                attempt, pause = 0, _FIRST_RETRY
                while True:
                    _take(await client.next_delivery(), heard)
            finally:
                await client.close()
        except HubError as fault:
            log.error(
                _LISTENER,
                f"Error creating connection: {fault}. JMS Provider is not yet started. "
                "Please start the JMS provider now.",
            )
            log.error(
                _LISTENER,
                f"Connection attempt : {attempt} for JMS Provider failed. "
                f"Next retry in {pause:g} seconds",
            )
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LAST_RETRY)


def _log_success(attempt: int, topics: Sequence[str], endpoint: Endpoint) -> None:
    for topic in topics:
        log.info(
            _LISTENER,
            f"Connection attempt: {attempt} for JMS Provider for listener: "
            f"Siddhi-JMS-Consumer#{topic} was successful! ({endpoint})",
        )


def _take(delivery: Delivery, heard: Heard | None) -> None:
    topic = delivery.routing_key.lower()
    try:
        payload = json.loads(delivery.content)["event"]["payloadData"]
    except (ValueError, KeyError, TypeError):
        log.warn(_MESSAGE, f"Event dropped due to unsupported message on topic {topic}")
        return
    if topic == "tokenrevocation":
        token = payload.get("revokedToken")
        log.info(_REVOCATION, f"stand-in received revocation of token {token} on {topic}")
    else:
        log.info(_MESSAGE, f"stand-in received an event on {topic}")
    if heard is not None:
        heard(topic, payload)
