"""What a fault becomes in a network namespace, told to an engine that writes it down."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.launch.faults.faults import Faults
from lab.launch.labels import Ownership, Purpose
from lab.launch.ownership import this_process
from lab.launch.seen import Definition, SeenContainer, SeenImage
from lab.plan.fault import Fault, FaultKind
from lab.plan.model import Plan
from tests.diagnosis.cluster import planned

ADDRESSES = {"lab-x-box": ("10.0.0.1", "10.1.0.1"), "lab-x-gw": ("10.0.0.2",)}


class FakeEngine:
    """Runs every container, and keeps what each `nft` was told."""

    def __init__(self) -> None:
        self.workshop = self
        self.rules: list[str] = []

    def inspect(self, name: str) -> SeenContainer:
        return SeenContainer(name, name, {}, "running", addresses=ADDRESSES.get(name, ()))

    def containers(self, _label: str) -> tuple[SeenContainer, ...]:
        return ()

    def image(self, reference: str) -> SeenImage:
        return SeenImage(reference, (), {})

    def bring(self, *_: object, **__: object) -> None:
        pass

    def create(self, wanted: Definition) -> str:
        if wanted.command[0] == "nft":
            self.rules.append(wanted.command[1])
        return wanted.name

    def start(self, _container: str) -> None:
        pass

    def wait(self, _container: str) -> int:
        return 0

    def remove(self, _container: str) -> None:
        pass


@pytest.fixture
def plan() -> Plan:
    """Have all but the gateway on one machine."""
    made = planned()
    nodes = (
        node if node.name == "gw" else replace(node, machine="lab-x-box") for node in made.nodes
    )
    return replace(made, nodes=tuple(nodes))


def rules_of(plan: Plan, fault: Fault) -> str:
    engine = FakeEngine()
    owner = Ownership("x", Purpose.TEST, this_process(), Path("/lab"))
    faults = Faults(engine, plan, owner, start=print, stop=print)  # type: ignore[arg-type]
    faults.make(fault)
    return "".join(engine.rules)


def test_a_member_of_a_machine_is_cut_off_at_the_machine_s_addresses(plan: Plan) -> None:
    rules = rules_of(plan, Fault(FaultKind.CUT, "gw", "cp", 9443))
    assert "ip daddr { 10.0.0.1, 10.1.0.1 } tcp dport 9443 counter drop" in rules


def test_a_machine_s_members_are_cut_from_each_other_at_its_loopback_address_too(
    plan: Plan,
) -> None:
    rules = rules_of(plan, Fault(FaultKind.REFUSE, "km", "cp", 9443))
    assert "ip daddr { 10.0.0.1, 10.1.0.1, 127.0.0.1 } tcp dport 9443" in rules


def test_a_member_with_a_network_of_its_own_keeps_its_addresses(plan: Plan) -> None:
    assert "ip daddr { 10.0.0.2 } counter drop" in rules_of(plan, Fault(FaultKind.CUT, "cp", "gw"))
