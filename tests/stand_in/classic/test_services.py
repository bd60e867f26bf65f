"""The SOAP services of both nodes: what they refuse, in which order, and what they answer."""

import httpx
import pytest

ADMIN = ("admin", "admin")
AXIS2 = "http://org.apache.axis2/xsd"
AUTHENTICATION = "http://authentication.services.core.carbon.wso2.org"
ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<q:{operation} xmlns:q="{namespace}">{inner}</q:{operation}>'
    "</soapenv:Body></soapenv:Envelope>"
)
SERVICES = ("APIKeyValidationService", "APIKeyMgtSubscriberService")


@pytest.fixture(scope="module")
def key_manager(start_classic):
    return start_classic("key-manager")


@pytest.fixture(scope="module")
def client(key_manager, security):
    base = f"https://localhost:{key_manager.port(9443)}"
    with httpx.Client(base_url=base, verify=security.client()) as session:
        yield session


def call(client, service, operation, inner="", *, namespace=AXIS2, auth=ADMIN, action=None):
    return client.post(
        f"/services/{service}",
        content=ENVELOPE.format(operation=operation, namespace=namespace, inner=inner),
        headers={
            "Content-Type": "text/xml;charset=UTF-8",
            "SOAPAction": f'"urn:{operation if action is None else action}"',
        },
        auth=auth,
    )


def validate(client, **options):
    inner = "<q:context>/t/1.0</q:context><q:accessToken>nobodys</q:accessToken>"
    return call(client, "APIKeyValidationService", "validateKey", inner, **options)


def test_an_unknown_token_is_not_authorized(client):
    answer = validate(client)
    assert answer.status_code == 200
    assert ":authorized>false<" in answer.text
    assert ":validationStatus>900901<" in answer.text
    assert 'xmlns:ns="http://org.apache.axis2/xsd"' in answer.text


def test_no_credentials_are_401_with_the_realm_and_no_body(client):
    answer = validate(client, auth=None)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="WSO2 API Manager"'


def test_a_wrong_password_is_a_fault_with_status_500(client, key_manager):
    answer = validate(client, auth=("admin", "wrong"))
    assert answer.status_code == 500
    words = "Access Denied. Authentication failed - Invalid credentials provided."
    assert f"<faultstring>{words}</faultstring>" in answer.text
    assert "50977" in answer.text
    key_manager.wait_for(r"Failed Administrator login attempt 'admin\[-1234\]'")
    key_manager.wait_for("Illegal access attempt")


def test_another_namespace_than_the_odd_one_is_a_fault(client):
    answer = validate(client, namespace="http://service.keymgt.apimgt.carbon.wso2.org")
    assert answer.status_code == 500
    assert f"namespace mismatch require {AXIS2}" in answer.text


@pytest.mark.parametrize("auth", [None, ("admin", "wrong"), ADMIN])
def test_an_unknown_operation_is_told_before_anybody_is_asked_who_they_are(client, auth):
    answer = call(client, "APIKeyValidationService", "nothing", auth=auth)
    assert answer.status_code == 500
    assert "The endpoint reference (EPR) for the Operation not found is" in answer.text
    assert "WSA Action = urn:nothing" in answer.text


def test_an_unknown_service_is_a_null_pointer(client):
    answer = call(client, "Nothing", "validateKey")
    assert answer.status_code == 500
    assert "java.lang.NullPointerException" in answer.text


@pytest.mark.parametrize(("password", "known"), [("admin", "true"), ("wrong", "false")])
def test_authentication_admin_needs_no_credentials_of_its_own(client, password, known):
    inner = f"<q:username>admin</q:username><q:password>{password}</q:password>"
    answer = call(
        client, "AuthenticationAdmin", "login", inner, namespace=AUTHENTICATION, auth=None
    )
    assert answer.status_code == 200
    assert f"<ns:return>{known}</ns:return>" in answer.text


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("auth", [None, ADMIN])
def test_the_wsdl_of_an_admin_service_is_hidden(client, service, auth):
    assert client.get(f"/services/{service}?wsdl", auth=auth).status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/Version?wsdl", 500),
        ("/services/AuthenticationAdmin?wsdl", 200),
        ("/services/Nothing?wsdl", 404),
        ("/services/APIKeyValidationService", 500),
        ("/services/Nothing", 500),
        ("/services/", 500),
    ],
)
def test_what_a_get_sees(client, path, status):
    assert client.get(path).status_code == status


def test_admin_services_are_not_found_on_the_plain_port(key_manager, security):
    base = f"http://localhost:{key_manager.port(9763)}"
    with httpx.Client(base_url=base) as plain:
        answer = validate(plain)
        assert answer.status_code == 500
        assert "The service cannot be found" in answer.text
        assert plain.get("/services/AuthenticationAdmin?wsdl").status_code == 200


def test_a_key_manager_has_no_version_service(client):
    # Seen on IS 5.3.0, whose release leaves it out.
    answer = client.get("/services/Version")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/xml")
    assert answer.text == (
        "<faultstring>The service cannot be found for the endpoint reference (EPR)"
        " /services/Version</faultstring>"
    )


def test_a_document_type_is_refused(client):
    body = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    headers = {"SOAPAction": '"urn:validateKey"'}
    answer = client.post(
        "/services/APIKeyValidationService", content=body, headers=headers, auth=ADMIN
    )
    assert answer.status_code == 500
    assert "root:" not in answer.text


@pytest.mark.parametrize("auth", [None, ("admin", "wrong")])
def test_throttle_data_needs_credentials(client, auth):
    answer = client.get("/throttle/data/v1/block", auth=auth)
    assert answer.status_code == 401
    assert answer.json()["description"] == "Unauthenticated request"


def test_throttle_data_of_an_empty_database(client):
    answer = client.get("/throttle/data/v1/block", auth=ADMIN)
    assert answer.json() == {"api": [], "application": [], "ip": [], "user": [], "custom": []}
    assert client.get("/throttle/data/v1/keyTemplates", auth=ADMIN).json() == []


def test_a_token_asked_for_without_a_client(client):
    answer = client.post("/oauth2/token", data={"grant_type": "client_credentials"})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_request",
        "error_description": "Missing parameters: client_secret client_id",
    }
