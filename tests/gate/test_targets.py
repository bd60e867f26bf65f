import json

import pytest

from lab.gate.targets import make_target, make_targets
from lab.plan.observed import SchemaState, SchemaVerdict
from lab.products.facts import Ask
from lab.products.facts import Protocol as LinkProtocol
from lab.wiring.link import Credentials
from probes.target import Protocol, target_from_json
from tests.gate.scripted import link


def test_both_protocol_tables_say_the_same() -> None:
    assert [(p.name, p.value) for p in LinkProtocol] == [(p.name, p.value) for p in Protocol]


@pytest.mark.parametrize(
    ("url", "path", "asked"),
    [
        ("https://cp.wso2.com:9443/services/", "Version", "/services/Version"),
        ("https://cp.wso2.com:9443/services", "Version", "/services/Version"),
        ("https://cp.wso2.com:9443/services/", "/internal/data/v1/apis", "/internal/data/v1/apis"),
        ("https://cp.wso2.com:9443/internal/data/v1/notify", "", "/internal/data/v1/notify"),
        ("https://cp.wso2.com:9443", "", "/"),
    ],
)
def test_a_request_goes_where_the_product_would_send_it(url: str, path: str, asked: str) -> None:
    it = link(
        "gw/a", "gw", "cp", LinkProtocol.HTTPS, 9443, url=url, asks=(Ask("GET", path, (200,)),)
    )
    assert [r.path for r in make_target(it, {}, attempt=5).requests] == [asked]


def test_a_request_keeps_all_that_the_link_asks() -> None:
    ask = Ask(
        "POST",
        "/n",
        (200, 204),
        authenticated=True,
        headers=(("X-WSO2-KEY-MANAGER", "default"),),
        body="{}",
        contains="ok",
    )
    (request,) = make_target(
        link("gw/a", "gw", "cp", LinkProtocol.HTTPS, 9443, asks=(ask,)), {}, attempt=5
    ).requests
    assert (request.method, request.expect, request.authenticated) == ("POST", (200, 204), True)
    assert (request.headers, request.body, request.contains) == (ask.headers, "{}", "ok")


def test_a_publish_logs_in_where_its_group_says() -> None:
    it = link("gw/p", "gw", "tm", LinkProtocol.BINARY, 9611, login_url="ssl://tm.wso2.com:9711")
    target = make_target(it, {}, attempt=5)
    assert (target.login_host, target.login_port) == ("tm.wso2.com", 9711)


@pytest.mark.parametrize(
    ("url", "login_url"),
    [("tcp://tm.wso2.com:70000", "ssl://tm.wso2.com:70100"), ("https://[::::]:9443/", "")],
)
def test_a_url_that_leads_nowhere_makes_a_target_all_the_same(url: str, login_url: str) -> None:
    ask = Ask("GET", "", (200,))
    it = link(
        "gw/p", "gw", "tm", LinkProtocol.BINARY, 70000, url=url, login_url=login_url, asks=(ask,)
    )
    assert make_target(it, {}, attempt=5).port == 70000


def test_a_data_receiver_is_spared_where_the_link_says_so() -> None:
    spared = (("tm.wso2.com", 9611, LinkProtocol.BINARY),)
    it = link("gw/a", "gw", "tm", LinkProtocol.AMQP, 9611, spared=spared)
    target = make_target(it, {}, attempt=5)
    assert target.spoken_at("tm.wso2.com", 9611) == "binary"
    assert target.spoken_at("tm.wso2.com", 9711) == ""
    assert target_from_json(json.loads(json.dumps(target.to_json()))) == target


def test_a_flow_listens_on_the_hub_with_the_hubs_credentials() -> None:
    it = link(
        "km/r",
        "km",
        "cp",
        LinkProtocol.REVOCATION,
        9443,
        credentials=Credentials("one", "1"),
        hub=("cp.wso2.com", 5672),
        hub_credentials=Credentials("two", "2"),
    )
    target = make_target(it, {}, attempt=5)
    assert (target.username, target.password) == ("one", "1")
    assert (target.hub_host, target.hub_port) == ("cp.wso2.com", 5672)
    assert (target.hub_username, target.hub_password) == ("two", "2")


def test_a_database_link_expects_the_tables_of_its_own_server() -> None:
    links = [
        link("cp/a", "cp", "db", LinkProtocol.MYSQL, 3306, database="apim_db", use_tls=False),
        link("cp/b", "cp", "other", LinkProtocol.MYSQL, 3306, database="apim_db"),
    ]
    states = [SchemaState("apim_db", "db", 184, 184, SchemaVerdict.COMPLETE)]
    targets = make_targets(links, states, attempt=3)
    assert [targets[i].tables for i in ("cp/a", "cp/b")] == [184, None]
    assert (targets["cp/a"].use_tls, targets["cp/a"].timeout) == (False, 3)


def test_a_database_link_asks_for_the_servers_key_only_as_its_driver_does() -> None:
    url = {"database": "apim_db", "use_tls": False}
    links = [
        link("cp/a", "cp", "db", LinkProtocol.MYSQL, 3306, may_retrieve_key=False, **url),
        link("cp/b", "cp", "db", LinkProtocol.MYSQL, 3306, **url),
    ]
    targets = make_targets(links, [], attempt=3)
    assert [targets[i].may_retrieve_key for i in ("cp/a", "cp/b")] == [False, True]
