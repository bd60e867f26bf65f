"""What a stand-in does towards its peers: hub, receiver groups, bootstrap reads, policies."""

import socket

import httpx
import pytest

ADMIN = ("admin", "admin")
HEALTHCHECK = "/api/am/gateway/v2/server-startup-healthcheck"
KEY_MANAGER_OFF = "[apim.key_manager]\nenable_registration = false\n"


def hub_node(start, chosen_offset, hub_table, **options):
    offset = chosen_offset()
    return start("control-plane", KEY_MANAGER_OFF + hub_table(offset), offset=offset, **options)


@pytest.fixture(scope="module")
def hub(start, chosen_offset, hub_table):
    return hub_node(start, chosen_offset, hub_table)


def healthcheck(gateway, security, **options):
    url = f"https://localhost:{gateway.port(9443)}{HEALTHCHECK}"
    return httpx.get(url, verify=security.client(), **options)


def test_a_gateway_logs_in_listens_and_reads(start, hub, hub_table, security):
    gateway = start("gateway-worker", hub_table(hub.offset))
    gateway.wait_for(f"logged in at ssl://localhost:{hub.port(9711)}")
    for topic in ("notification", "tokenRevocation", "cacheInvalidation", "keyManager"):
        gateway.wait_for(f"Siddhi-JMS-Consumer#{topic} was successful!")
    gateway.wait_for("all artifacts of its labels are deployed")
    assert healthcheck(gateway, security).status_code == 401
    answer = healthcheck(gateway, security, auth=ADMIN)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_gateway_without_its_hub_serves_and_keeps_trying(
    start, chosen_offset, hub_table, security
):
    offset = chosen_offset()
    gateway = start("gateway-worker", hub_table(offset))
    gateway.wait_for("Failed retrieving /apis from remote endpoint: .* Retrying after")
    gateway.wait_for("JMS Provider is not yet started. Please start the JMS provider now.")
    gateway.wait_for(f"Cannot borrow client for ssl://localhost:{9711 + offset}")
    assert healthcheck(gateway, security, auth=ADMIN).status_code == 500
    start("control-plane", KEY_MANAGER_OFF + hub_table(offset), offset=offset)
    gateway.wait_for("Siddhi-JMS-Consumer#tokenRevocation was successful!")
    gateway.wait_for("all artifacts of its labels are deployed")
    gateway.wait_for("logged in at ssl://localhost")
    assert healthcheck(gateway, security, auth=ADMIN).status_code == 200


def test_a_gateway_that_subscribes_late_reads_what_it_has_missed(
    start, hub, chosen_offset, hub_table
):
    offset = chosen_offset()
    early, late = (f"tcp://localhost:{5672 + one}" for one in (hub.offset, offset))
    gateway = start("gateway-worker", hub_table(hub.offset).replace(early, late))
    gateway.wait_for("all artifacts of its labels are deployed")
    assert "deployed APIs" not in gateway.log()
    start("control-plane", KEY_MANAGER_OFF + hub_table(offset), offset=offset)
    gateway.wait_for("Siddhi-JMS-Consumer#notification was successful!")
    gateway.wait_for("stand-in gateway: deployed APIs: none")


def test_a_wrong_hub_password_is_told_in_the_products_words(start, hub, hub_table):
    gateway = start("gateway-worker", hub_table(hub.offset, password="wrong"))
    gateway.wait_for("DataEndpointLoginException: wrong userName or password")
    gateway.wait_for("Error creating connection: .*530: not allowed")
    gateway.wait_for("Failed retrieving /apis .* status code 401")


def test_a_traffic_manager_fetches_its_policies(start, hub, hub_table):
    traffic = start("traffic-manager", hub_table(hub.offset))
    traffic.wait_for("policies retrieved and deployed")


def test_a_traffic_manager_that_its_hub_refuses_never_gets_policies(start, hub, hub_table):
    traffic = start("traffic-manager", hub_table(hub.offset, password="wrong"))
    traffic.wait_for("PolicyRetriever} - Could not retrieve subscription-policies: .* 401")
    traffic.wait_for("PolicyUtil} - Error in retrieving throttle policies")
    assert "policies retrieved" not in traffic.log()


def test_a_traffic_manager_waits_for_a_hub_that_starts_beside_it(start, chosen_offset, hub_table):
    offset = chosen_offset()
    traffic = start("traffic-manager", hub_table(offset))
    traffic.wait_for("PolicyRetriever} - Error while executing the http client")
    start("control-plane", KEY_MANAGER_OFF + hub_table(offset), offset=offset)
    traffic.wait_for("policies retrieved and deployed")


def test_the_gateways_own_ports(start, hub, hub_table, security):
    gateway = start("gateway-worker", hub_table(hub.offset))
    for base in (
        f"http://localhost:{gateway.port(8280)}",
        f"https://localhost:{gateway.port(8243)}",
    ):
        with httpx.Client(base_url=base, verify=security.client()) as client:
            root = client.get("/")
            assert root.status_code == 200
            assert "Welcome to APIM" in root.text
            missing = client.get("/pizza/1.0")
            assert missing.status_code == 404
            assert missing.json() == {
                "code": "404",
                "type": "Status report",
                "message": "Not Found",
                "description": "The requested resource is not available.",
            }
            assert "WSO2 API Manager-4.1.0" in client.get("/services/Version").text
    for base in (
        f"http://localhost:{gateway.port(9099)}",
        f"https://localhost:{gateway.port(8099)}",
    ):
        answer = httpx.get(f"{base}/health", verify=security.client())
        assert (answer.status_code, answer.content) == (200, b"")


def test_only_gateways_have_the_gateways_ports(start):
    node = start("traffic-manager")
    for port in (8280, 8243, 9099, 8099):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("localhost", node.port(port)))
