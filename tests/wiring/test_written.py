"""The links of the default topology and of files in every other form."""

from pathlib import Path

import pytest

from lab.products.facts import Protocol
from lab.wiring.link import Position

SAMPLES = Path(__file__).parent / "samples"

HUB = [
    ("cp", 9443, "https", "apim.event_hub.service_url"),
    ("cp", 5672, "amqp", "apim.event_hub.event_listening_endpoints"),
    ("cp", 9611, "binary", "apim.event_hub.publish.url_group.urls"),
    ("cp", 9711, "binary+tls", "apim.event_hub.publish.url_group.auth_urls"),
]
THROTTLING = [
    ("tm", 9443, "https", "apim.throttling.service_url"),
    ("tm", 5672, "amqp", "apim.throttling.throttle_decision_endpoints"),
    ("tm", 9611, "binary", "apim.throttling.url_group.traffic_manager_urls"),
    ("tm", 9711, "binary+tls", "apim.throttling.url_group.traffic_manager_auth_urls"),
]
NOTIFY = [("cp", 9443, "https", "event_listener.properties.notification_endpoint")]
KEY_MANAGER = [("km", 9443, "https", "apim.key_manager.service_url")]
DATABASES = [
    ("db", 3306, "mysql", "database.apim_db"),
    ("db", 3306, "mysql", "database.shared_db"),
]
ENVIRONMENT = [
    ("gw", 9443, "https", "apim.gateway.environment.service_url"),
    ("gw", 9099, "ws", "apim.gateway.environment.ws_endpoint"),
    ("gw", 8099, "wss", "apim.gateway.environment.wss_endpoint"),
    ("gw", 8280, "http", "apim.gateway.environment.http_endpoint"),
    ("gw", 8243, "https", "apim.gateway.environment.https_endpoint"),
]
REVOCATION = [("cp", 9443, "revocation", "event_listener.properties.notification_endpoint")]
# The document's table of connections, node by node.
EXPECTED = {
    "gw": [*KEY_MANAGER, *THROTTLING, *NOTIFY, *HUB],
    "cp": [*DATABASES, *KEY_MANAGER, *ENVIRONMENT, *THROTTLING, *NOTIFY, *HUB],
    "tm": HUB,
    "km": [*DATABASES, *NOTIFY, *HUB, *REVOCATION],
}


@pytest.mark.parametrize("node", EXPECTED)
def test_the_documents_table_of_connections_comes_out_of_its_samples(nodes, node):
    found = [
        (link.to, link.port, link.protocol.value, link.key)
        for link in nodes.read().links
        if link.node == node
    ]
    assert sorted(found) == sorted(EXPECTED[node])


def test_every_link_leads_to_a_host_of_the_plan_and_says_where_it_stands(nodes):
    for link in nodes.read().links:
        lines = nodes.text(link.node).split("\n")
        assert link.host in lines[link.source.line - 1]
        assert link.source.file == f"{link.node}/deployment.toml"
        assert link.host == nodes.plan.holder_of(link.host) + ".wso2.com"
        assert link.default_of == ""
        assert link.why


def test_ids_are_unique_and_name_the_element(nodes):
    ids = [link.id for link in nodes.read().links]
    assert len(ids) == len(set(ids))
    assert "gw/apim.throttling.url_group[0].traffic_manager_urls[0]" in ids
    assert "cp/apim.gateway.environment[0].ws_endpoint" in ids
    assert "km/database.apim_db" in ids


def test_credentials_are_the_effective_ones_at_the_line_where_they_stand(nodes):
    for link in nodes.read().links:
        if link.protocol is Protocol.MYSQL:
            assert (link.credentials.username, link.credentials.password) == ("root", "root")
        elif link.credentials:
            assert (link.credentials.username, link.credentials.password) == ("admin", "admin")
            line = nodes.text(link.node).split("\n").index('password = "admin"') + 1
            assert link.credentials.password_at == Position(link.source.file, line)


def test_a_password_never_shows_in_a_links_repr(nodes):
    nodes.edit("gw", 'password = "admin"', 'password = "hush-hush"')
    wiring = nodes.read()
    assert wiring.link("gw/apim.event_hub.service_url").credentials.password == "hush-hush"
    assert "hush-hush" not in repr(wiring)


def test_the_data_publishers_url_knows_its_login(nodes):
    link = nodes.read().link("gw/apim.throttling.url_group[0].traffic_manager_urls[0]")
    assert link.login_url == "ssl://tm.wso2.com:9711"


def test_a_group_without_login_urls_has_none_as_the_templates_make_an_empty_group_of_it(nodes):
    nodes.edit("gw", 'traffic_manager_auth_urls = ["ssl://tm.wso2.com:9711"]', "")
    wiring = nodes.read()
    link = wiring.link("gw/apim.throttling.url_group[0].traffic_manager_urls[0]")
    assert link.login_url == ""
    assert [finding.code for finding in wiring.findings] == ["LAB0107"]


