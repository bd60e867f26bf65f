"""The steps at the gateway."""

import pytest

from tests.smoke.scripted import ScriptedLab, told_by


async def test_the_gateway_is_asked_for_the_virtual_host_with_the_key_managers_token() -> None:
    lab = ScriptedLab(200, 429)
    await told_by(lab)
    calls = [one for one in lab.asked if one.url.startswith("https://gw.")]
    assert {(one.named, one.token) for one in calls} == {("apis.example.com", "call-token")}
    assert {one.url.rpartition("/1.0.0")[2] for one in calls} == {"/Version"}


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
