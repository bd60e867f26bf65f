"""Verdicts of pairs: one member down is degraded and named, both are unhealthy."""

from pathlib import Path

import pytest

from lab.diagnosis.diagnose import diagnose
from lab.diagnosis.evidence import Evidence
from lab.diagnosis.verdict import Diagnosis, LinkVerdict, Verdict
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.plan.observed import NodeState, State
from lab.products.facts import Protocol
from lab.render.write import render
from lab.topology.read import read_topology
from lab.wiring.link import Link
from lab.wiring.read import Wiring, read_links
from probes.result import Outcome, Phase, Result

TOPOLOGY = Path(__file__).parents[2] / "topologies/ha-all.toml"
PAIRS = [("cp-1", "cp-2"), ("gw-1", "gw-2"), ("tm-1", "tm-2"), ("km-1", "km-2")]
BALANCERS = ("cp-lb", "gw-lb", "tm-lb", "km-lb")


class Seen:
    """What one look at the pairs sees when some members are down."""

    def __init__(self, plan: Plan, wiring: Wiring) -> None:
        self.plan = plan
        self.links = wiring.links
        self.answer = ""  # what the links say that are given an outcome by hand

    def with_down(self, *down: str, state: State = State.EXITED, **more: Outcome) -> Diagnosis:
        nodes = tuple(
            NodeState(one.name, state, exit_code=0)
            if one.name in down
            else NodeState(one.name, State.RUNNING)
            for one in self.plan.members
        )
        results = {link.id: self._result(link, down) for link in self.links}
        results |= {
            link.id: Result(link.id, outcome, {Phase.TCP: 1.0}, seen=self.answer)
            for link in self.links
            for word, outcome in more.items()
            if word in link.id
        }
        return diagnose(Evidence(self.plan, self.links, results, nodes, (), ()))

    def _result(self, link: Link, down: tuple[str, ...]) -> Result:
        if link.node in down:
            return Result(link.id, Outcome.NO_VANTAGE)
        balancer = self.plan.balancer(link.to)
        if link.to in down or (link.hub and self.plan.holder_of(link.hub[0]) in down):
            return Result(link.id, Outcome.NAME_UNKNOWN, {Phase.DNS: 1.0})
        if balancer and all(member in down for member in balancer.members):
            return Result(link.id, Outcome.CLOSED, {Phase.TLS: 1.0})
        return Result(link.id, Outcome.OK, {Phase.APP: 1.0})


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    plan = make_plan(read_topology(TOPOLOGY))
    folder = tmp_path_factory.mktemp("pairs") / "lab"
    render(plan, folder)
    return Seen(plan, read_links(folder / "nodes", plan))


def unhealthy(diagnosis: Diagnosis) -> set[str]:
    return {one.link.id for one in diagnosis.links if one.verdict is not LinkVerdict.HEALTHY}


def test_all_members_up_is_healthy(seen: Seen) -> None:
    assert seen.with_down().verdict is Verdict.HEALTHY


@pytest.mark.parametrize("member", [member for pair in PAIRS for member in pair])
@pytest.mark.parametrize("state", [State.EXITED, State.OOM_KILLED, State.PAUSED, State.MISSING])
def test_one_member_down_is_degraded_and_named(seen: Seen, member: str, state: State) -> None:
    diagnosis = seen.with_down(member, state=state)
    assert diagnosis.verdict is Verdict.DEGRADED
    (cause,) = diagnosis.causes
    assert cause.where == f"container lab-ha-all-{member}"
    assert member in cause.what
    assert set(cause.explains) == unhealthy(diagnosis)
    ends = {
        name for link in seen.links for name in (link.node, link.to) if link.id in cause.explains
    }
    assert member in ends
    assert all(
        member in (link.node, link.to) or link.protocol is Protocol.REVOCATION
        for link in seen.links
        if link.id in cause.explains
    )


def test_links_through_the_balancer_stay_healthy(seen: Seen) -> None:
    failing = unhealthy(seen.with_down("cp-2"))
    through = {
        link.id
        for link in seen.links
        if link.to in BALANCERS and link.node != "cp-2" and link.protocol is not Protocol.REVOCATION
    }
    assert through
    assert not through & failing


@pytest.mark.parametrize("pair", PAIRS)
def test_a_whole_pair_down_is_unhealthy_with_a_cause_a_member(
    seen: Seen, pair: tuple[str, str]
) -> None:
    diagnosis = seen.with_down(*pair)
    assert diagnosis.verdict is Verdict.UNHEALTHY
    assert {cause.where for cause in diagnosis.causes} == {
        f"container lab-ha-all-{member}" for member in pair
    }
    told = [link for cause in diagnosis.causes for link in cause.explains]
    assert set(told) == unhealthy(diagnosis)
    assert len(told) == len(set(told))


def test_one_member_of_each_of_two_pairs_is_degraded(seen: Seen) -> None:
    assert seen.with_down("cp-1", "tm-2").verdict is Verdict.DEGRADED


def test_a_balancer_down_is_unhealthy_and_named(seen: Seen) -> None:
    diagnosis = seen.with_down("gw-lb")
    assert diagnosis.verdict is Verdict.UNHEALTHY
    (cause,) = diagnosis.causes
    assert cause.where == "container lab-ha-all-gw-lb"
    assert set(cause.explains) == {
        link.id for link in seen.links if "gw-lb" in (link.node, link.to)
    }


def test_anything_wrong_beside_a_down_member_is_unhealthy(seen: Seen) -> None:
    diagnosis = seen.with_down("tm-2", **{"gw-1/apim.key_manager": Outcome.CREDENTIALS_REFUSED})
    assert diagnosis.verdict is Verdict.UNHEALTHY
    assert len(diagnosis.causes) == 2


def test_a_member_that_runs_and_does_not_answer_is_unhealthy(seen: Seen) -> None:
    diagnosis = seen.with_down(**{"to-9443.km-2": Outcome.REFUSED})
    assert diagnosis.verdict is Verdict.UNHEALTHY
    assert "km-2 runs" in diagnosis.causes[0].what


def test_errors_behind_a_balancer_follow_from_the_database_that_its_members_lack(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    through = [
        link.id for link in seen.links if link.to == "cp-lb" and link.protocol is Protocol.HTTPS
    ]
    assert through
    monkeypatch.setattr(seen, "answer", "500 Internal server error")
    diagnosis = seen.with_down("db", **dict.fromkeys(through, Outcome.WRONG_ANSWER))
    (cause,) = diagnosis.causes
    assert cause.where == "container lab-ha-all-db"
    assert set(through) <= set(cause.explains)
