"""A token on a real MySQL, from the key manager through the gateway to its revocation."""

import httpx
import pytest

pytestmark = pytest.mark.engine

CLIENT, SECRET = "a-consumer", "a-consumer-secret"
CONTEXT = "/pizza/1.0"
SCRIPTS = (
    ("apimgtdb", "apimgt/mysql5.7.sql"),
    ("userdb", "mysql5.7.sql"),
    ("regdb", "mysql5.7.sql"),
)
ROWS = f"""
INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, CONSUMER_SECRET, USERNAME, TENANT_ID, APP_NAME)
  VALUES ('{CLIENT}', '{SECRET}', 'admin', -1234, 'App');
INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, CONSUMER_SECRET, USERNAME, TENANT_ID, APP_NAME)
  VALUES ('stranger', 'secret', 'admin', -1234, 'Other');
INSERT INTO AM_SUBSCRIBER (USER_ID, TENANT_ID, DATE_SUBSCRIBED) VALUES ('admin', -1234, NOW());
INSERT INTO AM_APPLICATION (NAME, SUBSCRIBER_ID, UUID) VALUES ('App', 1, 'app-uuid');
INSERT INTO AM_APPLICATION_KEY_MAPPING (APPLICATION_ID, CONSUMER_KEY, KEY_TYPE, STATE)
  VALUES (1, '{CLIENT}', 'PRODUCTION', 'COMPLETED');
INSERT INTO AM_API (API_PROVIDER, API_NAME, API_VERSION, CONTEXT, CONTEXT_TEMPLATE)
  VALUES ('admin', 'Pizza', '1.0', '{CONTEXT}', '/pizza/{{version}}');
INSERT INTO AM_API_URL_MAPPING (API_ID, HTTP_METHOD, AUTH_SCHEME, URL_PATTERN)
  VALUES (1, 'GET', 'Any', '/*'), (1, 'GET', 'None', '/menu'), (1, 'GET', 'Any', '/order/{{id}}');
INSERT INTO AM_SUBSCRIPTION (TIER_ID, API_ID, APPLICATION_ID, SUB_STATUS, UUID)
  VALUES ('Gold', 1, 1, 'UNBLOCKED', 'subscription-uuid');
"""  # noqa: S608 - only constants of this file


@pytest.fixture(scope="module")
def databases(server, dbscripts):
    for schema, script in SCRIPTS:
        server.sql(f"CREATE DATABASE {schema} CHARACTER SET latin1")
        server.sql((dbscripts / script).read_text(), schema)
    server.sql("CREATE USER 'root'@'%' IDENTIFIED BY 'root'; GRANT ALL ON *.* TO 'root'@'%'")
    server.sql(ROWS, "apimgtdb")
    return (
        f"jdbc:mysql://127.0.0.1:{server.port}/{{name}}?autoReconnect=true&amp;useSSL=false"
        "&amp;allowPublicKeyRetrieval=true"
    )


@pytest.fixture(scope="module")
def pair(start_classic, databases):
    key_manager = start_classic("key-manager", url=databases)
    given = {
        "km_port": key_manager.port(9443),
        "ldap": f"ldap://localhost:{key_manager.port(10389)}",
        "url": databases,
    }
    return key_manager, start_classic("api-manager", **given)


@pytest.fixture(scope="module")
def gateway(pair, security):
    base = f"https://localhost:{pair[1].port(8243)}"
    with httpx.Client(base_url=base, verify=security.client()) as client:
        yield client


@pytest.fixture(scope="module")
def key_manager(pair, security):
    base = f"https://localhost:{pair[0].port(9443)}"
    with httpx.Client(base_url=base, verify=security.client()) as client:
        yield client


@pytest.fixture(scope="module")
def issue(gateway):
    def ask(scope: str) -> str:
        form = {"grant_type": "client_credentials", "scope": scope}
        answer = gateway.post("/token", data=form, auth=(CLIENT, SECRET))
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    return ask


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def call(gateway, token, path="/order/1"):
    return gateway.get(CONTEXT + path, headers=bearer(token))


def test_both_nodes_reach_their_databases_and_leave_the_first_rows(pair, server):
    for node in pair:
        assert "Unable to create initial connections" not in node.log()
    rows = server.sql("SELECT UM_DOMAIN_NAME FROM UM_DOMAIN ORDER BY 1", "userdb")
    names = ["APPLICATION", "INTERNAL", "PRIMARY", "SYSTEM", "WORKFLOW"]
    assert sorted({row[0] for row in rows}) == names


