"""Without its directory a node refuses every login: one cause, the directory's."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.diagnosis.diagnose import diagnose
from lab.diagnosis.evidence import Evidence
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.plan.observed import NodeState, State
from lab.products.facts import Protocol
from lab.render.configuration import write_configuration
from lab.topology.read import read_topology
from lab.wiring.link import Link
from lab.wiring.read import read_links
from probes.result import Outcome, Phase, Result

TOPOLOGY = Path(__file__).parents[2] / "topologies/is-key-manager.toml"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, tuple[Link, ...]]:
    plan = make_plan(read_topology(TOPOLOGY))
    folder = tmp_path_factory.mktemp("lab")
    write_configuration(plan, folder)
    return plan, read_links(folder / "nodes", plan).links


def outcome(link: Link, *, directory: Outcome, login: Outcome) -> Outcome:
    if link.node == "km":
        return Outcome.NO_VANTAGE
    if link.to == "km":
        return directory
    logs_in = link.to == "am" and link.protocol in (Protocol.SOAP, Protocol.AMQP)
    return login if logs_in else Outcome.OK


@pytest.mark.parametrize("login", [Outcome.CREDENTIALS_REFUSED, Outcome.SILENT, Outcome.CLOSED])
def test_logins_at_a_node_without_its_directory_are_told_with_the_directory(
    seen, login: Outcome
) -> None:
    plan, links = seen
    states = tuple(
        NodeState(one.name, State.EXITED if one.name == "km" else State.RUNNING, exit_code=0)
        for one in plan.members
    )
    gone = Outcome.NAME_UNKNOWN
    results = {
        link.id: Result(link.id, outcome(link, directory=gone, login=login), {Phase.TCP: 1.0})
        for link in links
    }
    told = diagnose(Evidence(plan, links, results, states, (), ()))
    assert [cause.where for cause in told.causes] == [f"container {plan.node('km').container}"]
    assert "am/api-manager.ThrottlingConfigurations.JMSConnectionDetails.ServiceURL" in (
        told.causes[0].explains
    )


def test_a_node_that_hangs_for_a_wrong_directory_is_told_by_the_line_that_names_it(seen) -> None:
    plan, links = seen
    directory = "am/user-mgt.Realm.UserStoreManager[0].ConnectionURL"
    links = tuple(replace(it, port=10389) if it.id == directory else it for it in links)
    hanging = NodeState("am", State.STUCK, None, ("Cannot start User Manager Core bundle",))
    states = (hanging, *(NodeState(name, State.RUNNING) for name in ("km", "db")))
    port = replace(links[0], id="host/am:8280", node="host", to="am", port=8280)
    links = (*links, replace(port, protocol=Protocol.HTTP))
    lost = {link.id for link in links if link.to == "am"} | {directory}
    results = {
        link.id: Result(
            link.id, Outcome.REFUSED if link.id in lost else Outcome.OK, {Phase.TCP: 1.0}
        )
        for link in links
    }
    told = diagnose(Evidence(plan, links, results, states, (), ()))
    (cause,) = told.causes
    assert (cause.code, cause.where.partition(":")[0]) == ("LAB0240", "am/user-mgt.xml")
    assert set(cause.explains) == lost


def test_a_login_refused_where_the_directory_answers_is_a_cause_of_its_own(seen) -> None:
    plan, links = seen
    states = tuple(NodeState(one.name, State.RUNNING) for one in plan.members)
    wrong = "am/api-manager.APIKeyValidator.ServerURL"
    results = {
        link.id: Result(
            link.id,
            Outcome.CREDENTIALS_REFUSED if link.id == wrong else Outcome.OK,
            {Phase.TCP: 1.0},
        )
        for link in links
    }
    told = diagnose(Evidence(plan, links, results, states, (), ()))
    assert [cause.explains for cause in told.causes] == [(wrong,)]
