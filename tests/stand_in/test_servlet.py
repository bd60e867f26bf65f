"""The servlet ports of each role, against what a 4.1.0 cluster answered."""

import socket
import ssl

import httpx
import pytest

ADMIN = ("admin", "admin")
UNAUTHENTICATED = (
    b'{"code":401,"message":"","description":"Unauthenticated request","moreInfo":"","error":[]}'
)
INTERNAL_ERROR = (
    b'{"code":500,"message":"Internal server error","description":"The server encountered an '
    b'internal error. Please contact administrator.","moreInfo":"","error":[]}'
)
ROLES = ("control-plane", "traffic-manager", "gateway-worker", "api-key-manager-deprecated")
NOTIFY = "/internal/data/v1/notify"


@pytest.fixture(scope="module")
def nodes(start):
    return {role: start(role) for role in ROLES}


@pytest.fixture
def client(nodes, security):
    """Ask a role's 9443."""
    with httpx.Client(verify=security.client()) as session:

        def ask(role, method, path, **options):
            base = f"https://localhost:{nodes[role].port(9443)}"
            return session.request(method, base + path, **options)

        yield ask


@pytest.mark.parametrize("role", ROLES)
def test_version_is_answered_by_every_role_on_both_ports(nodes, client, role):
    plain = httpx.get(f"http://localhost:{nodes[role].port(9763)}/services/Version")
    for answer in (plain, client(role, "GET", "/services/Version")):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/xml"
        assert answer.text == (
            '<ns:getVersionResponse xmlns:ns="http://version.services.core.carbon.wso2.org">'
            "<return>WSO2 API Manager-4.1.0</return></ns:getVersionResponse>"
        )
        assert answer.headers["server"] == "stand-in"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["/", "/nothing/here", "/services/nothing"])
def test_a_context_that_the_role_lacks_redirects(client, role, path):
    assert client(role, "GET", path).status_code == 302


@pytest.mark.parametrize("role", ["gateway-worker", "api-key-manager-deprecated"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_roles_without_the_internal_web_app_redirect_its_paths(client, role, method):
    assert client(role, method, NOTIFY, auth=ADMIN).status_code == 302


@pytest.mark.parametrize("role", ["gateway-worker", "traffic-manager"])
def test_roles_without_oauth_redirect_its_paths(client, role):
    path = "/oauth2/token/.well-known/openid-configuration"
    assert client(role, "GET", path).status_code == 302


@pytest.mark.parametrize("role", ["control-plane", "traffic-manager"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer admin"}, {"Authorization": "Basic !!"}],
    ids=["none", "other scheme", "nonsense"],
)
def test_notify_without_credentials_is_refused(client, role, headers):
    answer = client(role, "POST", NOTIFY, content="{}", headers=headers)
    assert (answer.status_code, answer.content) == (401, UNAUTHENTICATED)
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize("pair", [("admin", "wrong"), ("", ""), ("nobody", "admin")])
def test_notify_with_wrong_credentials_is_refused(client, pair):
    answer = client("control-plane", "POST", NOTIFY, content="{}", auth=pair)
    assert (answer.status_code, answer.content) == (401, UNAUTHENTICATED)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("default", "{}"),
        ("default", ""),
        ("default", '{"type":"something_else"}'),
        ("WSO2-Nothing", '{"type":"token_revocation"}'),
        ("WSO2-Nothing", "{token_revocation"),
    ],
)
def test_notify_accepts_and_ignores_what_has_no_handler(client, kind, body):
    headers = {"X-WSO2-KEY-MANAGER": kind}
    answer = client("control-plane", "POST", NOTIFY, content=body, headers=headers, auth=ADMIN)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "body",
    [
        "{token_revocation",
        '"token_revocation"',
        '{"type":"token_revocation"}',
        '{"type":"token_revocation","eventId":"e","consumerKey":"c"}',
        '{"type":"token_revocation","eventId":"e","tenantDomain":"carbon.super"}',
        '{"type":"token_revocation","consumerKey":"c","tenantDomain":"carbon.super"}',
    ],
)
@pytest.mark.parametrize("headers", [{}, {"X-WSO2-KEY-MANAGER": "default"}])
def test_notify_fails_on_malformed_and_incomplete_events(client, body, headers):
    answer = client("control-plane", "POST", NOTIFY, content=body, headers=headers, auth=ADMIN)
    assert (answer.status_code, answer.content) == (500, INTERNAL_ERROR)


