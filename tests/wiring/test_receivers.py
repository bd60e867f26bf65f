"""Links that would say to a data receiver what is none of its frames."""

import pytest

from lab.products.facts import Protocol

HUB = "gw/apim.event_hub.event_listening_endpoints[0]"
LISTENS = '["tcp://cp.wso2.com:5672"]'


def spared(nodes) -> dict[str, tuple[tuple[str, int, Protocol], ...]]:
    return {link.id: link.spared for link in nodes.read().links if link.spared}


def test_a_right_file_spares_nobody(nodes):
    assert spared(nodes) == {}


@pytest.mark.parametrize(("port", "heard"), [(9611, Protocol.BINARY), (9711, Protocol.BINARY_TLS)])
def test_a_broker_url_that_leads_to_a_receiver_spares_it(nodes, port, heard):
    nodes.edit("gw", LISTENS, f'["tcp://cp.wso2.com:{port}"]')
    assert spared(nodes) == {HUB: (("cp.wso2.com", port, heard),)}


def test_so_does_a_service_url(nodes):
    text = nodes.text("gw").replace(
        "https://cp.wso2.com:9443/services/", "https://cp.wso2.com:9711/"
    )
    nodes.write("gw", text)
    assert set(spared(nodes).values()) == {(("cp.wso2.com", 9711, Protocol.BINARY_TLS),)}


def test_a_login_url_that_leads_to_the_receivers_port_spares_it_on_both_links(nodes):
    nodes.edit("gw", "ssl://tm.wso2.com:9711", "ssl://tm.wso2.com:9611")
    place = (("tm.wso2.com", 9611, Protocol.BINARY),)
    group = "gw/apim.throttling.url_group[0]"
    assert spared(nodes) == {
        f"{group}.traffic_manager_urls[0]": place,
        f"{group}.traffic_manager_auth_urls[0]": place,
    }


def test_a_flow_whose_hub_is_a_receiver_spares_it(nodes):
    nodes.edit("km", LISTENS, '["tcp://cp.wso2.com:9611"]')
    place = (("cp.wso2.com", 9611, Protocol.BINARY),)
    assert spared(nodes) == {
        "km/apim.event_hub.event_listening_endpoints[0]": place,
        "km/event_listener[0].properties.notification_endpoint#revocation": place,
    }


def test_a_node_without_a_receiver_is_not_spared(nodes):
    nodes.edit("gw", LISTENS, '["tcp://km.wso2.com:9611"]')
    assert spared(nodes) == {}


def test_at_localhost_the_nodes_own_receiver_is_spared(nodes):
    nodes.edit("cp", LISTENS, '["tcp://localhost:9611"]')
    places = {place for found in spared(nodes).values() for place in found}
    assert places == {("localhost", 9611, Protocol.BINARY)}
