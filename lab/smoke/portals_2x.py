"""The steps at the REST services of 2.1: from a client of the lab's own to an application's keys.

What each takes and gives was seen on a real 2.1.0.
"""

import json
from typing import Any
from xml.sax.saxutils import escape

from lab.plan.model import Account
from lab.smoke.answers import StepError, json_of, said_yes
from lab.smoke.asking import Asker, Question
from lab.smoke.blame_2x import OF_2X
from lab.smoke.made import RESOURCE, VERSION, Made, Steps
from lab.smoke.portal_token import get_token
from lab.smoke.quotas import endless, smallest
from lab.smoke.site import Site
from lab.smoke.told import Blame

_SCOPES = "apim:api_view apim:api_create apim:api_publish apim:subscribe apim:tier_view"
# Its registration has no removal; the client is an application of the key manager's.
_CLIENTS = "/services/IdentityApplicationManagementService"
_REMOVAL = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<x:deleteApplication xmlns:x="http://org.apache.axis2/xsd">'
    "<x:applicationName>{name}</x:applicationName></x:deleteApplication></s:Body></s:Envelope>"
)


class Portals2x:
    """Each step tells in a line what it made, and raises `StepError`."""

    def __init__(self, site: Site, asker: Asker, made: Made) -> None:
        self._site = site
        self._asker = asker
        self._made = made

    @property
    def beginning(self) -> Steps:
        """Give the steps that make nothing but a client."""
        return (
            ("register a client", self.register),
            ("get a token", self.get_token),
            ("find environment and tiers", self.look_around),
        )

    @property
    def making(self) -> Steps:
        """Give the steps from an API to an application's keys."""
        return (
            ("create an API", self.create_api),
            ("publish it", self.publish),
            ("create an application", self.create_application),
            ("subscribe", self.subscribe),
            ("generate keys", self.generate_keys),
        )

    async def register(self) -> str:
        """Register a client of the lab's own."""
        admin = self._site.admin
        body = {
            "callbackUrl": "",
            "clientName": self._made.name,
            "tokenScope": "Production",
            "owner": admin.username,
            "grantType": "password client_credentials",
            "saasApp": True,
        }
        url = f"{self._site.control_plane}/client-registration/v0.11/register"
        found = await json_of(
            self._asker, Question("POST", url, basic=admin, body=body), OF_2X.portals
        )
        self._made.keys = Account(found["clientId"], found["clientSecret"])
        envelope = _REMOVAL.format(name=escape(found["clientName"]))
        place = f"{self._site.key_manager}{_CLIENTS}"
        self._made.removals.append(
            ("the client", lambda: Question("POST", place, basic=admin, envelope=envelope))
        )
        return f"client {self._made.name}"

    async def get_token(self) -> str:
        """Get a token with the portals' scopes."""
        return await get_token(self._site, self._asker, self._made, _SCOPES, OF_2X)

    async def look_around(self) -> str:
        """Choose environment and tiers."""
        publisher = self._site.publisher
        environments = (await self._portal("GET", f"{publisher}/environments"))["list"]
        if not environments:
            why = Blame("there is no gateway environment", "name one in `api-manager.xml`")
            raise StepError(f"GET {publisher}/environments", "none", why)
        self._made.environment = environments[0]["name"]
        (base,) = self._site.gateways.values()
        self._made.gateway = f"{base}/{self._made.name}/{VERSION}"
        tiers = (await self._portal("GET", f"{publisher}/tiers/api"))["list"]
        self._made.subscription_policy = endless([one["name"] for one in tiers])
        place = f"{publisher}/tiers/application"
        slowest = smallest((await self._portal("GET", place))["list"], f"GET {place}")
        self._made.application_policy = slowest["name"]
        self._made.quota = int(slowest["requestCount"])
        return f"environment {self._made.environment}, application tier {slowest['name']}"

    async def create_api(self) -> str:
        """Create an API that leads to the backend."""
        backend = {"url": self._site.backend}
        found = await self._portal(
            "POST",
            f"{self._site.publisher}/apis",
            {
                "name": self._made.name,
                "context": f"/{self._made.name}",
                "version": VERSION,
                "apiDefinition": json.dumps(self._definition()),
                "isDefaultVersion": False,
                "transport": ["http", "https"],
                "tiers": [self._made.subscription_policy],
                "visibility": "PUBLIC",
                "gatewayEnvironments": self._made.environment,
                "endpointConfig": json.dumps(
                    {
                        "endpoint_type": "http",
                        "production_endpoints": backend,
                        "sandbox_endpoints": backend,
                    }
                ),
            },
        )
        self._made.api = found["id"]
        self._made.remove_later("the API", f"{self._site.publisher}/apis/{found['id']}")
        return f"{self._made.name}:{VERSION}, which leads to {self._site.backend}{RESOURCE}"

    def _definition(self) -> Any:
        operation = {
            "x-auth-type": "Application & Application User",
            "x-throttling-tier": "Unlimited",
            "responses": {"200": {"description": ""}},
        }
        return {
            "swagger": "2.0",
            "info": {"title": self._made.name, "version": VERSION},
            "paths": {RESOURCE: {"get": operation}},
        }

    async def publish(self) -> str:
        """Publish the API, which deploys it at the gateway."""
        query = f"apiId={self._made.api}&action=Publish"
        url = f"{self._site.publisher}/apis/change-lifecycle?{query}"
        # Its answer is empty, and without a body it takes no request.
        question = Question("POST", url, token=self._made.token, body={})
        await said_yes(self._asker, question, OF_2X.portals)
        return f"published to {self._made.environment}"

    async def create_application(self) -> str:
        """Create an application with the smallest tier."""
        found = await self._portal(
            "POST",
            f"{self._site.devportal}/applications",
            {
                "name": self._made.name,
                "throttlingTier": self._made.application_policy,
                "description": "",
                "callbackUrl": "",
            },
        )
        self._made.application = found["applicationId"]
        place = f"{self._site.devportal}/applications/{found['applicationId']}"
        self._made.remove_later("the application", place)
        return f"with {self._made.application_policy}"

    async def subscribe(self) -> str:
        """Subscribe the application to the API."""
        found = await self._portal(
            "POST",
            f"{self._site.devportal}/subscriptions",
            {
                "tier": self._made.subscription_policy,
                "apiIdentifier": self._made.api,
                "applicationId": self._made.application,
            },
        )
        place = f"{self._site.devportal}/subscriptions/{found['subscriptionId']}"
        self._made.remove_later("the subscription", place)
        return f"with {self._made.subscription_policy}"

    async def generate_keys(self) -> str:
        """Generate the application's keys, which API Manager has the key manager make."""
        place = f"{self._site.devportal}/applications/generate-keys"
        question = Question(
            "POST",
            f"{place}?applicationId={self._made.application}",
            token=self._made.token,
            body={
                "keyType": "PRODUCTION",
                "validityTime": "3600",
                "accessAllowDomains": ["ALL"],
                "scopes": ["default"],
            },
        )
        found = await json_of(self._asker, question, OF_2X.key_generation)
        self._made.keys = Account(found["consumerKey"], found["consumerSecret"])
        return "of the key manager"

    async def _portal(self, method: str, url: str, body: Any = None) -> Any:
        question = Question(method, url, token=self._made.token, body=body)
        return await json_of(self._asker, question, OF_2X.portals)
