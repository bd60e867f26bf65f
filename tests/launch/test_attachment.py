"""Who was taken off a network that the plan puts them on, and how they come back."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from lab.launch.attachment import attach, networks_of, off_network
from lab.launch.seen import SeenContainer
from lab.plan.model import PlannedMachine, PlannedSubnet
from tests.diagnosis.cluster import planned

PLAN = planned()
SUBNET = PlannedSubnet(
    "lab-x-net", IPv4Network("10.9.0.0/24"), "10.9.0.1", "10.9.0.2", {"lab-x-gw": "10.9.0.7"}
)
FIXED = replace(PLAN, subnets=(SUBNET,))
ON = {"lab-x": ("gw.wso2.com", "1f2e3d")}


def seen(name: str, **networks: tuple[str, ...]) -> SeenContainer:
    named = {key.replace("_", "-"): names for key, names in networks.items()}
    return SeenContainer(name, f"lab-x-{name}", {}, "running", networks=named)


class Engine:
    """Notes what is asked of its networks."""

    in_swarm = False

    def __init__(self, container: SeenContainer) -> None:
        self._container = container
        self.asked: list[tuple[object, ...]] = []

    def inspect(self, name: str) -> SeenContainer:
        assert name == self._container.name
        return self._container

    def join(self, *words: object) -> None:
        self.asked.append(("join", *words))

    def leave(self, *words: object) -> None:
        self.asked.append(("leave", *words))


def test_a_member_stands_in_the_labs_network_and_at_its_fixed_addresses() -> None:
    assert networks_of(FIXED, "lab-x-gw") == {"lab-x": "", "lab-x-net": "10.9.0.7"}
    assert networks_of(FIXED, "lab-x-cp") == {"lab-x": ""}


def test_a_member_is_off_each_network_that_doesnt_show_it() -> None:
    listed = [seen("cp", lab_x=()), seen("gw", lab_x=()), seen("km")]
    assert off_network(FIXED, listed) == {"gw": ("lab-x-net",), "km": ("lab-x",)}


def test_who_shares_a_machine_is_off_the_network_with_it() -> None:
    machine = PlannedMachine("lab-x-cp-machine", "cp", ("cp.wso2.com",), (), ("cp", "tm"))
    nodes = tuple(
        replace(node, machine=machine.container) if node.name in machine.members else node
        for node in PLAN.nodes
    )
    plan = replace(PLAN, nodes=nodes, machines=(machine,))
    off = {"cp": ("lab-x",), "tm": ("lab-x",)}
    assert off_network(plan, [seen("cp-machine"), seen("cp"), seen("tm")]) == off
    engine = Engine(seen("cp-machine"))
    assert attach(engine, plan, "tm")
    assert engine.asked == [("join", "lab-x", machine.container, "", machine.aliases)]


@pytest.mark.parametrize(
    ("networks", "asked"),
    [
        ({"lab_x": ON["lab-x"]}, []),
        ({}, [("join", "lab-x", "lab-x-gw", "", ("gw.wso2.com",))]),
        (
            {"lab_x": ("1f2e3d",)},
            [
                ("leave", "lab-x", "lab-x-gw"),
                ("join", "lab-x", "lab-x-gw", "", ("gw.wso2.com",)),
            ],
        ),
    ],
    ids=["on it", "off it", "on it by no name of its own"],
)
def test_a_member_comes_back_by_its_names(
    networks: dict[str, tuple[str, ...]], asked: list[tuple[object, ...]]
) -> None:
    engine = Engine(seen("gw", **networks))
    assert attach(engine, PLAN, "gw") == bool(asked)
    assert engine.asked == asked


def test_a_member_comes_back_at_its_fixed_address() -> None:
    engine = Engine(seen("gw", lab_x=ON["lab-x"]))
    assert attach(engine, FIXED, "gw")
    assert engine.asked == [("join", "lab-x-net", "lab-x-gw", "10.9.0.7", ())]
