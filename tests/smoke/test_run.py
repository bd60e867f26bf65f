"""The steps against answers of a 4.1.0 control plane, key manager and gateway, as its APIs tell."""

import json
from collections.abc import Callable  # noqa: TC003

import pytest

from lab.gate.patience import Patience
from lab.plan.model import Account
from lab.smoke.asking import NoAnswerError, Question
from lab.smoke.run import Smoke
from lab.smoke.site import Site
from lab.smoke.told import StepVerdict, Told
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
        if question.url.startswith("https://gw."):
            status = self.calls[0] if len(self.calls) == 1 else self.calls.pop(0)
            return Answer(status, "{}")
        if (question.method, question.url) not in self.answers:
            raise NoAnswerError("refused: nobody is there")
        status, body = self.answers[question.method, question.url]
        return Answer(status, body if isinstance(body, str) else json.dumps(body))

    async def ask_policies(self, tier: str, quota: int) -> list[tuple[str, Result]]:
        self.used_up.append((tier, quota))
        return [("tm", self.decision)]


async def told_by(lab: ScriptedLab) -> Told:
    smoke = Smoke(SITE, lab, QUICK, lab.ask_policies, lambda _step: None)
    await smoke.run()
    return await smoke.clean_up()


async def test_an_api_goes_its_whole_way_and_is_removed_the_last_thing_first() -> None:
    lab = ScriptedLab(404, 403, 200, 200, 429)
    told = await told_by(lab)
    assert told.is_good
    assert {step.verdict for step in told.steps} == {StepVerdict.OK}
    assert [(one.method, one.url) for one in lab.asked if one.method == "DELETE"] == list(ANSWERS)[
        -4:
    ]
    called = {one.name: one.came for one in told.steps}
    assert called["call it through the gateway"] == "200 after 3 calls"
    assert called["be throttled"] == "429 at call 2, by 10PerMin"


async def test_what_is_made_leads_to_the_backend_and_carries_the_smallest_policy() -> None:
    lab = ScriptedLab(200, 429)
    await told_by(lab)
    sent = {one.url: one.body for one in lab.asked if one.method == "POST"}
    api = sent[f"{PUBLISHER}/apis"]
    assert api["endpointConfig"]["production_endpoints"] == {"url": SITE.backend}
    assert api["policies"] == ["Unlimited"]
    assert sent[f"{DEVPORTAL}/applications"]["throttlingPolicy"] == "10PerMin"
    deployed = sent[f"{PUBLISHER}/apis/A/deploy-revision?revisionId=R"]
    assert [(one["name"], one["vhost"]) for one in deployed] == [("Default", "apis.example.com")]


async def test_the_gateway_is_asked_for_the_virtual_host_with_the_key_managers_token() -> None:
    lab = ScriptedLab(200, 429)
    await told_by(lab)
    calls = [one for one in lab.asked if one.url.startswith("https://gw.")]
    assert {(one.named, one.token) for one in calls} == {("apis.example.com", "call-token")}
    assert {one.url.rpartition("/1.0.0")[2] for one in calls} == {"/Version"}


async def test_a_refusal_tells_what_was_asked_and_what_came_and_the_rest_is_skipped() -> None:
    lab = ScriptedLab(200, 429)
    place = f"{DEVPORTAL}/applications/P/generate-keys"
    lab.answers["POST", place] = (500, {"description": "no key manager"})
    told = await told_by(lab)
    step = told.failed
    assert step is not None
    assert (step.name, step.asked) == ("generate keys", f"POST {place}")
    assert step.came == '500 {"description": "no key manager"}'
    assert [one.key for one in step.blame.suspects] == ["apim.key_manager.service_url"]
    after = {one.name: one.verdict for one in told.steps[-4:]}
    assert list(after.values()) == ["skipped", "skipped", "skipped", "ok"]
    assert [one.url for one in lab.asked if one.method == "DELETE"] == [
        url for method, url in ANSWERS if method == "DELETE"
    ]


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (404, "apim.event_hub.event_listening_endpoints"),
        (403, "apim.event_hub.event_listening_endpoints"),
        (401, "apim.key_manager.service_url"),
    ],
)
async def test_a_call_that_never_gets_through_names_the_connection(status: int, key: str) -> None:
    told = await told_by(ScriptedLab(status))
    assert told.failed is not None
    assert told.failed.name == "call it through the gateway"
    assert told.failed.came == f"{status} {{}}"
    assert told.failed.blame.suspects[0].key == key


