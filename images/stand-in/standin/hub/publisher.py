"""Forwards events of the receiver to a hub's topics, by the brokers of the configuration."""

import asyncio
from collections.abc import Sequence

from standin import log
from standin.configuration import Account
from standin.hub.client import HubClient, HubError, connect
from standin.urls import Endpoint

_ADAPTER = "org.wso2.carbon.event.output.adapter.jms.JMSEventAdapter"


class Publisher:
    """Publishes to the first of a failover list of brokers that answers."""

    def __init__(self, endpoints: Sequence[Endpoint], account: Account) -> None:
        self._endpoints = endpoints
        self._account = account
        self._client: HubClient | None = None
        self._lock = asyncio.Lock()

    async def publish(self, topic: str, content: bytes, content_type: str = "text/plain") -> None:
        """Publish to *topic*; without a broker the event is lost and an error logged."""
        async with self._lock:
            try:
                if self._client is None or not self._client.usable:
                    self._client, _ = await connect(self._endpoints, self._account)
                await self._client.publish(topic, content, content_type)
            except (HubError, OSError) as fault:
                self._client = None
                log.error(_ADAPTER, f"Event dropped at the JMS publisher of {topic}: {fault}")
