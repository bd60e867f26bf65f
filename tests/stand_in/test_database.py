"""A stand-in on a real MySQL: its rows, its tokens and revocations, and each failure."""

import json
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
DBSCRIPTS = ROOT / "images/stand-in/dbscripts"
ADMIN = ("admin", "admin")
INTERNAL_ERROR = {
    "code": 500,
    "message": "Internal server error",
    "description": "The server encountered an internal error. Please contact administrator.",
    "moreInfo": "",
    "error": [],
}


@pytest.fixture(scope="module")
def schemas(server):
    """Both schemas, loaded from the stand-in's own dbscripts."""
    for schema, script in (("apim_db", "apimgt/mysql.sql"), ("shared_db", "mysql.sql")):
        server.sql(f"CREATE DATABASE {schema} CHARACTER SET latin1")
        server.sql((DBSCRIPTS / script).read_text(), schema)


@pytest.fixture(scope="module")
def loaded_server(server, schemas):
    return server


def tables(server, *, apim_db="apim_db", shared_db="shared_db", password="lab-secret"):
    return f"""
[database.apim_db]
type = "mysql"
hostname = "127.0.0.1"
name = "{apim_db}"
port = "{server.port}"
username = "lab"
password = "{password}"

[database.shared_db]
type = "mysql"
url = "jdbc:mysql://127.0.0.1:{server.port}/{shared_db}?autoReconnect=true&amp;sslMode=PREFERRED"
username = "lab"
password = "{password}"

[apim.key_manager]
enable_registration = false
"""


@pytest.fixture(scope="module")
def control_plane(start, server, schemas):
    return start("control-plane", tables(server))


@pytest.fixture(scope="module")
def key_manager(start, server, schemas, control_plane):
    listener = f"""
[[event_listener]]
id = "token_revocation"
type = "org.wso2.carbon.identity.core.handler.AbstractIdentityHandler"
name = "org.wso2.is.notification.ApimOauthEventInterceptor"
order = 1

[event_listener.properties]
notification_endpoint = "https://localhost:{control_plane.port(9443)}/internal/data/v1/notify"
username = "${{admin.username}}"
password = "${{admin.password}}"
'header.X-WSO2-KEY-MANAGER' = "default"
"""
    return start("api-key-manager-deprecated", tables(server) + listener)


@pytest.fixture
def read(control_plane, security):
    def read(resource, node=None):
        port = (node or control_plane).port(9443)
        url = f"https://localhost:{port}/internal/data/v1/{resource}"
        return httpx.get(url, auth=ADMIN, verify=security.client())

    return read


