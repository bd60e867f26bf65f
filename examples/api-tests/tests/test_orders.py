"""The gateway as a caller sees it, and a token's life from the key manager to the gateway."""

import asyncio
import time

import httpx
from lab.fixture.lab import Lab


def test_the_gateway_answers_by_its_own_name(gateway: httpx.Client) -> None:
    answer = gateway.get("/")
    assert answer.status_code == 200
    assert answer.request.url.host == "gw.wso2.com"


def test_an_api_that_is_not_deployed_is_not_found(gateway: httpx.Client) -> None:
    answer = gateway.get("/orders/1.0/42")
    assert (answer.status_code, answer.json()["code"]) == (404, "404")


async def test_the_gateway_answers_many_at_once(lab: Lab) -> None:
    async with lab.async_client(base_url=lab.url("gw", 8243)) as client:
        answers = await asyncio.gather(*(client.get("/") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}


def test_the_gateway_hears_of_a_revoked_token(lab: Lab, key_manager: httpx.Client) -> None:
    issued = key_manager.post("/oauth2/token", data={"grant_type": "client_credentials"})
    token = issued.json()["access_token"]
    assert key_manager.post("/oauth2/revoke", data={"token": token}).status_code == 200
    deadline = time.monotonic() + 10
    while not any(f"revocation of token {token}" in line for line in lab.logs("gw")):
        assert time.monotonic() < deadline, "the gateway never heard of it"
        time.sleep(0.1)


def test_the_cluster_survives_a_traffic_manager_that_was_away(lab: Lab) -> None:
    lab.stop("tm")
    report = lab.wait_until(None, "unhealthy")
    assert "tm" in report.diagnosis.causes[0].what
    lab.start("tm")
    lab.wait_until("tm", "healthy")
    assert lab.report().verdict == "healthy"


def test_the_gateway_serves_on_while_the_key_manager_refuses_it(
    lab: Lab, gateway: httpx.Client
) -> None:
    (link,) = (link for link in lab.links(node="gw", to="km") if link.protocol == "https")
    with lab.fault("refuse", link):
        lab.wait_until(link, "failed")
        assert gateway.get("/").status_code == 200
    lab.wait_until(None, "healthy")
