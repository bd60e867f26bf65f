"""Ways into a lab that publishes none, with a tunnel to a server of the test's own."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.errors import EngineError, Problem
from lab.launch.forwarding import forwarded
from lab.launch.ports import ways
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.topology.read import read_topology

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "km-tm-separated.toml"


class Lab:
    """What is asked for a tunnel; the far end of each is the test's."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []
        self.far: list[socket.socket] = []
        self.is_away = False

    def open_tunnel(self, name: str, host: str, port: int) -> socket.socket:
        if self.is_away:
            raise EngineError(Problem("it is away", host, "wait"))
        near, far = socket.socketpair()
        self.asked.append((name, host, port))
        self.far.append(far)
        return near


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab()
    yield made
    for far in made.far:
        far.close()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(read_topology(TOPOLOGY))


def test_every_port_that_one_engine_publishes_has_a_way_by_each_name(plan: Plan, lab: Lab) -> None:
    with forwarded(plan, lab.open_tunnel) as ports:
        found = ways(plan, ports)
    assert {("cp.wso2.com", 9443), ("gw.wso2.com", 8243)} <= found.keys()
    assert lab.asked == []


def test_a_connection_is_carried_both_ways_and_ends_with_its_other_end(
    plan: Plan, lab: Lab
) -> None:
    with forwarded(plan, lab.open_tunnel) as ports:
        way = ways(plan, ports)["cp.wso2.com", 9443]
        with socket.create_connection(("127.0.0.1", way), 5) as near:
            near.sendall(b"question")
            near.shutdown(socket.SHUT_WR)
            near.settimeout(5)
            while not lab.far:
                pass
            (far,) = lab.far
            far.settimeout(5)
            assert (far.recv(8), far.recv(1)) == (b"question", b"")
            far.sendall(b"answer")
            far.close()
            assert (near.recv(6), near.recv(1)) == (b"answer", b"")
    assert lab.asked == [("cp", "cp.wso2.com", 9443)]


def test_a_lab_that_does_not_answer_closes_the_connection(plan: Plan, lab: Lab) -> None:
    lab.is_away = True
    with forwarded(plan, lab.open_tunnel) as ports:
        way = ways(plan, ports)["gw.wso2.com", 8243]
        with socket.create_connection(("127.0.0.1", way), 5) as near:
            near.settimeout(5)
            assert near.recv(1) == b""
