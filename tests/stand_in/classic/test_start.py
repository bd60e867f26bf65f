"""How nodes of the 2.x line start: what they need, what they read, what they don't survive."""

import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

PACKAGE = Path(__file__).parents[3] / "images/stand-in"


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def pair(start_classic, chosen_offset):
    """Both nodes; the API Manager reads its users from the key manager's directory."""
    key_manager = start_classic("key-manager")
    km_port = key_manager.port(9443)
    ldap = f"ldap://localhost:{key_manager.port(10389)}"
    manager = start_classic("api-manager", km_port=km_port, ldap=ldap, publishes="true")
    return key_manager, manager


def test_each_role_opens_its_own_ports(pair):
    key_manager, manager = pair
    assert [port for port in (9443, 9763, 10389) if not is_open(key_manager.port(port))] == []
    closed = (8243, 8280, 5672, 9611, 9711, 10397)
    assert [port for port in closed if is_open(key_manager.port(port))] == []
    opened = (9443, 9763, 8243, 8280, 9099, 5672, 8672, 9611, 9711)
    assert [port for port in opened if not is_open(manager.port(port))] == []
    assert not is_open(manager.port(10389))
    assert not is_open(manager.port(10397))


def test_the_api_manager_logs_in_at_itself_with_a_user_of_the_directory(pair):
    manager = pair[1]
    manager.wait_for("stand-in agent: logged in at ssl://127.0.0.1")
    manager.wait_for("Siddhi-JMS-Consumer#throttleData was successful")


def test_every_banner_says_stand_in(pair):
    for node in pair:
        node.wait_for("stand-in: a small server of the lab, not the product")
    pair[1].wait_for(r"WSO2 API Manager-2\.1\.0 \(stand-in\)")
    pair[0].wait_for(r"WSO2 Identity Server-5\.3\.0 \(stand-in\)")


def test_the_gateway_serves_the_version_on_all_its_ports(pair, security):
    manager = pair[1]
    words = "<return>WSO2 API Manager-2.1.0</return>"
    for base, scheme in ((8243, "https"), (8280, "http"), (9443, "https"), (9763, "http")):
        url = f"{scheme}://localhost:{manager.port(base)}/services/Version"
        assert words in httpx.get(url, verify=security.client()).text


def test_an_unknown_path_of_the_gateway_is_404(pair, security):
    url = f"https://localhost:{pair[1].port(8243)}/nothing"
    answer = httpx.get(url, verify=security.client())
    assert answer.status_code == 404
    assert answer.text.startswith(
        '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>404</am:code>'
        "<am:type>Status report</am:type><am:message>Not Found</am:message>"
    )


def test_the_gateway_passes_the_token_endpoints_on(pair, security):
    base = f"https://localhost:{pair[1].port(8243)}"
    for path in ("/token", "/revoke"):
        answer = httpx.post(base + path, verify=security.client())
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "given", [{"ldap": "ldap://localhost:1"}, {"ldap_password": "wrong"}], ids=("url", "password")
)
def test_without_its_users_no_port_ever_opens_and_the_process_stays(start_classic, pair, given):
    ldap = f"ldap://localhost:{pair[0].port(10389)}"
    node = start_classic("api-manager", ready=False, **{"ldap": ldap, **given})
    node.wait_for("Error obtaining connection")
    node.wait_for("Cannot start User Manager Core bundle")
    assert node.process.poll() is None
    assert not is_open(node.port(9443))


def test_a_key_manager_whose_store_points_elsewhere_opens_its_directory_alone(start_classic):
    node = start_classic("key-manager", ready=False, ldap="ldap://localhost:1")
    node.wait_for("Cannot start User Manager Core bundle")
    assert is_open(node.port(10389))
    assert not is_open(node.port(9443))


def test_without_its_key_manager_a_gateway_still_answers_and_tokens_fail(
    start_classic, pair, security
):
    ldap = f"ldap://localhost:{pair[0].port(10389)}"
    node = start_classic("api-manager", km_port=1, ldap=ldap)
    base = f"https://localhost:{node.port(8243)}"
    with httpx.Client(base_url=base, verify=security.client()) as client:
        assert client.get("/services/Version").status_code == 200
        answer = client.post("/token")
    assert answer.status_code == 500
    assert "<am:code>101503</am:code>" in answer.text


def _refused(run_home, home):
    node = run_home(home, "api-manager", 0, ready=False)
    assert node.process.wait(20) == 1
    return node


def test_a_file_with_a_document_type_is_refused(make_home, run_home, chosen_offset):
    home = make_home("api-manager", chosen_offset())
    path = home / "repository/conf/api-manager.xml"
    text = '<!DOCTYPE APIManager [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    path.write_text(text + path.read_text())
    _refused(run_home, home).wait_for(r"api-manager\.xml: a document type \(APIManager\)")


def test_a_missing_file_is_named(make_home, run_home, chosen_offset):
    home = make_home("api-manager", chosen_offset())
    (home / "repository/conf/user-mgt.xml").unlink()
    _refused(run_home, home).wait_for(r"user-mgt\.xml")


def test_a_keystore_that_carbon_xml_names_elsewhere_is_not_found(
    make_home, run_home, chosen_offset
):
    home = make_home("api-manager", chosen_offset())
    path = home / "repository/conf/carbon.xml"
    path.write_text(path.read_text().replace("wso2carbon.jks", "other.jks"))
    _refused(run_home, home).wait_for(r"other\.jks: no such file")


def test_the_ports_of_9711_speak_the_newest_tls(pair, security):
    with (
        socket.create_connection(("localhost", pair[1].port(9711)), 5) as plain,
        security.client().wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        assert connection.version() == "TLSv1.3"
        assert isinstance(connection, ssl.SSLSocket)


def test_a_node_of_the_4x_line_loads_nothing_of_this_one():
    code = (
        "import sys, standin.start, standin.node;"
        "print([each for each in sys.modules if 'classic' in each or each.startswith('xml')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
