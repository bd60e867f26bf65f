from lab.diagnosis.verdict import Diagnosis, LinkVerdict, Verdict
from lab.plan.observed import NodeState, State
from lab.wiring.finding import Finding, Severity
from lab.wiring.link import Position
from probes.result import Outcome
from tests.diagnosis.cluster import TO, Seen
from tests.diagnosis.faults import FAULTS

OWN_BROKER = Finding(
    "LAB0109",
    Severity.ERROR,
    "gw is a gateway node and doesn't answer what event_listening_endpoints asks",
    Position("gw/deployment.toml", 58),
    "name a control-plane node",
    link="gw/hub.listen",
    key="apim.event_hub.event_listening_endpoints[0]",
)
LEFT_OUT = Finding(
    "LAB0134",
    Severity.ERROR,
    "cp has no [database.apim_db], and doesn't start without",
    Position("cp/deployment.toml", 1),
    "add [database.apim_db]",
    key="database.apim_db",
)


def causes(diagnosis: Diagnosis) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(cause.code, cause.where, cause.explains) for cause in diagnosis.causes]


def test_an_error_of_the_files_is_a_cause_though_every_link_answers() -> None:
    diagnosis = Seen(findings=(OWN_BROKER,)).diagnosis()
    assert diagnosis.verdict is Verdict.UNHEALTHY
    (cause,) = diagnosis.causes
    assert (cause.code, cause.what) == ("LAB0109", OWN_BROKER.what)
    assert cause.where == ("gw/deployment.toml:58 apim.event_hub.event_listening_endpoints[0]")
    assert (cause.mend, cause.explains) == ("name a control-plane node", ("gw/hub.listen",))


def test_its_link_has_failed_and_says_that_an_answer_is_not_enough() -> None:
    diagnosis = Seen(findings=(OWN_BROKER,)).diagnosis()
    failed = [one for one in diagnosis.links if one.verdict is LinkVerdict.FAILED]
    assert [(one.link.id, one.cause, one.detail) for one in failed] == [
        ("gw/hub.listen", "LAB0109", "answers, and can't be what is meant")
    ]


def test_an_error_about_no_link_is_a_cause_without_links() -> None:
    diagnosis = Seen(findings=(LEFT_OUT,)).diagnosis()
    assert diagnosis.verdict is Verdict.UNHEALTHY
    assert causes(diagnosis) == [("LAB0134", "cp/deployment.toml:1 database.apim_db", ())]


def test_warnings_are_told_and_leave_the_verdict_alone() -> None:
    warning = Finding(
        "LAB0152", Severity.WARNING, "dealt out", Position("gw/deployment.toml", 48), "one each"
    )
    diagnosis = Seen(findings=(warning,)).diagnosis()
    assert (diagnosis.verdict, diagnosis.causes) == (Verdict.HEALTHY, ())
    assert diagnosis.findings == (warning,)


def test_an_error_whose_link_failed_is_told_by_what_was_seen_alone() -> None:
    seen = Seen({"gw/hub.listen": Outcome.REFUSED}, findings=(OWN_BROKER,))
    assert "LAB0109" not in {cause.code for cause in seen.diagnosis().causes}


def test_an_error_at_the_line_of_a_cause_is_that_cause() -> None:
    fault = FAULTS["gw's super admin has another password"]
    file, _, line = fault.where.rpartition(":")
    finding = Finding(
        "LAB0104", Severity.ERROR, "another password", Position(file, int(line)), "use that of cp"
    )
    (cause,) = (fault.seen | Seen(findings=(finding,))).diagnosis().causes
    assert cause.code == fault.code


def test_a_login_that_is_accepted_proves_the_password_whatever_the_other_file_says() -> None:
    finding = Finding(
        "LAB0104",
        Severity.ERROR,
        "gw logs in at cp with a password that isn't its super_admin's",
        Position("gw/deployment.toml", 12),
        "use the password of cp/deployment.toml:12",
        link="gw/hub.listen",
    )
    assert Seen(findings=(finding,)).diagnosis().verdict is Verdict.HEALTHY
    untried = Seen({"gw/hub.listen": None}, findings=(finding,)).diagnosis()
    assert untried.verdict is Verdict.UNHEALTHY


def test_what_was_seen_and_what_the_files_alone_tell_are_two_causes() -> None:
    fault = FAULTS["tm is stopped"]
    diagnosis = (fault.seen | Seen(findings=(LEFT_OUT,))).diagnosis()
    assert [cause.code for cause in diagnosis.causes] == [fault.code, "LAB0134"]


def test_two_links_without_any_address_are_two_causes_each_at_its_line() -> None:
    nowhere = {"url": "", "host": "", "port": 0, "to": None}
    diagnosis = Seen(
        dict.fromkeys(("gw/hub.listen", "gw/tm.decisions"), Outcome.WRONG_PROTOCOL),
        {"gw/hub.listen": nowhere, "gw/tm.decisions": nowhere},
        endpoints=dict.fromkeys(("gw/hub.listen", "gw/tm.decisions"), ""),
    ).diagnosis()
    assert len({cause.where for cause in diagnosis.causes}) == 2


def test_a_node_that_is_stuck_over_its_datasources_is_told_by_the_character_that_broke_them() -> (
    None
):
    bare = Finding(
        "LAB0121",
        Severity.ERROR,
        "database.shared_db.url holds a bare &",
        Position("cp/deployment.toml", 37),
        "write &amp;",
        key="database.shared_db.url",
    )
    line = "ERROR - DataSourceServiceComponent Error in intializing system data sources: …"
    stuck = Seen(
        dict.fromkeys(TO["cp"], Outcome.REFUSED),
        states=(NodeState("cp", State.STUCK, None, (line,)),),
    )
    diagnosis = (stuck | Seen(findings=(bare,))).diagnosis()
    assert causes(diagnosis) == [
        (
            "LAB0121",
            "cp/deployment.toml:37 database.shared_db.url",
            stuck.diagnosis().causes[0].explains,
        )
    ]
    assert [cause.code for cause in stuck.diagnosis().causes] == ["LAB0207"]
