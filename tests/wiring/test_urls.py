"""Addresses out of values."""

import pytest

from lab.wiring.urls import (
    looks_like_url,
    parse_factory,
    parse_groups,
    parse_url,
    without_secrets,
)


@pytest.mark.parametrize(
    ("text", "scheme", "host", "port", "path"),
    [
        ("https://cp.wso2.com:9443/services/", "https", "cp.wso2.com", 9443, "/services/"),
        ("https://cp.wso2.com/services/", "https", "cp.wso2.com", 443, "/services/"),
        ("HTTP://Gw:8280", "http", "Gw", 8280, ""),
        ("tcp://tm:5672?retries='5'", "tcp", "tm", 5672, ""),
        ("ssl://10.0.0.7:9711", "ssl", "10.0.0.7", 9711, ""),
        ("wss://[fd00::7]:8099/x?y#z", "wss", "fd00::7", 8099, "/x"),
        (" ldap://dir ", "ldap", "dir", 389, ""),
        ("tcp://tm", "tcp", "tm", 0, ""),
        ("tcp://tm:five", "tcp", "tm", 0, ""),
        ("tcp://tm:99999", "tcp", "tm", 99999, ""),
    ],
)
def test_a_url_gives_its_address(text, scheme, host, port, path):
    address = parse_url(text)
    assert (address.scheme, address.host, address.port, address.path) == (scheme, host, port, path)


@pytest.mark.parametrize(
    ("text", "usable"), [("tcp://a:1", True), ("tcp://a:99999", False), ("tcp://a", False)]
)
def test_a_port_is_usable_when_a_connection_can_be_tried(text, usable):
    assert parse_url(text).port_is_usable is usable


@pytest.mark.parametrize(
    "text",
    [
        "https://me:secret@host:1/x",
        "https://host:1/x?password=secret",
        "https://host:1/x#secret",
    ],
)
def test_secrets_never_stay_in_a_url(text):
    assert parse_url(text).url == "https://host:1/x"


@pytest.mark.parametrize(
    "text",
    [
        "https://me:secret@[host]:9443/",
        "https://me:se@cret@[host]/",
        "jdbc:mysql://host/x?user=me&password=secret",
        "jdbc:sqlserver://host;password=secret",
        "mysql://me:se@cr/et@host:3306/x",
        "oracle:thin:me/secret@host:1521/x",
        "db2://host:50000/x:password=secret;user=me;",
        "jdbc:mysql:(host=host,password=secret)/x",
    ],
)
def test_secrets_never_stay_in_what_is_no_url(text):
    assert "cret" not in without_secrets(text)
    assert "host" in without_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost:9443",
        "https://",
        "https://[control-plane-host]:9443/",
        "https://[::::]:9443/",
        "://x",
        "a b",
    ],
)
def test_what_is_no_url_gives_no_address(text):
    assert parse_url(text) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://x", True),
        ("{tcp://x:1}", True),
        ("jdbc:mysql://x/y", True),
        ("see https://x", False),
        ("(http|https)://x", False),
        ("jdbc:h2:./x", False),
    ],
)
def test_only_a_value_that_is_a_url_as_a_whole_looks_like_one(text, is_one):
    assert looks_like_url(text) is is_one


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("tcp://a:1", (("tcp://a:1",),)),
        ("tcp://a:1,tcp://b:2", (("tcp://a:1", "tcp://b:2"),)),
        ("{tcp://a:1},{tcp://b:2|tcp://c:3}", (("tcp://a:1",), ("tcp://b:2", "tcp://c:3"))),
        (" { tcp://a:1 , tcp://b:2 } ", (("tcp://a:1", "tcp://b:2"),)),
    ],
)
def test_receiver_groups_follow_the_agents_grammar(text, groups):
    assert parse_groups(text) == groups


def test_a_factory_gives_its_brokers_and_login():
    brokers = parse_factory(
        "amqp://u!x:p@clientid/carbon?failover='roundrobin'%26brokerlist="
        "'tcp://a:5672?retries='5'%26connectdelay='50';ssl://b:8672;'"
    )
    assert brokers.urls == ("tcp://a:5672", "ssl://b:8672")
    assert (brokers.username, brokers.password) == ("u!x", "p")


def test_a_login_is_decoded_as_java_does():
    text = "amqp://adm%21n:a%2Bb+c@clientid/carbon?brokerlist='tcp://localhost:5672'"
    found = parse_factory(text)
    assert (found.username, found.password) == ("adm!n", "a+b+c")
