from ipaddress import IPv4Network
from typing import Any

import pytest

from lab.launch.labels import SWARM
from lab.launch.swarm.engine import SwarmEngine


class Api:
    """A manager's client that takes down what network it is to make."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def create_network(self, name: str, **asked: Any) -> dict[str, str]:
        self.asked = {"name": name, **asked}
        return {"Id": "net"}


@pytest.mark.parametrize(("dead_end", "is_closed"), [("10.0.0.14", True), ("", False)])
def test_the_network_of_a_closed_lab_has_no_way_out(dead_end: str, *, is_closed: bool) -> None:
    api = Api()
    engine = SwarmEngine(api, api, is_here=False)
    engine.manager, engine.names = "m1", {"n1": "m1"}
    subnet = IPv4Network("10.0.0.0/28")
    assert engine.create_network("lab-x", subnet, {}, dead_end=dead_end) == "net"
    assert (api.asked["driver"], api.asked["internal"]) == ("overlay", is_closed)
    assert api.asked["labels"] == {SWARM: "n1=m1"}
    assert api.asked["ipam"]["Config"] == [{"Subnet": "10.0.0.0/28"}]
