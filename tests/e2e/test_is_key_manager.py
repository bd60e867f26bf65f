"""API Manager 2.1 with IS as its key manager: healthy from nothing, a token's walk, one cause."""

import contextlib
import json
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import Lab, Program, objects_of

pytestmark = pytest.mark.engine

CLIENT = ("a-consumer", "a-consumer-secret")
ROWS = f"""
INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, CONSUMER_SECRET, USERNAME, TENANT_ID, APP_NAME)
  VALUES ('{CLIENT[0]}', '{CLIENT[1]}', 'admin', -1234, 'App');
INSERT INTO AM_SUBSCRIBER (USER_ID, TENANT_ID, DATE_SUBSCRIBED) VALUES ('admin', -1234, NOW());
INSERT INTO AM_APPLICATION (NAME, SUBSCRIBER_ID, UUID) VALUES ('App', 1, 'app-uuid');
INSERT INTO AM_APPLICATION_KEY_MAPPING (APPLICATION_ID, CONSUMER_KEY, KEY_TYPE, STATE)
  VALUES (1, '{CLIENT[0]}', 'PRODUCTION', 'COMPLETED');
INSERT INTO AM_API (API_PROVIDER, API_NAME, API_VERSION, CONTEXT, CONTEXT_TEMPLATE)
  VALUES ('admin', 'Pizza', '1.0', '/pizza/1.0', '/pizza/{{version}}');
INSERT INTO AM_API_URL_MAPPING (API_ID, HTTP_METHOD, AUTH_SCHEME, URL_PATTERN)
  VALUES (1, 'GET', 'Any', '/*');
INSERT INTO AM_SUBSCRIPTION (TIER_ID, API_ID, APPLICATION_ID, SUB_STATUS, UUID)
  VALUES ('Gold', 1, 1, 'UNBLOCKED', 'subscription-uuid');
"""  # noqa: S608  # only constants of this file


@pytest.fixture(scope="module")
def made(program: Program) -> Iterator[tuple[Lab, dict]]:
    """Bring the lab up once, and give it with the report of its start."""
    own = f"classic-e2e-{os.getpid()}"
    ran = program("up", "is-key-manager", "--name", own, "--format", "json")
    try:
        assert ran.returncode == 0, ran.stdout + ran.stderr
        yield Lab(program, own), json.loads(ran.stdout)
    finally:
        program("down", own)
    assert objects_of(own) == []


@pytest.fixture
def lab(made: tuple[Lab, dict]) -> Lab:
    return made[0]


@contextlib.contextmanager
def edited(lab: Lab, file: str, old: str, new: str, *, behind: str = "") -> Iterator[str]:
    """Replace a text of a node's file by hand for a while; give its line."""
    path = lab.folder / "nodes" / file
    text = path.read_text(encoding="utf-8")
    start = text.index(old, text.index(behind))
    path.write_text(text[:start] + new + text[start + len(old) :], encoding="utf-8")
    try:
        yield f"{file}:{text[:start].count(chr(10)) + 1}"
    finally:
        path.write_text(text, encoding="utf-8")


def causes(told: dict) -> list[tuple[str, str]]:
    return [(cause["code"], cause["where"].split()[0]) for cause in told["causes"]]


def ill(told: dict) -> set[str]:
    return {link["id"] for link in told["links"] if link["verdict"] != "healthy"}


def test_every_connection_of_the_document_is_healthy_from_nothing(made: tuple[Lab, dict]) -> None:
    told = made[1]
    assert told["verdict"] == "healthy"
    assert ill(told) == set()
    assert {one["name"]: one["verdict"] for one in told["databases"]} == dict.fromkeys(
        ("apimgtdb", "userdb", "regdb"), "complete"
    )
    between = {
        (link["from"], link["to"], link["protocol"])
        for link in told["links"]
        if {link["from"], link["to"]} <= {"am", "km", "db"} and link["from"] != link["to"]
    }
    assert between == {
        ("am", "km", "soap"),
        ("am", "km", "ldap"),
        ("am", "db", "mysql"),
        ("km", "am", "soap"),
        ("km", "am", "https"),
        ("km", "db", "mysql"),
    }


def test_a_token_of_the_key_manager_passes_the_gateway_until_it_is_revoked(lab: Lab) -> None:
    lab.sql(f"USE apimgtdb; {ROWS}")
    ports = json.loads((lab.folder / "ports.json").read_text(encoding="utf-8"))
    trust = ssl.create_default_context(cafile=Path(lab.folder, "ca", "ca.pem"))
    trust.check_hostname = False  # the host's ports lead to names that only the lab knows
    with httpx.Client(verify=trust) as client:
        issuer = f"https://127.0.0.1:{ports['km']['9444']}/oauth2/token"
        answer = client.post(issuer, data={"grant_type": "client_credentials"}, auth=CLIENT)
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]
        gateway = f"https://127.0.0.1:{ports['am']['8243']}"
        bearer = {"Authorization": f"Bearer {token}"}
        assert client.get(f"{gateway}/pizza/1.0/x", headers=bearer).status_code == 200
        revoked = client.post(f"{gateway}/revoke", data={"token": token}, auth=CLIENT)
        assert revoked.status_code == 200, revoked.text
        assert client.get(f"{gateway}/pizza/1.0/x", headers=bearer).status_code == 401


def test_an_offset_not_carried_into_the_ldap_port_is_the_one_cause(lab: Lab) -> None:
    with edited(lab, "am/user-mgt.xml", "km.wso2.com:10390", "km.wso2.com:10389") as line:
        told = lab.status()
    assert causes(told) == [("LAB0240", line)]
    assert "10390" in told["cause"]["mend"]
    assert ill(told) == {"am/user-mgt.Realm.UserStoreManager[0].ConnectionURL"}


def test_a_validator_s_wrong_password_is_the_one_cause(lab: Lab) -> None:
    change = ("${admin.password}", "wrong")
    with edited(lab, "am/api-manager.xml", *change, behind="<APIKeyValidator>") as line:
        told = lab.status()
    assert causes(told) == [("LAB0220", line)]
    assert ill(told) == {"am/api-manager.APIKeyValidator.ServerURL"}


def test_a_stopped_key_manager_is_the_one_cause(lab: Lab) -> None:
    lab.program("stop", "km", "--name", lab.name)
    try:
        told = lab.status()
        assert len(told["causes"]) == 1
        assert "km" in told["cause"]["what"]
        assert set(told["cause"]["explains"]) == ill(told)
    finally:
        lab.program("start", "km", "--name", lab.name)
    lab.healthy_again()
