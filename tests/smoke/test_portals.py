"""The steps at the REST services."""

from tests.smoke.scripted import (
    BASE,
    DEVPORTAL,
    ENVIRONMENTS,
    POLICIES,
    PUBLISHER,
    SCOPES,
    SITE,
    ScriptedLab,
    told_by,
)


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