ROWS = """
INSERT INTO AM_SUBSCRIBER (USER_ID, TENANT_ID, DATE_SUBSCRIBED) VALUES ('admin', -1234, NOW());
INSERT INTO AM_APPLICATION (NAME, SUBSCRIBER_ID, APPLICATION_TIER, UUID, TOKEN_TYPE, ORGANIZATION)
  VALUES ('App', 1, 'Unlimited', 'app-uuid', 'JWT', 'carbon.super');
INSERT INTO AM_APPLICATION_GROUP_MAPPING VALUES (1, 'team', 'carbon.super');
INSERT INTO AM_APPLICATION_ATTRIBUTES VALUES (1, 'colour', 'red', -1234);
INSERT INTO AM_API (API_UUID, API_PROVIDER, API_NAME, API_VERSION, CONTEXT, API_TIER, API_TYPE,
  ORGANIZATION, STATUS)
  VALUES ('api-uuid', 'admin', 'Pizza', '1.0', '/pizza/1.0', 'Unlimited', 'HTTP', 'carbon.super',
  'PUBLISHED');
INSERT INTO AM_API_DEFAULT_VERSION (API_NAME, API_PROVIDER, DEFAULT_API_VERSION)
  VALUES ('Pizza', 'admin', '1.0');
INSERT INTO AM_API_URL_MAPPING (API_ID, HTTP_METHOD, AUTH_SCHEME, URL_PATTERN, THROTTLING_TIER)
  VALUES (1, 'GET', 'Any', '/menu', 'Unlimited');
INSERT INTO AM_API_RESOURCE_SCOPE_MAPPING VALUES ('menu:read', 1, -1234);
INSERT INTO AM_REVISION (ID, API_UUID, REVISION_UUID) VALUES (1, 'api-uuid', 'revision-1');
INSERT INTO AM_DEPLOYMENT_REVISION_MAPPING (NAME, VHOST, REVISION_UUID)
  VALUES ('Default', 'gw', 'revision-1');
INSERT INTO AM_SUBSCRIPTION (TIER_ID, API_ID, APPLICATION_ID, SUB_STATUS, UUID)
  VALUES ('Gold', 1, 1, 'UNBLOCKED', 'subscription-uuid');
INSERT INTO AM_KEY_MANAGER (UUID, NAME, TYPE, CONFIGURATION, ENABLED, ORGANIZATION, TOKEN_TYPE)
  VALUES ('km-uuid', 'Other KM', 'WSO2-IS', '{"a":"b"}', 1, 'carbon.super', 'DIRECT');
INSERT INTO AM_APPLICATION_KEY_MAPPING (UUID, APPLICATION_ID, CONSUMER_KEY, KEY_TYPE, STATE,
  KEY_MANAGER) VALUES ('m', 1, 'consumer', 'PRODUCTION', 'COMPLETED', 'km-uuid');
INSERT INTO AM_POLICY_SUBSCRIPTION (NAME, TENANT_ID, QUOTA_TYPE, QUOTA, UNIT_TIME, TIME_UNIT,
  BILLING_PLAN, STOP_ON_QUOTA_REACH, RATE_LIMIT_COUNT, RATE_LIMIT_TIME_UNIT, UUID)
  VALUES ('Gold', -1234, 'requestCount', 5000, 1, 'min', 'FREE', 1, 10, 'sec', 'p1');
INSERT INTO AM_POLICY_APPLICATION (NAME, TENANT_ID, QUOTA_TYPE, QUOTA, QUOTA_UNIT, UNIT_TIME,
  TIME_UNIT, UUID) VALUES ('10MB', -1234, 'bandwidthVolume', 10, 'MB', 1, 'hour', 'p2');
INSERT INTO AM_API_THROTTLE_POLICY (NAME, TENANT_ID, DEFAULT_QUOTA_TYPE, DEFAULT_QUOTA,
  DEFAULT_UNIT_TIME, DEFAULT_TIME_UNIT, APPLICABLE_LEVEL, UUID)
  VALUES ('10K', -1234, 'requestCount', 10000, 1, 'min', 'apiLevel', 'p3');
INSERT INTO AM_CONDITION_GROUP (POLICY_ID, QUOTA_TYPE, QUOTA, UNIT_TIME, TIME_UNIT)
  VALUES (1, 'eventCount', 7, 1, 'min');
INSERT INTO AM_POLICY_GLOBAL (NAME, KEY_TEMPLATE, TENANT_ID, SIDDHI_QUERY, UUID)
  VALUES ('custom', '$userId', -1234, 'FROM RequestStream', 'p4');
INSERT INTO AM_SCOPE (NAME, DISPLAY_NAME, DESCRIPTION, TENANT_ID, SCOPE_TYPE)
  VALUES ('menu:read', 'Menu', 'd', -1234, 'OAUTH2');
INSERT INTO AM_SCOPE_BINDING VALUES (1, 'admin', 'DEFAULT');
INSERT INTO AM_BLOCK_CONDITIONS (TYPE, BLOCK_CONDITION, ENABLED, DOMAIN, UUID) VALUES
  ('API', '/pizza', 'true', 'carbon.super', 'b1'), ('USER', 'eve', 'false', 'carbon.super', 'b2'),
  ('IP', '{"fixedIp":"10.0.0.1","invert":true}', 'true', 'carbon.super', 'b3');
INSERT INTO AM_GW_PUBLISHED_API_DETAILS (API_ID, API_NAME, API_VERSION)
  VALUES ('api-uuid', 'Pizza', '1.0');
INSERT INTO AM_GW_API_DEPLOYMENTS (API_ID, REVISION_ID, LABEL)
  VALUES ('api-uuid', 'revision-1', 'Default');
INSERT INTO AM_GW_API_ARTIFACTS (API_ID, REVISION_ID, ARTIFACT)
  VALUES ('api-uuid', 'revision-1', '{"context": "/pizza/1.0"}');
"""


