"""Which host is whose, by names alone."""

from types import SimpleNamespace
from typing import Any

import pytest

from lab.importing.matching import by_name, each_by_name, in_order, most_alike


def nodes(*names: str) -> Any:
    return [SimpleNamespace(name=name) for name in names]


def matched(found: Any) -> dict[str, str]:
    return {host: node.name for host, node in found.items()}


@pytest.mark.parametrize(
    ("host", "node"),
    [("cp-1.acme.com", "cp-1"), ("cp1", "east-cp-1"), ("acme-cp-1.acme.com", "cp-1")],
)
def test_a_host_is_the_node_s_where_one_name_ends_with_the_other(host: str, node: str) -> None:
    assert matched(by_name({}, [host], nodes(node, "gw"))) == {host: node}


@pytest.mark.parametrize("host", ["10.1.1.1", "_", "tm.acme.com"])
def test_a_host_without_a_name_in_common_is_nobody_s(host: str) -> None:
    assert by_name({}, [host], nodes("cp", "gw-1")) == {}


def test_a_host_that_could_be_two_nodes_is_nobody_s() -> None:
    assert by_name({}, ["gw.acme.com"], nodes("east-gw", "west-gw")) == {}


def test_hosts_called_as_nodes_are_count_where_each_node_has_one() -> None:
    hosts: Any = {"acme-gw-1": [], "acme-gw-2": [], "api.acme.com": []}
    assert set(each_by_name(hosts, nodes("gw-1", "gw-2"))) == {"acme-gw-1", "acme-gw-2"}
    assert not each_by_name(hosts, nodes("gw-1", "gw-2", "gw-3"))
    assert not each_by_name(hosts, nodes("gw-1"))


def test_addresses_are_ordered_by_their_numbers() -> None:
    hosts = ["10.0.0.10", "10.0.0.9"]
    found = in_order({}, hosts, nodes("cp-1", "cp-2"))
    assert matched(found) == {"10.0.0.9": "cp-1", "10.0.0.10": "cp-2"}
    assert in_order({}, hosts, nodes("cp-1")) == {}


@pytest.mark.parametrize(
    ("host", "node"),
    [
        ("wso2apim-gateway-service", "apim-gateway"),
        ("wso2apim-pubstore-tm-2.wso2.svc", "apim-pubstore-tm-2"),
        ("gateway.acme.com", "apim-gateway"),
        ("wso2apim-service", None),
        ("apim", None),
        ("pubstore", None),
        ("other-2", None),
        ("10.1.1.2", None),
    ],
)
def test_whole_words_single_out_a_node(host: str, node: str | None) -> None:
    several = nodes("apim-gateway", "apim-pubstore-tm-1", "apim-pubstore-tm-2")
    found = most_alike(host, several)
    assert (found.name if found else None) == node


def test_of_one_node_alone_no_word_tells_anything() -> None:
    assert most_alike("apim-gateway-service", nodes("apim-gateway")) is None
    assert most_alike("apim-gateway-service", []) is None
