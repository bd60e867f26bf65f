"""What a gateway and a traffic manager read from the event hub's web app at their start."""

import asyncio
import base64
import json
import ssl
from collections.abc import Sequence

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
# The product's pauses are 15 s and more; a stand-in's are short, so that a lab is quick.
_FIRST_RETRY, _LAST_RETRY = 0.25, 5.0


class Bootstrap:
    """Reads the hub's web app with the hub's credentials."""

    def __init__(self, hub: EventHub, labels: Sequence[str], trust: ssl.SSLContext) -> None:
        # Everything from `/services` on is cut, and nothing else.
        self._base = hub.service_url.partition("/services")[0].rstrip("/") + "/internal/data/v1"
        self._account = hub.account
        self._trust = trust
        self._labels = labels
        self._deployed = False

    def deployed(self) -> bool:
        """Tell whether the artifacts of the gateway's labels have been read."""
        return self._deployed

    async def read_as_gateway(self) -> None:
        """Read everything a gateway needs, each until it succeeds, and the artifacts last."""
        for resource in _READS:
            await self._until_read(resource)
        label = base64.urlsafe_b64encode("|".join(self._labels).encode()).decode()
        await self._until_read(f"runtime-artifacts?gatewayLabel={label}&type=Synapse")
        self._deployed = True
        log.info(_ARTIFACTS, "stand-in gateway: all artifacts of its labels are deployed")

    async def read_as_traffic_manager(self) -> None:
        """Read the policies once; on a failure never again, as the product (measured on 4.1.0)."""
        try:
            for resource in _POLICIES:
                status, reason = await self._get(resource)
                if status != 200:  # noqa: PLR2004 - HTTP's own number
                    log.error(_RETRIEVER, f"Could not retrieve {resource}: {reason}")
                    log.error(_POLICY_UTIL, "Error in retrieving throttle policies")
                    return
        except (OSError, TimeoutError) as fault:
            log.error(_RETRIEVER, f"Error while executing the http client: {fault!r}")
            log.error(_POLICY_UTIL, "Error in retrieving throttle policies")
            return
        log.info(_POLICY_UTIL, "stand-in traffic manager: policies retrieved and deployed")

    async def _get(self, resource: str) -> tuple[int, str]:
        answer = await http_client.send(
            "GET", f"{self._base}/{resource}", self._account, self._trust
        )
        if answer.status == 404 and _code(answer.body) == _NO_ARTIFACT:  # noqa: PLR2004 - HTTP's own number
            return 200, "nothing deployed"
        return answer.status, f"Received response with status code {answer.status}"

    async def _until_read(self, resource: str) -> None:
        pause = _FIRST_RETRY
        name = resource.partition("?")[0]
        while True:
            try:
                status, reason = await self._get(resource)
            except (OSError, TimeoutError) as fault:
                status, reason = 0, repr(fault)
            if status == 200:  # noqa: PLR2004 - HTTP's own number
                return
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
