"""The steps at the REST services of 4.x: from a client of its own to an application's keys."""

from typing import Any
from urllib.parse import urlsplit

from lab.plan.model import Account
from lab.smoke import blame
from lab.smoke.answers import StepError, json_of
from lab.smoke.asking import Asker, Question
from lab.smoke.made import RESOURCE, VERSION, Made, Steps
from lab.smoke.portal_token import get_token
from lab.smoke.quotas import endless, smallest
from lab.smoke.site import Site
from lab.smoke.told import Blame

_SCOPES = (
    "apim:api_view apim:api_create apim:api_publish apim:api_delete apim:api_manage"
    " apim:subscribe apim:app_manage apim:sub_manage"
)


class Portals:
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
            ("find environment and policies", self.look_around),
        )

    @property
    def making(self) -> Steps:
        """Give the steps from an API to an application's keys."""
        return (
            ("create an API", self.create_api),
            ("create and deploy a revision", self.deploy),
            ("publish it", self.publish),
            ("create an application", self.create_application),
            ("subscribe", self.subscribe),
            ("generate keys", self.generate_keys),
        )

    async def register(self) -> str:
        """Register a client of the lab's own."""
        admin, base = self._site.admin, self._site.control_plane
        found = await json_of(
            self._asker,
            Question(
                "POST",
                f"{base}/client-registration/v0.17/register",
                basic=admin,
                body={
                    "callbackUrl": "",
                    "clientName": self._made.name,
                    "owner": admin.username,
                    "grantType": "password client_credentials",
                    "saasApp": True,
                },
            ),
            blame.blame_control_plane,
        )
        self._made.keys = Account(found["clientId"], found["clientSecret"])
        identity = f"{base}/api/identity/oauth2/dcr/v1.1/register/{found['clientId']}"
        self._made.removals.append(
            ("the client", lambda: Question("DELETE", identity, basic=admin))
        )
        return f"client {self._made.name}"

    async def get_token(self) -> str:
        """Get a token with the portals' scopes."""
        return await get_token(self._site, self._asker, self._made, _SCOPES, blame.OF_4X)

    async def look_around(self) -> str:
        """Choose environment and policies."""
        settings = await self._portal("GET", f"{self._site.publisher}/settings")
        environment = self._environment(settings)
        levels = f"{self._site.publisher}/throttling-policies/subscription"
        names = [one["name"] for one in (await self._portal("GET", levels))["list"]]
        self._made.subscription_policy = endless(names)
        levels = f"{self._site.devportal}/throttling-policies/application"
        slowest = smallest((await self._portal("GET", levels))["list"], f"GET {levels}")
        self._made.application_policy = slowest["name"]
        self._made.quota = int(slowest["requestCount"])
        return f"environment {environment}, application policy {slowest['name']}"

    def _environment(self, settings: Any) -> str:
        """Choose the environment that a gateway of the lab serves, and its virtual host."""
        told = settings.get("environment") or ()
        for environment in told:
            name = str(environment["name"])
            base = self._site.gateways.get(name)
            if base is None:
                continue
            vhost = (environment.get("vhosts") or [{}])[0]
            self._made.vhost = vhost.get("host") or urlsplit(base).hostname or ""
            self._made.gateway = f"{base}/{self._made.name}/{VERSION}"
            self._made.environment = name
            return name
        names = ", ".join(one["name"] for one in told) or "none"
        why = Blame(
            f"no gateway serves one of these; the gateways' labels are"
            f" {', '.join(self._site.gateways)}",
            "name them alike: `[[apim.gateway.environment]]` of the control plane and"
            " `gateway_labels` of a gateway",
        )
        raise StepError(f"GET {self._site.publisher}/settings", f"environments: {names}", why)

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
                "type": "HTTP",
                "transport": ["http", "https"],
                "visibility": "PUBLIC",
                "policies": [self._made.subscription_policy],
                "securityScheme": ["oauth2", "oauth_basic_auth_api_key_mandatory"],
                "endpointConfig": {
                    "endpoint_type": "http",
                    "production_endpoints": backend,
                    "sandbox_endpoints": backend,
                },
                "operations": [
                    {
                        "target": RESOURCE,
                        "verb": "GET",
                        "authType": "Application & Application User",
                        "throttlingPolicy": "Unlimited",
                    }
                ],
            },
        )
        self._made.api = found["id"]
        self._made.remove_later("the API", f"{self._site.publisher}/apis/{found['id']}")
        return f"{self._made.name}:{VERSION}, which leads to {self._site.backend}{RESOURCE}"

    async def deploy(self) -> str:
        """Create a revision of the API and deploy it."""
        api = f"{self._site.publisher}/apis/{self._made.api}"
        made = await self._portal("POST", f"{api}/revisions", {"description": "lab smoke"})
        environment = self._made.environment
        place = {"name": environment, "vhost": self._made.vhost, "displayOnDevportal": True}
        await self._portal("POST", f"{api}/deploy-revision?revisionId={made['id']}", [place])
        return f"{made.get('displayName', 'a revision')} to {environment}"

    async def publish(self) -> str:
        """Publish the API."""
        query = f"apiId={self._made.api}&action=Publish"
        await self._portal("POST", f"{self._site.publisher}/apis/change-lifecycle?{query}")
        return "published"

    async def create_application(self) -> str:
        """Create an application with the smallest policy."""
        found = await self._portal(
            "POST",
            f"{self._site.devportal}/applications",
            {
                "name": self._made.name,
                "throttlingPolicy": self._made.application_policy,
                "description": "",
                "tokenType": "JWT",
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
                "apiId": self._made.api,
                "applicationId": self._made.application,
                "throttlingPolicy": self._made.subscription_policy,
            },
        )
        place = f"{self._site.devportal}/subscriptions/{found['subscriptionId']}"
        self._made.remove_later("the subscription", place)
        return f"with {self._made.subscription_policy}"

    async def generate_keys(self) -> str:
        """Generate the application's keys."""
        place = f"{self._site.devportal}/applications/{self._made.application}/generate-keys"
        found = await json_of(
            self._asker,
            Question(
                "POST",
                place,
                token=self._made.token,
                body={
                    "keyType": "PRODUCTION",
                    "keyManager": "Resident Key Manager",
                    "grantTypesToBeSupported": ["client_credentials"],
                    "callbackUrl": "",
                    "scopes": ["default"],
                    "validityTime": "3600",
                    "additionalProperties": {},
                },
            ),
            blame.blame_key_generation,
        )
        self._made.keys = Account(found["consumerKey"], found["consumerSecret"])
        return f"of {found.get('keyManager', 'the key manager')}"

    async def _portal(self, method: str, url: str, body: Any = None) -> Any:
        question = Question(method, url, token=self._made.token, body=body)
        return await json_of(self._asker, question, blame.blame_control_plane)