async def test_a_lab_that_never_throttles_names_the_traffic_managers_policies() -> None:
    told = await told_by(ScriptedLab(200))
    assert told.failed is not None
    assert told.failed.name == "be throttled"
    assert "never throttles" in told.failed.blame.mend
    assert told.failed.blame.suspects[0].role == "traffic-manager"


async def test_a_user_without_the_scopes_is_told_which_ones() -> None:
    lab = ScriptedLab(200, 429)
    lab.answers["POST", f"{BASE}/oauth2/token"] = (
        200,
        {"access_token": "portal-token", "scope": SCOPES.replace(" apim:subscribe", "")},
    )
    told = await told_by(lab)
    assert told.failed is not None
    assert told.failed.came == "a token without apim:subscribe"


async def test_environments_that_no_gateway_serves_are_told() -> None:
    lab = ScriptedLab(200, 429)
    lab.answers["GET", f"{PUBLISHER}/settings"] = (200, {"environment": ENVIRONMENTS[:1]})
    told = await told_by(lab)
    assert told.failed is not None
    assert told.failed.came == "environments: Elsewhere"
    assert "gateway_labels" in told.failed.blame.mend


async def test_without_a_small_policy_nobody_waits_for_a_429() -> None:
    lab = ScriptedLab(200, 429)
    place = f"{DEVPORTAL}/throttling-policies/application"
    lab.answers["GET", place] = (200, {"list": POLICIES[2:]})
    told = await told_by(lab)
    assert told.failed is not None
    assert told.failed.came == "Unlimited"


async def test_what_could_not_be_removed_is_told() -> None:
    lab = ScriptedLab(200, 429)
    lab.answers["DELETE", f"{PUBLISHER}/apis/A"] = (409, "in use")
    told = await told_by(lab)
    assert not told.is_good
    assert told.left == (f"the API: DELETE {PUBLISHER}/apis/A: 409 in use",)
    assert len([one for one in lab.asked if one.method == "DELETE"]) == 4


async def test_nothing_that_is_told_holds_a_secret() -> None:
    for url in list(ANSWERS):
        lab = ScriptedLab(200, 429)
        lab.answers[url] = (200, "not JSON: " + " ".join(SECRETS))
        told = repr(await told_by(lab))
        assert [secret for secret in SECRETS if secret in told] == []


async def test_the_traffic_manager_is_asked_by_the_smallest_policy() -> None:
    lab = ScriptedLab(200, 429)
    await told_by(lab)
    assert lab.used_up == [("10PerMin", 10)]


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (Outcome.SILENT, "tm has no policies, so it never throttles"),
        (Outcome.REFUSED, "tm can't be told of requests, or heard"),
    ],
)
async def test_a_traffic_manager_that_decides_nothing_ends_it_before_an_api_is_made(
    outcome: Outcome, why: str
) -> None:
    lab = ScriptedLab(200, 429)
    lab.decision = Result("gw/tm", outcome, {}, "a decision", "no answer", "tm.wso2.com:5672")
    told = await told_by(lab)
    assert told.failed is not None
    assert (told.failed.name, told.failed.blame.why) == ("traffic managers have them", why)
    assert told.failed.came == f"{outcome} at tm.wso2.com:5672: no answer"
    assert not [one for one in lab.asked if one.url.endswith("/apis")]
