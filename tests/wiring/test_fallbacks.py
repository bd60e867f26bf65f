"""The product's fall-backs: event hub, then throttling, then the node itself."""

import pytest


def without_hub(nodes, node):
    """Cut the event hub's block out of a node's file; in the samples it is what a URL stands in."""
    text = nodes.text(node)
    start = text.index("[apim.event_hub]")
    rest = text[start:]
    after = rest.index("auth_urls")
    end = start + after + rest[after:].index("\n") + 1
    nodes.write(node, text[:start] + text[end:])


def fallen_back(nodes, node):
    return {
        link.key: (link.to, link.port, link.default_of)
        for link in nodes.read().links
        if link.node == node and link.default_of
    }


def test_a_gateway_without_event_hub_takes_the_traffic_manager_for_it(nodes):
    without_hub(nodes, "gw")
    assert fallen_back(nodes, "gw") == {
        "apim.event_hub.service_url": ("tm", 9443, "apim.throttling.service_url"),
        "apim.event_hub.event_listening_endpoints": (
            "tm",
            5672,
            "apim.throttling.throttle_decision_endpoints[0]",
        ),
    }


def test_a_control_plane_without_event_hub_publishes_to_the_traffic_manager_too(nodes):
    without_hub(nodes, "cp")
    found = fallen_back(nodes, "cp")
    group = "apim.throttling.url_group[0]"
    assert found["apim.event_hub.publish.url_group.urls"] == (
        "tm",
        9611,
        f"{group}.traffic_manager_urls[0]",
    )
    assert found["apim.event_hub.publish.url_group.auth_urls"] == (
        "tm",
        9711,
        f"{group}.traffic_manager_auth_urls[0]",
    )
    link = nodes.read().link("cp/apim.event_hub.publish.url_group[0].urls[0]")
    assert link.login_url == "ssl://tm.wso2.com:9711"


def test_a_link_that_falls_back_stands_where_its_url_does(nodes):
    without_hub(nodes, "gw")
    link = nodes.read().link("gw/apim.event_hub.service_url")
    assert link.source.line == nodes.line("gw", "https://tm.wso2.com:9443/services/")


def test_a_traffic_manager_that_names_nobody_talks_to_itself(nodes):
    without_hub(nodes, "tm")
    assert fallen_back(nodes, "tm") == {
        "apim.event_hub.service_url": ("tm", 9443, "product default"),
        "apim.event_hub.event_listening_endpoints": ("tm", 5672, "product default"),
    }
    assert not any(link.at_start for link in nodes.read().links if link.node == "tm")


def test_a_node_that_serves_what_it_leaves_out_has_no_link_to_itself(lone):
    lone.write("cp", '[server]\nserver_role = "control-plane"\n')
    lone.write("all", '[server]\nserver_role = "default"\n')
    lone.write("km", '[server]\nserver_role = "api-key-manager-deprecated"\n')
    assert lone.read().links == ()


def test_a_gateway_that_names_nobody_talks_to_its_own_ports_at_its_offset(lone):
    lone.write("gw", '[server]\nserver_role = "gateway-worker"\noffset = 3\n')
    found = {(link.key, link.port) for link in lone.read().links}
    assert found == {
        ("apim.key_manager.service_url", 9446),
        ("apim.event_hub.service_url", 9446),
        ("apim.event_hub.event_listening_endpoints", 5675),
        ("apim.throttling.throttle_decision_endpoints", 5675),
        ("apim.throttling.url_group.traffic_manager_urls", 9614),
        ("apim.throttling.url_group.traffic_manager_auth_urls", 9714),
    }


@pytest.mark.parametrize(
    ("jms", "user"), [("", "hub"), ('jms.username = "j"\njms.password = "p"\n', "j")]
)
def test_the_hubs_jms_login_counts_when_both_its_parts_are_there(lone, jms, user):
    lone.write(
        "gw",
        '[server]\nserver_role = "control-plane"\n[super_admin]\nusername = "a"\npassword = "b"\n'
        f'[apim.event_hub]\nusername = "hub"\npassword = "p"\n{jms}'
        'event_listening_endpoints = ["tcp://x:5672"]\n',
    )
    [link] = [link for link in lone.read().links if link.protocol.value == "amqp"]
    assert link.credentials.username == user
