"""The revocation flow: from a node that owns tokens over notify to its event hubs."""

FLOW = "km/event_listener[0].properties.notification_endpoint#revocation"


def flows(nodes):
    return {link.id: link for link in nodes.read().links if link.hub is not None}


def test_the_key_managers_reports_must_arrive_on_its_event_hub(nodes):
    found = flows(nodes)
    assert list(found) == [FLOW]
    link = found[FLOW]
    assert (link.to, link.host, link.port) == ("cp", "cp.wso2.com", 9443)
    assert link.hub == ("cp.wso2.com", 5672)
    assert (link.credentials.username, link.hub_credentials.username) == ("admin", "admin")
    [ask] = link.asks
    assert ask.path == "/internal/data/v1/notify"
    assert not link.at_start


def test_each_hub_must_be_reached(nodes):
    endpoints = '["tcp://cp.wso2.com:5672", "tcp://localhost:5673"]'
    nodes.edit("km", '["tcp://cp.wso2.com:5672"]', endpoints)
    found = {id_: link.hub for id_, link in flows(nodes).items()}
    assert found == {FLOW: ("cp.wso2.com", 5672), f"{FLOW}[1]": ("localhost", 5673)}


def test_without_a_key_manager_the_control_plane_owns_the_tokens(lone):
    lone.write(
        "cp",
        '[server]\nserver_role = "control-plane"\noffset = 1\n'
        "[[event_listener]]\n[event_listener.properties]\n"
        'notification_endpoint = "https://cp:9444/internal/data/v1/notify"\n',
    )
    lone.write(
        "gw",
        '[server]\nserver_role = "gateway-worker"\n'
        "[[event_listener]]\n[event_listener.properties]\n"
        'notification_endpoint = "https://cp:9444/internal/data/v1/notify"\n',
    )
    [link] = flows(lone).values()
    assert (link.node, link.hub) == ("cp", ("cp", 5673))


def test_beside_a_key_manager_the_control_planes_own_listener_is_no_flow(nodes):
    assert [link.node for link in flows(nodes).values()] == ["km"]
    assert "event_listener" in nodes.text("cp")


def test_the_flow_goes_with_its_own_login_to_a_hub_that_has_another(nodes):
    nodes.edit("km", 'username = "${admin.username}"', 'username = "reporter"')
    link = flows(nodes)[FLOW]
    assert (link.credentials.username, link.hub_credentials.username) == ("reporter", "admin")
