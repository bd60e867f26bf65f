from dataclasses import replace

import pytest

from lab.errors import LabError
from lab.launch.faults.possible import fault_on, require_possible, tls_ports
from lab.plan.fault import Fault, FaultKind
from tests.diagnosis.cluster import BY_ID, planned

PLAN = planned()


def refused(fault: Fault) -> str:
    with pytest.raises(LabError) as caught:
        require_possible(PLAN, fault)
    (problem,) = caught.value.problems
    return f"{problem.what}; {problem.mend}"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.CUT, "gw", "cp"),
        Fault(FaultKind.REFUSE, "gw", "gw", 9443),
        Fault(FaultKind.SLOW, "cp", "db", 3306, 200),
        Fault(FaultKind.ISOLATE, "db"),
        Fault(FaultKind.CERTIFICATE, "tm", port=9711),
        Fault(FaultKind.PASSWORD, "db"),
        Fault(FaultKind.PASSWORD, "km"),
    ],
    ids=str,
)
def test_what_a_lab_can_have(fault: Fault) -> None:
    require_possible(PLAN, fault)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(FaultKind.CUT, "gww", "cp"), "no node `gww`; is it gw?"),
        (Fault(FaultKind.CUT, "gw", ""), "no node ``"),
        (Fault(FaultKind.CUT, "gw", "gw"), "gw can't be cut from itself; name one port"),
        (Fault(FaultKind.SLOW, "gw", "cp"), "answers can't come early"),
        (Fault(FaultKind.CERTIFICATE, "db"), "db begins no connection with TLS"),
        (Fault(FaultKind.CERTIFICATE, "tm", port=5672), "tm:5672 begins no connection with TLS"),
    ],
)
def test_what_a_lab_cant_have_is_said_before_anything_is_touched(fault: Fault, said: str) -> None:
    assert refused(fault).startswith(said)


def test_members_of_one_machine_can_be_cut_from_each_other_at_one_port_alone() -> None:
    nodes = tuple(replace(node, machine="lab-x-box") for node in PLAN.nodes)
    plan = replace(PLAN, nodes=nodes)
    with pytest.raises(LabError, match="can't be cut from cp, with which it shares a machine"):
        require_possible(plan, Fault(FaultKind.CUT, "gw", "cp"))
    require_possible(plan, Fault(FaultKind.CUT, "gw", "cp", 9443))
    require_possible(plan, Fault(FaultKind.CUT, "gw", "db"))


def test_a_real_nodes_password_lies_in_its_database_and_is_refused() -> None:
    nodes = tuple(replace(node, kind="image:wso2am") for node in PLAN.nodes)
    with pytest.raises(LabError, match="keeps its super admin in the database"):
        require_possible(replace(PLAN, nodes=nodes), Fault(FaultKind.PASSWORD, "km"))


def test_a_certificate_is_shown_at_every_port_that_begins_with_tls() -> None:
    assert {9443, 9711} <= set(tls_ports(PLAN, Fault(FaultKind.CERTIFICATE, "tm")))
    assert 5672 not in tls_ports(PLAN, Fault(FaultKind.CERTIFICATE, "tm"))


def test_a_links_fault_is_its_diallers_towards_its_host_and_port() -> None:
    link = BY_ID["gw/hub.listen"]
    assert fault_on(link) == Fault(FaultKind.CUT, "gw", "cp", 5672)
    assert fault_on(link, FaultKind.SLOW, delay=5) == Fault(FaultKind.SLOW, "gw", "cp", 5672, 5)


def test_a_link_of_this_machine_or_to_nobody_cant_be_hit() -> None:
    link = BY_ID["gw/hub.listen"]
    with pytest.raises(LabError, match="dialled by this machine itself"):
        fault_on(replace(link, node="host"))
    with pytest.raises(LabError, match="nobody is called"):
        fault_on(replace(link, to=None))
