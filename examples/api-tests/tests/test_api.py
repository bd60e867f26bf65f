"""An API of this project, called through the gateway as its users call it."""

import httpx
import pytest
from lab.fixture.lab import Lab
from portals import Deployed, call_until, deploy

# Whatever the cluster has that answers: here the control plane's own version service.
BACKEND = "http://cp.wso2.com:9763/services"


@pytest.fixture(scope="module")
def api(lab: Lab) -> Deployed:
    deployed = deploy(lab, "versions", BACKEND, "10PerMin")
    call_until(lab, deployed, "/Version", 200)
    return deployed


def test_a_subscriber_gets_the_back_ends_answer_until_its_quota_is_used_up(
    lab: Lab, api: Deployed
) -> None:
    with lab.client() as client:
        answer = client.get(f"{api.url}/Version", headers=api.headers)
    assert "WSO2 API Manager-4.1.0" in answer.text
    assert call_until(lab, api, "/Version", 429) > 1


def test_nobody_gets_through_without_a_token(gateway: httpx.Client, api: Deployed) -> None:
    answer = gateway.get(f"{api.url}/Version")
    assert (answer.status_code, answer.json()["code"]) == (401, "900902")
