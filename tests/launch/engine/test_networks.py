from ipaddress import IPv4Network
from typing import Any

import pytest

from lab.launch.engine import Engine


class Api:
    """A client that takes down what network it is to make."""

    def __init__(self, api_version: str) -> None:
        self.api_version = api_version
        self.asked: dict[str, Any] = {}

    def create_network(self, name: str, **asked: Any) -> dict[str, str]:
        self.asked = {"name": name, **asked}
        return {"Id": "net"}


def made(api_version: str, dead_end: str) -> tuple[bool, dict[str, Any]]:
    """Give whether the network is internal, and its pool of addresses."""
    api = Api(api_version)
    subnet = IPv4Network("10.0.0.0/28")
    Engine(api, api, is_here=True).create_network("lab-x", subnet, {}, dead_end=dead_end)
    (pool,) = api.asked["ipam"]["Config"]
    return api.asked["internal"], pool


def test_a_closed_network_leads_its_containers_to_nobody() -> None:
    internal, pool = made("1.43", "10.0.0.14")
    assert internal
    assert pool["AuxiliaryAddresses"] == {"DefaultGatewayIPv4": "10.0.0.14"}


@pytest.mark.parametrize("api_version", ["1.44", "1.51"])
def test_an_engine_that_gives_no_gateway_in_a_closed_network_is_told_none(api_version: str) -> None:
    assert made(api_version, "10.0.0.14") == (True, {"Subnet": "10.0.0.0/28"})


def test_an_open_network_has_the_engines_gateway() -> None:
    assert made("1.41", "") == (False, {"Subnet": "10.0.0.0/28"})