def test_a_token_passes_until_it_is_revoked_through_the_gateway(gateway, issue):
    token = issue("walk")
    answer = call(gateway, token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["endUserName"] == "admin@carbon.super"
    assert answer.json()["applicationName"] == "App"
    revoked = gateway.post("/revoke", data={"token": token}, auth=(CLIENT, SECRET))
    assert revoked.status_code == 200
    assert revoked.headers["RevokedAccessToken"] == token
    assert revoked.headers["AuthorizedUser"] == "admin@carbon.super"
    refused = call(gateway, token)
    assert refused.status_code == 401
    assert "<ams:code>900901</ams:code>" in refused.text


def test_a_revocation_at_the_key_manager_leaves_the_cached_token_valid(gateway, key_manager, issue):
    token = issue("cached")
    assert call(gateway, token).status_code == 200
    form = {"token": token}
    assert key_manager.post("/oauth2/revoke", data=form, auth=(CLIENT, SECRET)).status_code == 200
    asked = key_manager.post("/oauth2/introspect", data=form, auth=("admin", "admin"))
    assert asked.json() == {"active": False}
    assert call(gateway, token).status_code == 200
    assert call(gateway, token, "/menus/1").status_code == 401  # another resource isn't cached


def test_a_row_that_a_test_inserts_is_a_token(gateway, server):
    server.sql(
        "INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID, ACCESS_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER,"
        " USER_TYPE, VALIDITY_PERIOD) VALUES ('t1', 'inserted', 1, 'admin', 'APPLICATION', -1),"
        " ('t2', 'strangers', 2, 'admin', 'APPLICATION', -1),"
        " ('t3', 'inactive', 1, 'other', 'APPLICATION', -1)",
        "apimgtdb",
    )
    server.sql(
        "UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'INACTIVE' WHERE TOKEN_ID = 't3'",
        "apimgtdb",
    )
    assert call(gateway, "inserted").status_code == 200
    assert call(gateway, "inactive").status_code == 401
    refused = call(gateway, "strangers")
    assert refused.status_code == 403
    assert "<ams:code>900908</ams:code>" in refused.text


@pytest.mark.parametrize(("token", "code"), [("", 900902), ("nobodys", 900901)])
def test_calls_without_a_good_token(gateway, token, code):
    headers = {"Accept": "application/json", **(bearer(token) if token else {})}
    answer = gateway.get(CONTEXT + "/x", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["fault"]["code"] == code
    assert answer.headers["WWW-Authenticate"].startswith('OAuth2 realm="WSO2 API Manager"')


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [("GET", f"{CONTEXT}/menu", 200), ("POST", f"{CONTEXT}/menu", 405), ("GET", "/pasta", 404)],
)
def test_what_needs_no_token(gateway, verb, path, status):
    assert gateway.request(verb, path).status_code == status


@pytest.mark.parametrize("path", ["/token", "/revoke"])
def test_a_wrong_secret_is_an_invalid_client(gateway, path):
    form = {"grant_type": "client_credentials", "token": "x"}
    answer = gateway.post(path, data=form, auth=(CLIENT, "wrong"))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_password_grant_asks_the_directory(gateway):
    form = {"grant_type": "password", "username": "admin", "password": "admin"}
    assert gateway.post("/token", data=form, auth=(CLIENT, SECRET)).status_code == 200
    form["password"] = "wrong"
    answer = gateway.post("/token", data=form, auth=(CLIENT, SECRET))
    assert answer.json()["error"] == "invalid_grant"


def test_a_validator_whose_password_is_wrong_starts_clean_and_every_call_is_900900(
    start_classic, pair, databases, security, issue
):
    key_manager = pair[0]
    node = start_classic(
        "api-manager",
        km_port=key_manager.port(9443),
        ldap=f"ldap://localhost:{key_manager.port(10389)}",
        url=databases,
        validator_password="wrong",
    )
    base = f"https://localhost:{node.port(8243)}"
    with httpx.Client(base_url=base, verify=security.client()) as client:
        answer = call(client, issue("other"))
    assert answer.status_code == 500
    assert "<ams:code>900900</ams:code>" in answer.text
    words = "Error while accessing backend services for API key validation"
    assert f"<ams:description>{words}</ams:description>" in answer.text
    key_manager.wait_for(r"Failed Administrator login attempt 'admin\[-1234\]'")


def test_a_token_passes_over_thrift_too(start_classic, databases, security, issue):
    """The client's port is written: its usual one follows its own offset, not the server's."""
    serving = start_classic("key-manager", url=databases, thrift="true")
    port = serving.port(10397)
    node = start_classic(
        "api-manager",
        km_port=serving.port(9443),
        ldap=f"ldap://localhost:{serving.port(10389)}",
        url=databases,
        client="ThriftClient",
        thrift_client_port=f"<ThriftClientPort>{port}</ThriftClientPort>",
    )
    base = f"https://localhost:{node.port(8243)}"
    token = issue("thrift")
    with httpx.Client(base_url=base, verify=security.client()) as client:
        answer = call(client, token)
        assert answer.status_code == 200, answer.text
        assert answer.json()["endUserName"] == "admin@carbon.super"
        assert call(client, "nobodys").status_code == 401
        assert client.post("/revoke", data={"token": token}, auth=(CLIENT, SECRET)).is_success
        assert call(client, token).status_code == 401


def test_the_subscriber_service_reads_and_makes_clients(key_manager):
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<q:{0} xmlns:q="http://org.apache.axis2/xsd">{1}</q:{0}></s:Body></s:Envelope>'
    )

    def ask(operation, inner):
        body = envelope.format(operation, inner)
        path = "/services/APIKeyMgtSubscriberService"
        return key_manager.post(path, content=body, auth=("admin", "admin"))

    found = ask("retrieveOAuthApplication", f"<q:consumerKey>{CLIENT}</q:consumerKey>")
    assert f"<ax:clientSecret>{SECRET}</ax:clientSecret>" in found.text
    apis = ask("getSubscribedAPIsOfUser", "<q:userId>admin</q:userId>")
    assert "<ax:apiName>Pizza</ax:apiName>" in apis.text
    made = ask(
        "createOAuthApplication",
        "<q:userId>admin</q:userId><q:applicationName>N</q:applicationName>",
    )
    assert "<ax:clientName>N</ax:clientName>" in made.text
