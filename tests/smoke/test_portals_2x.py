"""The steps at the REST services of 2.1, answered as a real 2.1.0 answers."""

import json

import pytest

from lab.plan.model import Account
from lab.products.facts import Line
from lab.smoke.site import Site
from lab.smoke.told import StepVerdict
from tests.smoke.scripted import ScriptedLab, told_by

AM, KM = "https://am.wso2.com:9443", "https://km.wso2.com:9444"
PUBLISHER, STORE = f"{AM}/api/am/publisher/v0.11", f"{AM}/api/am/store/v0.11"
CLIENTS = f"{KM}/services/IdentityApplicationManagementService"
SITE = Site(
    AM,
    PUBLISHER,
    STORE,
    KM,
    {"Default": "https://am.wso2.com:8243"},
    "http://am.wso2.com:9763/services",
    Account("admin", "a-secret"),
    Line.XML,
)
SCOPES = "apim:api_create apim:api_publish apim:api_view apim:subscribe apim:tier_view"
TIERS = [
    {"name": "Unlimited", "requestCount": 2147483647, "unitTime": 0, "timeUnit": "ms"},
    {"name": "20PerMin", "requestCount": 20, "unitTime": 1, "timeUnit": "min"},
    {"name": "10PerMin", "requestCount": 10, "unitTime": 1, "timeUnit": "min"},
]
KEYS = {"consumerKey": "key", "consumerSecret": "key-secret", "keyState": "APPROVED"}
CLIENT = {"clientId": "c", "clientSecret": "client-secret", "clientName": "admin_lab&smoke"}
ANSWERS: dict[tuple[str, str], tuple[int, object]] = {
    ("POST", f"{AM}/client-registration/v0.11/register"): (200, CLIENT),
    ("POST", f"{AM}/oauth2/token"): (200, {"access_token": "portal-token", "scope": SCOPES}),
    ("GET", f"{PUBLISHER}/environments"): (200, {"list": [{"name": "Production and Sandbox"}]}),
    ("GET", f"{PUBLISHER}/tiers/api"): (200, {"list": [{"name": "Gold"}, {"name": "Bronze"}]}),
    ("GET", f"{PUBLISHER}/tiers/application"): (200, {"list": TIERS}),
    ("POST", f"{PUBLISHER}/apis"): (201, {"id": "A"}),
    ("POST", f"{PUBLISHER}/apis/change-lifecycle?apiId=A&action=Publish"): (200, ""),
    ("POST", f"{STORE}/applications"): (201, {"applicationId": "P"}),
    ("POST", f"{STORE}/subscriptions"): (201, {"subscriptionId": "S"}),
    ("POST", f"{STORE}/applications/generate-keys?applicationId=P"): (200, KEYS),
    ("POST", f"{KM}/oauth2/token"): (200, {"access_token": "call-token"}),
    ("DELETE", f"{STORE}/subscriptions/S"): (200, ""),
    ("DELETE", f"{STORE}/applications/P"): (200, ""),
    ("DELETE", f"{PUBLISHER}/apis/A"): (200, ""),
    ("POST", CLIENTS): (200, "<deleted/>"),
}


def scripted(*calls: int) -> ScriptedLab:
    lab = ScriptedLab(*calls)
    lab.answers = dict(ANSWERS)
    return lab


async def test_an_api_goes_its_whole_way_and_is_removed_the_last_thing_first() -> None:
    lab = scripted(404, 200, 200, 429)
    told = await told_by(lab, SITE)
    assert told.is_good
    assert {step.verdict for step in told.steps} == {StepVerdict.OK}
    assert [one.url for one in lab.asked[-4:]] == [url for _, url in list(ANSWERS)[-4:]]
    came = {step.name: step.came for step in told.steps}
    assert came["call it through the gateway"] == "200 after 2 calls"
    assert came["be throttled"] == "429 at call 2, by 10PerMin"
    assert lab.used_up == []


