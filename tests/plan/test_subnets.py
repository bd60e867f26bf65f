from ipaddress import IPv4Address

import pytest

from lab.errors import UsageError
from lab.plan.subnets import planned_subnets

DIALLERS = ["a", "b", "c", "prober"]


def test_addresses_of_one_site_share_the_smallest_network_that_holds_them() -> None:
    (near,) = planned_subnets("lab-x", DIALLERS, {"a": ["10.0.0.5"], "b": ["10.0.0.9"]}, "x.toml")
    (far,) = planned_subnets("lab-x", DIALLERS, {"a": ["10.0.0.5"], "b": ["10.0.0.200"]}, "x.toml")
    assert (str(near.subnet), str(far.subnet)) == ("10.0.0.0/27", "10.0.0.0/24")


def test_sites_have_networks_of_their_own() -> None:
    subnets = planned_subnets("lab-x", DIALLERS, {"a": ["10.0.0.5"], "db": ["192.168.7.9"]}, "x")
    assert [(one.name, str(one.subnet)) for one in subnets] == [
        ("lab-x-1", "10.0.0.0/27"),
        ("lab-x-2", "192.168.7.0/27"),
    ]


@pytest.mark.parametrize("address", [f"10.0.0.{last}" for last in (1, 30, 31, 32, 64)])
def test_nobody_gets_an_address_twice_and_none_is_at_an_edge(address: str) -> None:
    (one,) = planned_subnets("lab-x", DIALLERS, {"a": [address]}, "x")
    given = [*one.addresses.values(), one.bridge, one.gateway]
    assert one.addresses["a"] == address
    assert set(one.addresses) == set(DIALLERS)
    assert len(set(given)) == len(given)
    edges = {one.subnet.network_address, one.subnet.broadcast_address}
    assert all(IPv4Address(each) in one.subnet for each in given)
    assert edges.isdisjoint(map(IPv4Address, given))


def test_many_containers_get_a_wider_network() -> None:
    (one,) = planned_subnets("lab-x", [f"n{i}" for i in range(60)], {"n1": ["10.0.0.5"]}, "x")
    assert one.subnet.num_addresses >= 64


def test_two_addresses_of_one_container_in_one_network_are_refused() -> None:
    with pytest.raises(UsageError, match="two addresses in one network"):
        planned_subnets("lab-x", DIALLERS, {"a": ["10.0.0.5", "10.0.0.6"]}, "x")


def test_a_lab_without_addresses_has_no_further_network() -> None:
    assert planned_subnets("lab-x", DIALLERS, {}, "x") == ()
