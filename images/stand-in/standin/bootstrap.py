"""What a gateway and a traffic manager read from the event hub's web app at their start."""

import asyncio
import base64
import json
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

from standin import http_client, log
from standin.configuration import EventHub

_LOADER = "org.wso2.carbon.apimgt.keymgt.model.impl.SubscriptionDataLoaderImpl"
_ARTIFACTS = "org.wso2.carbon.apimgt.gateway.InMemoryAPIDeployer"
_RETRIEVER = "org.wso2.carbon.apimgt.throttle.policy.deployer.utils.PolicyRetriever"
_POLICY_UTIL = "org.wso2.carbon.apimgt.throttle.policy.deployer.utils.PolicyUtil"
_POLICIES = ("subscription-policies", "application-policies", "api-policies", "global-policies")
_READS = (
    "apis",
    "applications",
    "subscriptions",
    "application-key-mappings",
    *_POLICIES[:3],
    "scopes",
    "keymanagers",
    "block",
    "keyTemplates",
    "revokedjwt",
)
_NO_ARTIFACT = 900910
_NOTHING = "nothing deployed"
_SERVER_ERROR = 500
# How long a traffic manager asks for a control plane that starts beside it, in seconds.
_PATIENCE = 60.0
# The product's pauses are 15 s and more; a stand-in's are short, so that a lab is quick.
_FIRST_RETRY, _LAST_RETRY = 0.25, 5.0


class Bootstrap:
    """Reads the hub's web app with the hub's credentials."""

    def __init__(self, hub: EventHub, labels: Sequence[str], trust: ssl.SSLContext) -> None:
        # Everything from `/services` on is cut, and nothing else.
        self._base = hub.service_url.partition("/services")[0].rstrip("/") + "/internal/data/v1"
        self._account = hub.account
        self.trust = trust
        label = base64.urlsafe_b64encode("|".join(labels).encode()).decode()
        self._artifacts = f"runtime-artifacts?gatewayLabel={label}&type=Synapse"
        self._deployed = False
        self.policies: dict[str, list[dict[str, Any]]] = {}  # of a traffic manager, by resource

    def deployed(self) -> bool:
        """Tell whether the artifacts of the gateway's labels have been read."""
        return self._deployed

    async def read_as_gateway(self, deploy: Callable[[], Awaitable[None]]) -> None:
        """Read everything a gateway needs, each until it succeeds, and the artifacts last.

        *deploy* is called when there are any.
        """
        async with aclosing(http_client.Connection(self.trust)) as hub:
            for resource in _READS:
                await self._until_read(hub, resource)
            found = await self._until_read(hub, self._artifacts)
        if found != _NOTHING:
            await deploy()
        self._deployed = True
        log.info(_ARTIFACTS, "stand-in gateway: all artifacts of its labels are deployed")

    async def read_as_traffic_manager(self) -> None:
        """Read the policies; after a refusal never again, as the product (measured on 4.1.0).

        The product asks once. Stand-ins start side by side, so one whose control plane isn't there
        yet asks again for a while.
        """
        deadline, pause = time.monotonic() + _PATIENCE, _FIRST_RETRY
        async with aclosing(http_client.Connection(self.trust)) as hub:
            while not await self._read_policies(hub):
                if time.monotonic() + pause > deadline:
                    log.error(_POLICY_UTIL, "Error in retrieving throttle policies")
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LAST_RETRY)

    async def _read_policies(self, hub: http_client.Connection) -> bool:
        """Tell whether there is nothing more to ask: all were read, or one was refused."""
        policies = {}
        try:
            for resource in _POLICIES:
                answer = await hub.send("GET", self._url(resource), self._account)
                if answer.status >= _SERVER_ERROR:
                    return False
                if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
                    reason = f"Received response with status code {answer.status}"
                    log.error(_RETRIEVER, f"Could not retrieve {resource}: {reason}")
                    log.error(_POLICY_UTIL, "Error in retrieving throttle policies")
                    return True
                policies[resource] = json.loads(answer.body)["list"]
        except (OSError, TimeoutError) as fault:
            log.error(_RETRIEVER, f"Error while executing the http client: {fault!r}")
            return False
        self.policies = policies
        log.info(_POLICY_UTIL, "stand-in traffic manager: policies retrieved and deployed")
        return True

    async def list_of(self, resource: str) -> list[dict[str, Any]]:
        """Return the rows of a resource; raises OSError, TimeoutError, ValueError."""
        answer = await self._ask(resource)
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise ValueError(f"/{resource} answers {answer.status}")
        found: list[dict[str, Any]] = json.loads(answer.body)["list"]
        return found

    async def list_artifacts(self) -> list[dict[str, Any]]:
        """Return what is deployed to the gateway's labels; raises as `list_of`."""
        answer = await self._ask(self._artifacts)
        if answer.status == 404 and _code(answer.body) == _NO_ARTIFACT:  # noqa: PLR2004
            return []
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise ValueError(f"/runtime-artifacts answers {answer.status}")
        return [json.loads(text) for text in json.loads(answer.body)["list"]]

    async def _ask(self, resource: str) -> http_client.Answer:
        return await http_client.send("GET", self._url(resource), self._account, self.trust)

    def _url(self, resource: str) -> str:
        return f"{self._base}/{resource}"

    async def _get(self, hub: http_client.Connection, resource: str) -> tuple[int, str]:
        answer = await hub.send("GET", self._url(resource), self._account)
        if answer.status == 404 and _code(answer.body) == _NO_ARTIFACT:  # noqa: PLR2004 - HTTP's own number
            return 200, _NOTHING
        return answer.status, f"Received response with status code {answer.status}"

    async def _until_read(self, hub: http_client.Connection, resource: str) -> str:
        """Ask until it is answered; return what the answer comes to."""
        pause = _FIRST_RETRY
        name = resource.partition("?")[0]
        while True:
            try:
                status, reason = await self._get(hub, resource)
            except (OSError, TimeoutError) as fault:
                status, reason = 0, repr(fault)
            if status == 200:  # noqa: PLR2004 - HTTP's own number
                return reason
            log.error(
                _LOADER,
                f"Failed retrieving /{name} from remote endpoint: {reason}. "
                f"Retrying after {pause:g} seconds...",
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_RETRY)


def _code(body: bytes) -> object:
    try:
        return json.loads(body).get("code")
    except (ValueError, AttributeError):
        return None