def asks_of(nodes, link_id):
    return [(ask.method, ask.path, ask.expect) for ask in nodes.read().link(link_id).asks]


def test_each_https_link_asks_what_its_node_would(nodes):
    assert asks_of(nodes, "gw/apim.key_manager.service_url") == [
        ("GET", "/oauth2/token/.well-known/openid-configuration", (200,)),
        ("POST", "/oauth2/introspect", (200,)),
    ]
    assert asks_of(nodes, "tm/apim.event_hub.service_url") == [
        ("GET", "/internal/data/v1/block", (200,))
    ]
    assert asks_of(nodes, "gw/apim.throttling.service_url") == [
        ("GET", "/services/Version", (200,))
    ]
    assert asks_of(nodes, "cp/apim.gateway.environment[0].https_endpoint") == [
        ("GET", "/", (200, 404))
    ]
    assert asks_of(nodes, "cp/apim.gateway.environment[0].ws_endpoint") == [
        ("GET", "/health", (200,))
    ]


def test_the_hubs_url_is_cut_at_services_as_the_product_cuts_it(nodes):
    nodes.edit("tm", "cp.wso2.com:9443/services/", "cp.wso2.com:9443/proxy/services/x")
    assert asks_of(nodes, "tm/apim.event_hub.service_url") == [
        ("GET", "/proxy/internal/data/v1/block", (200,))
    ]


def test_the_notify_ask_carries_the_nodes_own_header_and_login(nodes):
    [ask] = nodes.read().link("km/event_listener[0].properties.notification_endpoint").asks
    assert (ask.method, ask.path, ask.body) == ("POST", "/internal/data/v1/notify", "{}")
    assert ask.authenticated
    assert ("X-WSO2-KEY-MANAGER", "default") in ask.headers


def test_the_name_of_the_role_gives_the_reason(nodes):
    wiring = nodes.read()
    assert (
        wiring.link("gw/apim.throttling.throttle_decision_endpoints[0]").why
        == "subscribes to throttle decisions"
    )
    assert "unused" in wiring.link("cp/apim.throttling.throttle_decision_endpoints[0]").why
    assert "unused" in wiring.link("gw/event_listener[0].properties.notification_endpoint").why


def test_a_switch_that_the_role_sets_leaves_a_link_unused_until_the_file_sets_it(nodes):
    link_id = "cp/apim.throttling.url_group[0].traffic_manager_urls[0]"
    assert "unused" not in nodes.read().link(link_id).why
    nodes.edit("cp", "enable_data_publishing = true\n", "")
    assert nodes.read().link(link_id).why.endswith("unused: enable_data_publishing is off")


def test_localhost_and_the_nodes_own_name_lead_to_itself(nodes):
    nodes.edit(
        "cp", '["tcp://cp.wso2.com:5672"]', '["tcp://localhost:5672", "tcp://CP.wso2.com:5672"]'
    )
    wiring = nodes.read()
    for index in (0, 1):
        assert wiring.link(f"cp/apim.event_hub.event_listening_endpoints[{index}]").to == "cp"


def test_a_host_that_nobody_has_is_a_link_to_nobody(nodes):
    nodes.edit("tm", '"tcp://cp.wso2.com:5672"', '"tcp://cp2.wso2.com:5672"')
    link = nodes.read().link("tm/apim.event_hub.event_listening_endpoints[0]")
    assert (link.to, link.host, link.at_start) == (None, "cp2.wso2.com", False)


def test_a_url_under_an_unknown_key_is_a_link_of_unknown_protocol(lone):
    lone.write(
        "n", '[apim.made_up]\npeer = "https://Some.example:1234/x"\ntext = "see http://a b"\n'
    )
    [link] = lone.read().links
    assert (link.id, link.protocol, link.host, link.port, link.why) == (
        "n/apim.made_up.peer",
        Protocol.UNKNOWN,
        "Some.example",
        1234,
        "unknown key",
    )


def test_names_that_look_like_urls_and_are_never_dialled_are_no_links(lone):
    lone.write(
        "n",
        '[server]\nbase_path = "https://x:1"\n[apim.cors]\nallow_origins = ["https://a.example"]\n'
        '[apim.jwt]\nclaim_dialect = "http://wso2.org/claims"\n'
        '[apim.devportal]\nurl = "https://portal.example/devportal"\n',
    )
    assert lone.read().links == ()


def test_a_block_that_is_switched_off_dials_nobody(lone):
    lone.write(
        "n",
        '[apim.analytics]\nenable = false\nconfig_endpoint = "https://localhost:8080/auth/v1"\n'
        '[apim.event_hub]\nenable = false\nservice_url = "https://x:9443/services/"\n'
        "[[event_listener]]\nenable = false\n"
        '[event_listener.properties]\nnotification_endpoint = "https://x:9443/y"\n'
        '[user_store]\ntype = "database"\nconnection_url = "ldap://x:10389"\n',
    )
    assert lone.read().links == ()