@pytest.mark.parametrize(
    "resource",
    [
        "subscriptions",
        "applications",
        "apis",
        "application-key-mappings",
        "api-policies",
        "global-policies",
        "scopes",
    ],
)
@pytest.mark.parametrize("role", ["control-plane", "traffic-manager"])
def test_lists_of_an_empty_embedded_database_are_empty(client, role, resource):
    answer = client(role, "GET", f"/internal/data/v1/{resource}", auth=ADMIN)
    assert (answer.status_code, answer.content) == (200, b'{"count":0,"list":[],"pagination":null}')


def test_the_policies_of_an_empty_database_are_those_of_a_first_start(client):
    path = "/internal/data/v1/application-policies"
    found = client("control-plane", "GET", path, auth=ADMIN).json()["list"]
    limits = {one["name"]: one["defaultLimit"]["requestCount"] for one in found}
    assert limits["10PerMin"] == {"timeUnit": "min", "unitTime": 1, "requestCount": 10}
    assert set(limits) == {"10PerMin", "20PerMin", "50PerMin", "Unlimited"}


def test_the_reads_that_are_no_lists(client):
    def body(resource):
        return client("traffic-manager", "GET", f"/internal/data/v1/{resource}", auth=ADMIN).json()

    assert body("keymanagers") == []
    assert body("keyTemplates") == []
    assert body("revokedjwt") == []
    assert body("block") == {
        "api": [],
        "application": [],
        "ip": [],
        "user": [],
        "custom": [],
        "subscription": [],
    }


def test_reads_need_credentials(client):
    answer = client("control-plane", "GET", "/internal/data/v1/apis")
    assert (answer.status_code, answer.content) == (401, UNAUTHENTICATED)


def test_artifacts_of_an_empty_hub_are_not_found_with_the_products_code(client):
    path = "/internal/data/v1/runtime-artifacts?gatewayLabel=RGVmYXVsdA==&type=Synapse"
    answer = client("control-plane", "GET", path, auth=ADMIN)
    assert answer.status_code == 404
    assert answer.json()["code"] == 900910
    assert answer.json()["message"] == "No Api artifacts found for given criteria"


def test_key_managers_fail_while_the_key_manager_cannot_be_asked(nodes, start, client):
    more = '[apim.key_manager]\nservice_url = "https://localhost:1/services/"'
    alone = start("control-plane", more)
    nodes["alone"] = alone
    answer = client("alone", "GET", "/internal/data/v1/keymanagers", auth=ADMIN)
    assert (answer.status_code, answer.content) == (500, INTERNAL_ERROR)
    alone.wait_for("feign.RetryableException: Connect to https://localhost:1/oauth2")


def test_key_managers_hold_what_the_key_manager_says_of_itself(nodes, start, client):
    other = nodes["api-key-manager-deprecated"].port(9443)
    more = f'[apim.key_manager]\nservice_url = "https://localhost:{other}/services/"'
    nodes["paired"] = start("control-plane", more)
    (resident,) = client("paired", "GET", "/internal/data/v1/keymanagers", auth=ADMIN).json()
    assert resident["name"] == "Resident Key Manager"
    assert resident["tenantDomain"] == "carbon.super"
    assert resident["configuration"]["issuer"] == f"https://localhost:{other}/oauth2/token"


def test_https_is_tls_1_2_with_the_keystores_certificate(nodes, security):
    port = nodes["control-plane"].port(9443)
    with (
        socket.create_connection(("localhost", port)) as plain,
        security.client().wrap_socket(plain, server_hostname="node.wso2.com") as secure,
    ):
        assert secure.version() == "TLSv1.2"
        assert secure.cipher()[0] == "ECDHE-RSA-AES256-GCM-SHA384"


def test_http_on_the_https_port_is_told_to_use_tls(nodes):
    with socket.create_connection(("localhost", nodes["control-plane"].port(9443))) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = plain.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"This combination of host and port requires TLS." in answer


def test_one_connection_serves_several_requests(nodes, security):
    port = nodes["control-plane"].port(9443)
    context = security.client()
    request = b"GET /services/Version HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with (
        socket.create_connection(("localhost", port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        for _ in range(3):
            secure.sendall(request)
            answer = b""
            while b"getVersionResponse>" not in answer[10:]:
                answer += secure.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200")


def test_nonsense_over_tls_is_a_bad_request(nodes, security):
    port = nodes["control-plane"].port(9443)
    with (
        socket.create_connection(("localhost", port)) as plain,
        security.client().wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        secure.sendall(b"\x00\x01nonsense\r\n\r\n")
        assert secure.recv(4096).startswith(b"HTTP/1.1 400")


def test_a_client_that_does_not_trust_the_ca_refuses_the_certificate(nodes):
    context = ssl.create_default_context()
    with (
        socket.create_connection(("localhost", nodes["control-plane"].port(9443))) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(plain, server_hostname="localhost")
