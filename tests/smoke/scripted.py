"""A lab that answers a smoke test from a table."""

import json
from collections.abc import Callable  # noqa: TC003

from lab.gate.patience import Patience
from lab.plan.model import Account
from lab.smoke.asking import NoAnswerError, Question
from lab.smoke.run import Smoke
from lab.smoke.site import Site
from lab.smoke.told import Told
from probes.http import Answer
from probes.result import Outcome, Result

BASE = "https://cp.wso2.com:9443"
PUBLISHER = f"{BASE}/api/am/publisher/v3"
DEVPORTAL = f"{BASE}/api/am/devportal/v2"
TOKEN = "https://km.wso2.com:9443/oauth2/token"
SITE = Site(
    BASE,
    PUBLISHER,
    DEVPORTAL,
    "https://km.wso2.com:9443",
    {"Default": "https://gw.wso2.com:8243"},
    "http://cp.wso2.com:9763/services",
    Account("admin", "a-secret"),
)
SCOPES = (
    "apim:api_view apim:api_create apim:api_publish apim:api_delete apim:api_manage"
    " apim:subscribe apim:app_manage apim:sub_manage"
)
VHOSTS = [{"host": "apis.example.com", "httpsPort": 8243}]
ENVIRONMENTS = [{"name": "Elsewhere", "vhosts": []}, {"name": "Default", "vhosts": VHOSTS}]
POLICIES = [
    {"name": "50PerMin", "requestCount": 50, "unitTime": 1, "timeUnit": "min"},
    {"name": "10PerMin", "requestCount": 10, "unitTime": 1, "timeUnit": "min"},
    {"name": "Unlimited", "requestCount": 2147483647, "unitTime": 0, "timeUnit": "min"},
]
ANSWERS: dict[tuple[str, str], tuple[int, object]] = {
    ("POST", f"{BASE}/client-registration/v0.17/register"): (
        200,
        {"clientId": "the-client", "clientSecret": "client-secret"},
    ),
    ("POST", f"{BASE}/oauth2/token"): (200, {"access_token": "portal-token", "scope": SCOPES}),
    ("GET", f"{PUBLISHER}/settings"): (200, {"environment": ENVIRONMENTS}),
    ("GET", f"{PUBLISHER}/throttling-policies/subscription"): (
        200,
        {"list": [{"name": "Gold"}, {"name": "Unlimited"}]},
    ),
    ("GET", f"{DEVPORTAL}/throttling-policies/application"): (200, {"list": POLICIES}),
    ("POST", f"{PUBLISHER}/apis"): (201, {"id": "A"}),
    ("POST", f"{PUBLISHER}/apis/A/revisions"): (201, {"id": "R", "displayName": "Revision 1"}),
    ("POST", f"{PUBLISHER}/apis/A/deploy-revision?revisionId=R"): (201, []),
    ("POST", f"{PUBLISHER}/apis/change-lifecycle?apiId=A&action=Publish"): (200, {}),
    ("POST", f"{DEVPORTAL}/applications"): (201, {"applicationId": "P"}),
    ("POST", f"{DEVPORTAL}/subscriptions"): (201, {"subscriptionId": "S"}),
    ("POST", f"{DEVPORTAL}/applications/P/generate-keys"): (
        200,
        {"consumerKey": "key", "consumerSecret": "key-secret"},
    ),
    ("POST", TOKEN): (200, {"access_token": "call-token"}),
    ("DELETE", f"{DEVPORTAL}/subscriptions/S"): (200, None),
    ("DELETE", f"{DEVPORTAL}/applications/P"): (200, None),
    ("DELETE", f"{PUBLISHER}/apis/A"): (200, None),
    ("DELETE", f"{BASE}/api/identity/oauth2/dcr/v1.1/register/the-client"): (204, None),
}
SECRETS = ("a-secret", "client-secret", "portal-token", "key-secret", "call-token")
QUICK = Patience(within=0.2, first_pause=0.001, longest_pause=0.002)


class ScriptedLab:
    """Answers from a table; calls of the API get one status after another, the last for ever."""

    def __init__(self, *calls: int) -> None:
        self.answers = dict(ANSWERS)
        self.calls = list(calls)
        self.asked: list[Question] = []
        self.decision = Result("gw/tm", Outcome.OK)
        self.used_up: list[tuple[str, int]] = []
        self.before: Callable[[Question], None] = lambda _question: None

    async def ask(self, question: Question) -> Answer:
        self.before(question)
        self.asked.append(question)
        if ":8243/" in question.url:
            status = self.calls[0] if len(self.calls) == 1 else self.calls.pop(0)
            return Answer(status, "{}")
        if (question.method, question.url) not in self.answers:
            raise NoAnswerError("refused: nobody is there")
        status, body = self.answers[question.method, question.url]
        return Answer(status, body if isinstance(body, str) else json.dumps(body))

    async def ask_policies(self, tier: str, quota: int) -> list[tuple[str, Result]]:
        self.used_up.append((tier, quota))
        return [("tm", self.decision)]


async def told_by(lab: ScriptedLab, site: Site = SITE) -> Told:
    smoke = Smoke(site, lab, QUICK, lab.ask_policies, lambda _step: None)
    await smoke.run()
    return await smoke.clean_up()
