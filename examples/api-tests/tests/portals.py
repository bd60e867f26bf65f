"""Deploys an API by the REST services of publisher and developer portal, as a pipeline would."""

import time
from dataclasses import dataclass

import httpx
from lab.fixture.lab import Lab

PUBLISHER, DEVPORTAL = "/api/am/publisher/v3", "/api/am/devportal/v2"  # those of 4.1
SCOPES = "apim:api_create apim:api_manage apim:api_publish apim:subscribe apim:app_manage"


@dataclass(frozen=True)
class Deployed:
    """An API that can be called: its URL, and the header of a subscriber."""

    url: str
    headers: dict[str, str]


def deploy(lab: Lab, name: str, backend: str, policy: str) -> Deployed:
    """Make an API that leads to *backend*, published, with a subscribed application."""
    admin = lab.credentials("cp")
    with lab.client(base_url=lab.url("cp", 9443), timeout=30) as portals:
        client = _said(
            portals.post(
                "/client-registration/v0.17/register",
                auth=(admin.username, admin.password),
                json={
                    "clientName": name,
                    "owner": admin.username,
                    "grantType": "password",
                    "saasApp": True,
                },
            )
        )
        token = _token(
            portals,
            (client["clientId"], client["clientSecret"]),
            grant_type="password",
            username=admin.username,
            password=admin.password,
            scope=SCOPES,
        )
        portals.headers["Authorization"] = f"Bearer {token}"
        api = _publish(portals, name, backend)
        keys = _subscribe(portals, name, api, policy)
    with lab.client(base_url=lab.url("km", 9443)) as key_manager:
        token = _token(key_manager, keys, grant_type="client_credentials")
    return Deployed(lab.url("gw", 8243, f"/{name}/1.0"), {"Authorization": f"Bearer {token}"})


def call_until(lab: Lab, api: Deployed, path: str, status: int, within: float = 20) -> int:
    """Call it until it answers so, and tell how often that was: an event travels for a moment."""
    deadline = time.monotonic() + within
    with lab.client() as client:
        for calls in range(1, 1000):
            answer = client.get(api.url + path, headers=api.headers)
            if answer.status_code == status:
                return calls
            assert time.monotonic() < deadline, f"{answer.status_code} {answer.text}"
            time.sleep(0.05)
    raise AssertionError(f"never {status}")


def _publish(portals: httpx.Client, name: str, backend: str) -> str:
    endpoint = {"url": backend}
    made = portals.post(
        f"{PUBLISHER}/apis",
        json={
            "name": name,
            "context": f"/{name}",
            "version": "1.0",
            "policies": ["Unlimited"],
            "endpointConfig": {
                "endpoint_type": "http",
                "production_endpoints": endpoint,
                "sandbox_endpoints": endpoint,
            },
            "operations": [{"target": "/*", "verb": "GET"}],
        },
    )
    api = str(_said(made)["id"])
    place = f"{PUBLISHER}/apis/{api}"
    revision = _said(portals.post(f"{place}/revisions", json={}))["id"]
    (environment,) = _said(portals.get(f"{PUBLISHER}/settings"))["environment"]
    where = [{"name": environment["name"], "vhost": environment["vhosts"][0]["host"]}]
    _said(portals.post(f"{place}/deploy-revision?revisionId={revision}", json=where))
    _said(portals.post(f"{PUBLISHER}/apis/change-lifecycle?apiId={api}&action=Publish"))
    return api


def _subscribe(portals: httpx.Client, name: str, api: str, policy: str) -> tuple[str, str]:
    wanted = {"name": name, "throttlingPolicy": policy}
    made = _said(portals.post(f"{DEVPORTAL}/applications", json=wanted))
    application = made["applicationId"]
    wanted = {"apiId": api, "applicationId": application, "throttlingPolicy": "Unlimited"}
    _said(portals.post(f"{DEVPORTAL}/subscriptions", json=wanted))
    keys = portals.post(
        f"{DEVPORTAL}/applications/{application}/generate-keys",
        json={
            "keyType": "PRODUCTION",
            "keyManager": "Resident Key Manager",
            "grantTypesToBeSupported": ["client_credentials"],
        },
    )
    return _said(keys)["consumerKey"], _said(keys)["consumerSecret"]


def _token(client: httpx.Client, application: tuple[str, str], **form: str) -> str:
    return str(_said(client.post("/oauth2/token", auth=application, data=form))["access_token"])


def _said(answer: httpx.Response) -> dict:
    assert answer.is_success, f"{answer.request.url}: {answer.status_code} {answer.text}"
    found = answer.json()
    return found if isinstance(found, dict) else {"list": found}