@pytest.fixture(scope="module")
def rows(server, schemas):
    """Rows shaped as the product's own, each table's first."""
    server.sql(ROWS, "apim_db")


def only(answer):
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["count"] == len(found["list"]) == 1
    assert found["pagination"] is None
    return found["list"][0]


def test_subscriptions_and_applications_of_the_database_appear(rows, read):
    assert only(read("subscriptions")) == {
        "subscriptionUUID": "subscription-uuid",
        "subscriptionId": 1,
        "policyId": "Gold",
        "apiUUID": "api-uuid",
        "apiId": 1,
        "applicationUUID": "app-uuid",
        "appId": 1,
        "subscriptionState": "UNBLOCKED",
    }
    assert only(read("applications")) == {
        "uuid": "app-uuid",
        "id": 1,
        "name": "App",
        "subName": "admin",
        "policy": "Unlimited",
        "tokenType": "JWT",
        "groupIds": [{"applicationId": 1, "groupId": "team"}],
        "attributes": {"colour": "red"},
        "organization": "carbon.super",
    }


def test_apis_of_the_database_appear_where_they_are_deployed(rows, read):
    expected = {
        "uuid": "api-uuid",
        "apiId": 1,
        "provider": "admin",
        "name": "Pizza",
        "version": "1.0",
        "context": "/pizza/1.0",
        "policy": "Unlimited",
        "apiType": "HTTP",
        "status": "PUBLISHED",
        "isDefaultVersion": True,
        "urlMappings": [
            {
                "authScheme": "Any",
                "throttlingPolicy": "Unlimited",
                "httpMethod": "GET",
                "urlPattern": "/menu",
                "scopes": ["menu:read"],
            }
        ],
    }
    assert only(read("apis")) == expected
    assert only(read("apis?gatewayLabel=Default&expand=true")) == expected
    assert read("apis?gatewayLabel=Elsewhere").json()["count"] == 0


def test_key_mappings_name_their_key_manager(rows, read):
    assert only(read("application-key-mappings")) == {
        "applicationId": 1,
        "applicationUUID": "app-uuid",
        "consumerKey": "consumer",
        "keyType": "PRODUCTION",
        "keyManager": "Other KM",
    }
    (manager,) = read("keymanagers").json()
    assert manager == {
        "name": "Other KM",
        "type": "WSO2-IS",
        "enabled": True,
        "tenantDomain": "carbon.super",
        "tokenType": "DIRECT",
        "configuration": {"a": "b"},
    }


def test_policies_of_the_database_appear_with_their_limits(rows, read):
    gold = only(read("subscription-policies"))
    assert (gold["name"], gold["tenantId"], gold["stopOnQuotaReach"]) == ("Gold", -1234, True)
    assert gold["defaultLimit"] == {
        "quotaType": "requestCount",
        "requestCount": {"timeUnit": "min", "unitTime": 1, "requestCount": 5000},
        "bandwidth": None,
        "eventCount": None,
    }
    bandwidth = only(read("application-policies"))["defaultLimit"]["bandwidth"]
    assert bandwidth == {"timeUnit": "hour", "unitTime": 1, "dataAmount": 10, "dataUnit": "MB"}
    advanced = only(read("api-policies"))
    assert advanced["applicableLevel"] == "apiLevel"
    (group,) = advanced["conditionGroups"]
    assert group["defaultLimit"]["eventCount"]["eventCount"] == 7
    custom = only(read("global-policies"))
    assert (custom["keyTemplate"], custom["siddhiQuery"]) == ("$userId", "FROM RequestStream")
    assert read("keyTemplates").json() == ["$userId"]


