"""A smoke test as a whole: what it tells of each step, and that nothing stays."""

import pytest

from lab.smoke.told import StepVerdict
from probes.result import Outcome, Result
from tests.smoke.scripted import ANSWERS, DEVPORTAL, PUBLISHER, SECRETS, ScriptedLab, told_by


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
