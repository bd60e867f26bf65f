import itertools

import pytest

from lab.diagnosis.verdict import LinkVerdict, Verdict
from lab.plan.observed import NodeState, State
from lab.wiring.finding import Finding, Severity
from lab.wiring.link import Position
from probes.result import Outcome
from tests.diagnosis.cluster import FROM, LINKS, TO, Seen
from tests.diagnosis.faults import FAULTS


def test_a_cluster_whose_links_all_answer_is_healthy() -> None:
    diagnosis = Seen().diagnosis()
    assert (diagnosis.verdict, diagnosis.causes) == (Verdict.HEALTHY, ())
    assert {judged.verdict for judged in diagnosis.links} == {LinkVerdict.HEALTHY}
    assert [judged.link for judged in diagnosis.links] == list(LINKS)


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_has_one_cause_that_explains_all_that_fails(name: str) -> None:
    fault = FAULTS[name]
    diagnosis = fault.seen.diagnosis()
    assert [(c.code, c.where) for c in diagnosis.causes] == [(fault.code, fault.where)]
    assert set(diagnosis.causes[0].explains) == fault.explains
    assert diagnosis.verdict is Verdict.UNHEALTHY
    assert {j.link.id for j in diagnosis.links if j.verdict is not LinkVerdict.HEALTHY} == set(
        fault.explains
    )
    assert {j.cause for j in diagnosis.links if j.link.id in fault.explains} == {fault.code}


# What a node without its database does as well: beside that cause it is no cause of its own.
SYMPTOMS_OF_CP = {
    "cp's broker accepts and closes",
    "only the flow fails",
    "gw was not started before the deadline",
}
DATABASE_OF_CP = {
    "cp, of the product, is stuck because the database refuses its login",
    "cp's password for its shared database is wrong",
    "the database is stopped, and cp can't answer what it reads there",
    "a table is missing",
    "a database was dropped",
    "no driver may ask the server for its key, so cp and km answer with errors",
}


# gw waits for cp, and cp for km.
CHAIN = {"gw was not started before the deadline", "km names a database that isn't there"}

# Which of the two keeps cp from answering can't be told.
BOTH_DATABASES_OF_CP = {
    "cp, of the product, is stuck because the database refuses its login",
    "a database was dropped",
}


def _hides(one: str, two: str) -> bool:
    pair = {one, two}
    return pair in (CHAIN, BOTH_DATABASES_OF_CP) or bool(
        pair & SYMPTOMS_OF_CP and pair & DATABASE_OF_CP
    )


def _independent() -> list[tuple[str, str]]:
    """Give the pairs of faults that touch no common link, and of which none hides the other."""
    return [
        (one, two)
        for one, two in itertools.combinations(FAULTS, 2)
        if not FAULTS[one].explains & FAULTS[two].explains and not _hides(one, two)
    ]


@pytest.mark.parametrize("symptom", sorted(SYMPTOMS_OF_CP))
@pytest.mark.parametrize("database", sorted(DATABASE_OF_CP))
def test_symptoms_of_a_node_without_its_database_follow_the_databases_cause(
    symptom: str, database: str
) -> None:
    diagnosis = (FAULTS[symptom].seen | FAULTS[database].seen).diagnosis()
    assert [cause.code for cause in diagnosis.causes] == [FAULTS[database].code]
    assert FAULTS[symptom].explains <= set(diagnosis.causes[0].explains)


@pytest.mark.parametrize(("one", "two"), _independent())
def test_two_faults_have_two_causes_each_with_its_own_links(one: str, two: str) -> None:
    diagnosis = (FAULTS[one].seen | FAULTS[two].seen).diagnosis()
    causes = {(c.code, c.where): set(c.explains) for c in diagnosis.causes}
    assert causes == {
        (fault.code, fault.where): set(fault.explains) for fault in (FAULTS[one], FAULTS[two])
    }


def test_what_is_down_is_told_before_what_a_file_says() -> None:
    seen = FAULTS["cp calls the key manager by a name that nobody has"].seen
    seen |= FAULTS["tm is stopped"].seen
    assert [c.code for c in seen.diagnosis().causes] == ["LAB0201", "LAB0230"]


def test_of_two_lines_the_one_that_explains_more_comes_first() -> None:
    seen = FAULTS["gw dials a port of cp that nobody serves"].seen
    seen |= FAULTS["tm has a wrong event hub password of its own"].seen
    assert [c.code for c in seen.diagnosis().causes] == ["LAB0220", "LAB0240"]


def test_a_node_that_exited_is_told_with_its_last_line() -> None:
    (cause,) = FAULTS["km exits while it starts"].seen.diagnosis().causes
    assert cause.what == "km exited with code 1: ERROR no database"
    assert "lab logs km" in cause.mend


def test_a_node_that_still_starts_is_told_with_the_stage_that_its_log_says() -> None:
    line = "INFO - TomcatGenericWebappsDeployer Deployed webapp: internal#data#v1.war"
    seen = Seen(
        dict.fromkeys(TO["tm"], Outcome.REFUSED),
        states=(NodeState("tm", State.STARTING, None, (line,)),),
    )
    (cause,) = seen.diagnosis().causes
    assert (cause.code, cause.what) == (
        "LAB0206",
        "tm is still starting: deploying web applications",
    )
    assert set(cause.explains) == TO["tm"]


