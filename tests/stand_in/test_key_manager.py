"""The key manager's web app without a database: discovery, keys, and what it refuses."""

import base64

import httpx
import pytest
from cryptography import x509

ADMIN = ("admin", "admin")


@pytest.fixture(scope="module")
def node(start):
    return start("api-key-manager-deprecated")


@pytest.fixture
def client(node, security):
    base = f"https://localhost:{node.port(9443)}"
    with httpx.Client(base_url=base, verify=security.client()) as session:
        yield session


def test_discovery_names_the_nodes_own_host_and_port(node, client):
    found = client.get("/oauth2/token/.well-known/openid-configuration")
    base = f"https://localhost:{node.port(9443)}/oauth2"
    assert found.status_code == 200
    assert found.json()["issuer"] == f"{base}/token"
    assert found.json()["jwks_uri"] == f"{base}/jwks"
    assert found.json()["introspection_endpoint"] == f"{base}/introspect"


def test_the_keys_are_the_keystores(client, security):
    (key,) = client.get("/oauth2/jwks").json()["keys"]
    certificate = x509.load_pem_x509_certificate((security.folder / "server-cert.pem").read_bytes())
    numbers = certificate.public_key().public_numbers()
    modulus = base64.urlsafe_b64decode(key["n"] + "==")
    assert (key["kty"], key["e"]) == ("RSA", "AQAB")
    assert int.from_bytes(modulus, "big") == numbers.n


@pytest.mark.parametrize("auth", [None, ("admin", "wrong")])
def test_introspection_needs_credentials(client, auth):
    assert client.post("/oauth2/introspect", data={"token": "x"}, auth=auth).status_code == 401


def test_introspection_without_a_token_is_invalid_input(client):
    answer = client.post("/oauth2/introspect", auth=ADMIN)
    assert (answer.status_code, answer.content) == (400, b'{"error": "Invalid input"}')


def test_an_unknown_token_is_not_active(client):
    answer = client.post("/oauth2/introspect", data={"token": "nothing"}, auth=ADMIN)
    assert (answer.status_code, answer.content) == (200, b'{"active":false}')


def test_introspection_is_for_post_alone(client):
    assert client.get("/oauth2/introspect", auth=ADMIN).status_code == 405


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke"])
def test_an_unknown_client_is_refused(client, path):
    form = {"grant_type": "client_credentials", "token": "x"}
    answer = client.post(path, data=form, auth=("nobody", "secret"))
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_a_token_request_without_grant_is_invalid(client):
    answer = client.post("/oauth2/token", auth=("nobody", "secret"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