async def test_what_is_made_leads_to_the_backend_and_carries_the_smallest_tier() -> None:
    lab = scripted(200, 429)
    await told_by(lab, SITE)
    sent = {one.url: one for one in lab.asked}
    api = sent[f"{PUBLISHER}/apis"].body
    assert json.loads(api["endpointConfig"])["production_endpoints"] == {"url": SITE.backend}
    assert list(json.loads(api["apiDefinition"])["paths"]) == ["/Version"]
    assert (api["tiers"], api["gatewayEnvironments"]) == (["Gold"], "Production and Sandbox")
    assert sent[f"{STORE}/applications"].body["throttlingTier"] == "10PerMin"
    assert sent[f"{STORE}/subscriptions"].body["apiIdentifier"] == "A"


async def test_the_client_is_removed_at_the_key_manager_under_the_name_it_got() -> None:
    lab = scripted(200, 429)
    await told_by(lab, SITE)
    removal = next(one for one in lab.asked if one.url == CLIENTS)
    assert "<x:applicationName>admin_lab&amp;smoke</x:applicationName>" in removal.envelope
    assert removal.basic == SITE.admin


@pytest.mark.parametrize(
    ("place", "status", "failed", "suspects"),
    [
        (("POST", f"{AM}/oauth2/token"), 401, "get a token", ["AuthManager.ServerURL"]),
        (("POST", f"{PUBLISHER}/apis"), 404, "create an API", []),
        (("POST", f"{STORE}/subscriptions"), 400, "subscribe", []),
        (
            ("POST", f"{STORE}/applications/generate-keys?applicationId=P"),
            500,
            "generate keys",
            ["APIKeyValidator.ServerURL"],
        ),
        (("POST", f"{KM}/oauth2/token"), 401, "get a token for calls", ["WSO2AM_DB", "WSO2AM_DB"]),
        (("POST", f"{KM}/oauth2/token"), 500, "get a token for calls", []),
    ],
)
async def test_a_refusal_names_the_connections_behind_it(
    place: tuple[str, str], status: int, failed: str, suspects: list[str]
) -> None:
    lab = scripted(200, 429)
    lab.answers[place] = (status, "no")
    step = (await told_by(lab, SITE)).failed
    assert step is not None
    assert (step.name, step.came) == (failed, f"{status} no")
    assert [one.key.partition(".")[2] for one in step.blame.suspects] == suspects
    assert step.blame.mend


@pytest.mark.parametrize(
    ("calls", "failed", "suspect"),
    [
        ((404,), "call it through the gateway", "APIGateway.Environments"),
        ((401,), "call it through the gateway", "APIKeyValidator.ServerURL"),
        ((403,), "call it through the gateway", "APIKeyValidator.ServerURL"),
        ((200,), "be throttled", "ThrottlingConfigurations"),
    ],
)
async def test_a_call_that_does_not_come_as_it_must_names_who_decides_it(
    calls: tuple[int, ...], failed: str, suspect: str
) -> None:
    step = (await told_by(scripted(*calls), SITE)).failed
    assert step is not None
    assert step.name == failed
    assert step.blame.suspects[0].key == f"api-manager.{suspect}"


async def test_no_environment_is_told() -> None:
    lab = scripted(200, 429)
    lab.answers["GET", f"{PUBLISHER}/environments"] = (200, {"list": []})
    step = (await told_by(lab, SITE)).failed
    assert step is not None
    assert (step.came, step.blame.why) == ("none", "there is no gateway environment")


async def test_nothing_that_is_told_holds_a_secret() -> None:
    secrets = ("a-secret", "client-secret", "portal-token", "key-secret", "call-token")
    for url in list(ANSWERS)[:11]:
        lab = scripted(200, 429)
        if url[1].endswith("action=Publish"):
            continue  # its answer is read by nobody
        lab.answers[url] = (200, "not JSON: " + " ".join(secrets))
        told = repr(await told_by(lab, SITE))
        assert [secret for secret in secrets if secret in told] == []
