import pytest

from lab.plan.fault import ActiveFault, Fault, FaultKind


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(FaultKind.CUT, "gw", "cp"), "packets between gw and cp vanish"),
        (Fault(FaultKind.CUT, "gw", "cp", 5672), "packets from gw to cp:5672 vanish"),
        (Fault(FaultKind.REFUSE, "gw", "cp"), "connections between gw and cp are refused"),
        (Fault(FaultKind.SLOW, "gw", "cp", 0, 40), "answers of cp to gw come 40 ms late"),
        (Fault(FaultKind.CERTIFICATE, "cp"), "cp shows a certificate that nobody trusts"),
        (Fault(FaultKind.STOP, "db"), "db is stopped"),
    ],
)
def test_a_fault_says_what_it_does(fault: Fault, said: str) -> None:
    assert str(fault) == said


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_is_the_same_after_its_way_through_a_label(kind: FaultKind) -> None:
    fault = Fault(kind, "gw", "cp", 9443, 7)
    assert Fault.from_json(fault.to_json()) == fault


def test_a_fault_in_force_is_told_with_its_number_and_kind() -> None:
    active = ActiveFault(3, Fault(FaultKind.PAUSE, "tm"), scoped=True, owner="")
    assert str(active) == "fault 3 (pause): tm is paused"