def test_embedded_databases_are_no_links(lone):
    lone.write(
        "n",
        '[database.apim_db]\ntype = "h2"\nurl = "jdbc:h2:./repository/database/DB;A=TRUE"\n'
        '[database.local]\nurl = "jdbc:h2:./repository/database/CARBON"\n',
    )
    assert lone.read().links == ()


def test_a_database_is_read_from_its_url_as_from_its_parts(lone):
    lone.write("all", (SAMPLES / "every_key.toml").read_text(encoding="utf-8"))
    wiring = lone.read()
    parts, url = wiring.link("all/database.apim_db"), wiring.link("all/database.shared_db")
    assert (parts.host, parts.port, parts.database) == ("apim-db.example", 3307, "apim_db")
    assert (url.host, url.port, url.database) == ("shared-db.example", 3308, "shared_db")
    assert (parts.use_tls, url.use_tls) == (True, False)
    assert parts.validation_query == url.validation_query == "SELECT 1"
    assert (url.credentials.username, url.credentials.password) == ("shared", "shared")


def test_a_database_with_several_servers_is_a_link_to_each(lone):
    url = "jdbc:mysql:replication://a.example,b.example:3310/x"
    lone.write("n", f'[database.user]\nurl = "{url}"\nvalidationQuery = "SELECT 2"\n')
    found = [(link.id, link.host, link.port) for link in lone.read().links]
    assert found == [
        ("n/database.user[0]", "a.example", 3306),
        ("n/database.user[1]", "b.example", 3310),
    ]
    assert lone.read().links[0].validation_query == "SELECT 2"


def test_other_servers_than_mysql_are_links_of_a_plain_connection(lone):
    lone.write(
        "n",
        '[database.apim_db]\ntype = "postgre"\nurl = "jdbc:postgresql://pg.example/apim"\n'
        '[database.shared_db]\nurl = "jdbc:oracle:thin:@//ora.example:1522/sid"\n',
    )
    found = [(link.host, link.port, link.protocol.value) for link in lone.read().links]
    assert found == [("pg.example", 5432, "tcp"), ("ora.example", 1522, "tcp")]


def test_raw_groups_and_factories_win_over_the_tidy_keys(lone):
    lone.write("raw", (SAMPLES / "raw_groups.toml").read_text(encoding="utf-8"))
    found = [(link.id, link.host, link.port, link.login_url) for link in lone.read().links]
    key = "raw/apim.throttling.receiver"
    assert found == [
        (f"{key}_url[0]", "one.example", 9611, "ssl://one.example:9711"),
        (f"{key}_url[1]", "two.example", 9612, "ssl://two.example:9712"),
        (f"{key}_url[2]", "three.example", 9613, "ssl://three.example:9713"),
        (f"{key}_auth_url[0]", "one.example", 9711, ""),
        (f"{key}_auth_url[1]", "two.example", 9712, ""),
        (f"{key}_auth_url[2]", "three.example", 9713, ""),
        ("raw/apim.throttling.jms.topic_connection_factory[0]", "four.example", 5673, ""),
        ("raw/apim.throttling.jms.topic_connection_factory[1]", "five.example", 5674, ""),
    ]
    factory = lone.read().links[-1]
    assert (factory.credentials.username, factory.credentials.password) == ("jms", "secret")
    assert "secret" not in factory.url


def test_a_broker_over_tls_is_a_plain_connection_because_its_tls_is_too_old_to_probe(nodes):
    nodes.edit("gw", '["tcp://tm.wso2.com:5672"]', '["tcp://tm.wso2.com:8672"]')
    nodes.append("gw", "\n[apim.throttling.jms]\nssl = true\n")
    wiring = nodes.read()
    link = wiring.link("gw/apim.throttling.throttle_decision_endpoints[0]")
    assert link.protocol is Protocol.TCP
    assert wiring.findings == ()


def test_directories_are_asked_over_ldap_or_ldaps(lone):
    lone.write("all", (SAMPLES / "every_key.toml").read_text(encoding="utf-8"))
    wiring = lone.read()
    plain = wiring.link("all/user_store.connection_url")
    tls = wiring.link("all/user_store.properties.ConnectionURL")
    assert (plain.protocol, plain.port, plain.use_tls) == (Protocol.LDAP, 10389, False)
    assert (tls.protocol, tls.port, tls.use_tls) == (Protocol.LDAP, 636, True)
    assert plain.credentials.username == "uid=admin,ou=system"


@pytest.mark.parametrize("value", ["nonsense", "https://", "https://[host]:9443/", "tcp://h:x"])
def test_a_value_that_is_no_url_is_a_link_all_the_same(nodes, value):
    nodes.edit("gw", "https://km.wso2.com:9443/services/", value)
    link = nodes.read().link("gw/apim.key_manager.service_url")
    assert link.protocol is Protocol.UNKNOWN or link.port == 0
