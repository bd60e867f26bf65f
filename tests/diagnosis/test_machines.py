"""A machine of a swarm that is lost is one cause, whatever ran there."""

from lab.diagnosis.verdict import LinkVerdict, Verdict
from lab.plan.observed import NodeState, State
from probes.result import Outcome
from tests.diagnosis.cluster import FROM, TO, Seen


def away(*names: str, machine: str = "m2") -> tuple[NodeState, ...]:
    return tuple(NodeState(name, State.UNREACHABLE, machine=machine) for name in names)


def test_a_lost_machine_is_one_cause_with_all_links_of_its_members() -> None:
    failing = TO["cp"] | FROM["cp"] | TO["tm"] | FROM["tm"]
    diagnosis = Seen(dict.fromkeys(failing, Outcome.TIMED_OUT), states=away("cp", "tm")).diagnosis()
    (cause,) = diagnosis.causes
    assert (cause.code, cause.where) == ("LAB0208", "machine m2")
    assert cause.what == "the machine m2 does not answer; on it: cp, tm"
    assert set(cause.explains) == failing
    assert diagnosis.verdict is Verdict.UNHEALTHY
    verdicts = {judged.verdict for judged in diagnosis.links if judged.link.id in failing}
    assert verdicts == {LinkVerdict.SKIPPED}


def test_two_lost_machines_are_two_causes() -> None:
    failing = TO["cp"] | FROM["cp"] | TO["tm"] | FROM["tm"]
    states = away("cp") + away("tm", machine="m1")
    causes = Seen(dict.fromkeys(failing, Outcome.TIMED_OUT), states=states).diagnosis().causes
    assert {cause.where for cause in causes} == {"machine m1", "machine m2"}