def test_scopes_blocks_and_artifacts_of_the_database_appear(rows, read):
    assert only(read("scopes")) == {
        "name": "menu:read",
        "displayName": "Menu",
        "description": "d",
        "roles": ["admin"],
    }
    block = read("block").json()
    assert (block["api"], block["user"]) == (["/pizza"], [])
    (address,) = block["ip"]
    assert (address["fixedIp"], address["invert"]) == ("10.0.0.1", True)
    found = read("runtime-artifacts?gatewayLabel=RGVmYXVsdA&type=Synapse").json()
    assert found["count"] == 1
    artifact = json.loads(found["list"][0])
    assert (artifact["name"], artifact["context"]) == ("Pizza", "/pizza/1.0")
    assert read("runtime-artifacts?gatewayLabel=b3RoZXI&type=Synapse").status_code == 404


def test_the_first_rows_of_the_shared_database_are_written_once(start, server, control_plane):
    start("control-plane", tables(server))
    domains = server.sql(
        "SELECT UM_DOMAIN_NAME FROM UM_DOMAIN WHERE UM_TENANT_ID = -1234 ORDER BY 1", "shared_db"
    )
    assert domains == [["APPLICATION"], ["INTERNAL"], ["PRIMARY"], ["SYSTEM"], ["WORKFLOW"]]
    users = server.sql("SELECT UM_USER_NAME, UM_TENANT_ID FROM UM_USER", "shared_db")
    assert users == [["admin", "-1234"]]


def test_a_notified_revocation_is_stored_once_and_read_back(server, control_plane, read, security):
    event = {
        "accessToken": "revoked-token",
        "expiryTime": 1700000000000,
        "consumerKey": "c",
        "eventId": "event-1",
        "type": "token_revocation",
        "tenantId": -1234,
        "tenantDomain": "carbon.super",
    }
    url = f"https://localhost:{control_plane.port(9443)}/internal/data/v1/notify"
    for _ in range(2):
        answer = httpx.post(url, json=event, auth=ADMIN, verify=security.client())
        assert (answer.status_code, answer.content) == (200, b"")
    stored = server.sql(
        "SELECT SIGNATURE, EXPIRY_TIMESTAMP, TENANT_ID, TOKEN_TYPE FROM AM_REVOKED_JWT"
        " WHERE UUID = 'event-1'",
        "apim_db",
    )
    assert stored == [["revoked-token", "1700000000000", "-1234", "Default"]]
    expected = {"jwt_signature": "revoked-token", "expiry_time": 1700000000000}
    assert expected in read("revokedjwt").json()
    control_plane.wait_for("Revoked Token already persisted")


def test_a_notify_without_a_token_cannot_be_stored(control_plane, security):
    event = {"type": "token_revocation", "eventId": "e9", "consumerKey": "c", "tenantDomain": "t"}
    url = f"https://localhost:{control_plane.port(9443)}/internal/data/v1/notify"
    answer = httpx.post(url, json=event, auth=ADMIN, verify=security.client())
    assert answer.status_code == 500
    assert list(answer.json()) == ["Message"]


def test_a_token_is_issued_introspected_revoked_and_notified(
    server, key_manager, control_plane, read, security
):
    server.sql(
        "INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, CONSUMER_SECRET, USERNAME, TENANT_ID,"
        " USER_DOMAIN, APP_NAME, GRANT_TYPES) VALUES ('key', 'secret', 'admin', -1234, 'PRIMARY',"
        " 'app', 'client_credentials password')",
        "apim_db",
    )
    base = f"https://localhost:{key_manager.port(9443)}/oauth2"
    with httpx.Client(verify=security.client()) as client:

        def post(path, auth=("key", "secret"), **form):
            return client.post(f"{base}/{path}", data=form, auth=auth)

        assert post("token", ("key", "wrong"), grant_type="password").status_code == 401
        refused = post("token", grant_type="password", username="admin", password="no")
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        other = post("token", grant_type="implicit")
        assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")
        issued = post("token", grant_type="client_credentials").json()
        assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 3600)
        token = issued["access_token"]
        again = post("token", grant_type="client_credentials").json()
        assert again["access_token"] == token
        active = post("introspect", ADMIN, token=token).json()
        assert (active["active"], active["client_id"]) == (True, "key")
        assert active["exp"] - active["iat"] == 3600
        assert post("revoke", token=token).status_code == 200
        assert post("introspect", ADMIN, token=token).json() == {"active": False}
        fresh = post("token", grant_type="client_credentials").json()
        assert fresh["access_token"] != token
    assert token in [row["jwt_signature"] for row in read("revokedjwt").json()]