def test_links_of_a_node_that_is_down_are_skipped_not_failed() -> None:
    diagnosis = FAULTS["tm is stopped"].seen.diagnosis()
    verdicts = {j.verdict for j in diagnosis.links if j.cause}
    assert verdicts == {LinkVerdict.SKIPPED}


def test_nodes_held_back_by_one_that_exited_are_told_with_it() -> None:
    seen = FAULTS["km exits while it starts"].seen | Seen(
        dict.fromkeys(FROM["gw"] | FROM["tm"] | FROM["cp"], Outcome.NO_VANTAGE),
        states=tuple(NodeState(name, State.CREATED) for name in ("cp", "tm", "gw")),
    )
    (cause,) = seen.diagnosis().causes
    assert cause.code == "LAB0201"
    assert set(cause.explains) == {it.id for it in LINKS}


def test_a_wrong_port_is_mended_with_the_port_that_speaks_the_protocol() -> None:
    (cause,) = FAULTS["gw dials a port of cp that nobody serves"].seen.diagnosis().causes
    assert cause.mend == "write port 5672"


def test_a_login_beside_a_wrong_port_is_told_by_the_port_that_is_written() -> None:
    seen = Seen(
        {"gw/tm.publish": Outcome.REFUSED},
        {"gw/tm.publish": {"port": 5672, "login_url": "ssl://tm.wso2.com:5772"}},
        endpoints={"gw/tm.publish": "tm.wso2.com:5772"},
    )
    (cause,) = seen.diagnosis().causes
    what = "tm serves nothing on port 5772, where who publishes to its port 5672 logs in"
    assert (cause.code, cause.what) == ("LAB0240", what)


def test_a_port_that_the_node_has_none_of_is_mended_with_the_nodes_that_do() -> None:
    seen = Seen(
        {"gw/hub.listen": Outcome.REFUSED},
        {"gw/hub.listen": {"to": "km", "host": "km.wso2.com"}},
    )
    (cause,) = seen.diagnosis().causes
    assert cause.mend == "km doesn't speak amqp; write cp.wso2.com:5672 or tm.wso2.com:5672"


def test_an_unknown_host_is_mended_with_the_nearest_name() -> None:
    (cause,) = FAULTS["cp calls the key manager by a name that nobody has"].seen.diagnosis().causes
    assert cause.mend == "write km.wso2.com"


def test_the_static_checks_mend_is_used_where_it_knows_the_line() -> None:
    finding = Finding(
        "LAB0104",
        Severity.ERROR,
        "nobody serves 5673",
        Position("gw/deployment.toml", 61),
        "write tcp://cp.wso2.com:5672",
        link="gw/hub.listen",
    )
    seen = FAULTS["gw dials a port of cp that nobody serves"].seen | Seen(findings=(finding,))
    (cause,) = seen.diagnosis().causes
    assert (cause.code, cause.mend) == ("LAB0240", "write tcp://cp.wso2.com:5672")


def test_the_static_checks_mend_of_another_line_is_not_borrowed() -> None:
    finding = Finding(
        "LAB0107",
        Severity.ERROR,
        "cp has another password",
        Position("gw/deployment.toml", 12),
        "use the password of cp",
        link="gw/hub.listen",
    )
    seen = FAULTS["gw dials a port of cp that nobody serves"].seen | Seen(findings=(finding,))
    (cause,) = seen.diagnosis().causes
    assert cause.mend == "write port 5672"


def test_a_missing_table_is_named() -> None:
    (cause,) = FAULTS["a table is missing"].seen.diagnosis().causes
    assert cause.what == "apim_db has 183 of 184 tables: AM_API missing"


def test_a_schema_that_lacks_a_table_is_a_cause_even_when_every_link_answers() -> None:
    fault = FAULTS["a table is missing"]
    diagnosis = Seen(schemas=fault.seen.schemas).diagnosis()
    assert diagnosis.verdict is Verdict.UNHEALTHY
    assert [(c.code, c.explains) for c in diagnosis.causes] == [("LAB0210", ())]


def test_links_that_were_never_tried_are_told_as_such() -> None:
    (cause,) = Seen({"gw/km": None}).diagnosis().causes
    assert (cause.code, cause.what) == ("LAB0290", "gw → km: not tried")


@pytest.mark.parametrize(
    "seen",
    [
        "not signed by a CA that the node trusts: self-signed certificate",
        "not valid for the name tm.wso2.com, only for localhost",
    ],
)
def test_a_certificate_like_the_distributions_is_said_to_be_like_it(seen: str) -> None:
    refused = {"gw/tm.login": Outcome.CERTIFICATE_INVALID}
    (cause,) = Seen(refused, says={"gw/tm.login": seen}).diagnosis().causes
    assert cause.mend.startswith("the distribution's own certificate is such a one")