def test_an_expired_token_is_not_active(server, key_manager, security):
    server.sql(
        "INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY) VALUES ('other');"
        "INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID, ACCESS_TOKEN, CONSUMER_KEY_ID,"
        " VALIDITY_PERIOD, TIME_CREATED) SELECT 't1', 'old', ID, 1000,"
        " NOW() - INTERVAL 1 HOUR FROM IDN_OAUTH_CONSUMER_APPS WHERE CONSUMER_KEY = 'other'",
        "apim_db",
    )
    url = f"https://localhost:{key_manager.port(9443)}/oauth2/introspect"
    answer = httpx.post(url, data={"token": "old"}, auth=ADMIN, verify=security.client())
    assert answer.json() == {"active": False}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"apim_db": "nowhere"}, "Unknown database 'nowhere'"),
        ({"password": "wrong"}, "Access denied for user 'lab'@"),
    ],
    ids=["no such schema", "wrong password"],
)
def test_a_node_with_a_broken_datasource_starts_and_answers_500(
    start, loaded_server, read, changes, words
):
    node = start("control-plane", tables(loaded_server, **changes))
    node.wait_for(words)
    node.wait_for("APIManagerComponent} - Error while initializing the API manager component")
    answer = read("apis", node)
    assert (answer.status_code, answer.json()) == (500, INTERNAL_ERROR)
    assert "lab-secret" not in node.log()


def test_an_empty_schema_is_told_as_the_product_tells_it(start, server, schemas, read):
    server.sql("CREATE DATABASE IF NOT EXISTS empty_db CHARACTER SET latin1")
    node = start("control-plane", tables(server, apim_db="empty_db"))
    node.wait_for("Failed to retrieve TENANT Configuration for org: carbon.super")
    node.wait_for("Table 'empty_db.[Aa][Mm]_[A-Za-z_]+' doesn't exist")
    assert read("subscriptions", node).status_code == 500


def test_an_unreachable_server_is_a_communications_link_failure(start, server, schemas, read):
    more = tables(server).replace(f'"{server.port}"', '"1"')
    node = start("control-plane", more)
    node.wait_for("Communications link failure")
    assert read("apis", node).status_code == 500


def test_a_bare_ampersand_keeps_all_datasources_away(start, server, schemas):
    more = tables(server).replace("&amp;", "&")
    start("control-plane", more).wait_for("Error in intializing system data sources")


def test_without_tls_a_login_needs_a_key_until_the_server_remembers_it(start, server, schemas):
    server.sql("CREATE USER 'keyless'@'%' IDENTIFIED BY 'lab-secret'")
    server.sql("GRANT ALL ON shared_db.* TO 'keyless'@'%'")
    before, shared = tables(server).split("[database.shared_db]")
    with_tls = f"{before}[database.shared_db]{shared.replace('lab', 'keyless', 1)}"
    without = with_tls.replace("?autoReconnect=true&amp;sslMode=PREFERRED", "?useSSL=false")
    start("control-plane", without).wait_for("Public Key Retrieval is not allowed")
    start("control-plane", with_tls)
    assert "Public Key Retrieval" not in start("control-plane", without).log()


def test_public_key_retrieval_lets_a_url_without_tls_in(start, server, schemas):
    written = "?useSSL=false&amp;allowPublicKeyRetrieval=true"
    more = tables(server).replace("?autoReconnect=true&amp;sslMode=PREFERRED", written)
    node = start("control-plane", more)
    assert "ERROR {org.apache.tomcat.jdbc.pool" not in node.log()


def test_a_server_with_another_ca_refuses_the_keystores_certificate(start, server, schemas):
    # MySQL verifies whatever certificate it is offered (measured on 4.1.0).
    try:
        server.take_certificates("data")
        node = start("control-plane", tables(server))
        node.wait_for("Communications link failure")
        written = "?fallbackToSystemKeyStore=false"
        more = tables(server).replace("?autoReconnect=true&amp;sslMode=PREFERRED", written)
        kept_back = start("control-plane", more)
        assert "database.shared_db" not in kept_back.log()
    finally:
        server.take_certificates("tls")
