import json

from lab.report.smoke import SmokeReport, smoke_json, smoke_table, step_line
from lab.smoke.told import Blame, Step, StepVerdict, Told
from tests.diagnosis.cluster import LINKS, planned

DONE = Step("subscribe", StepVerdict.OK, 12.3, came="with Gold")
BLAME = Blame("the gateway has not deployed the API", "read its log")
FAILED = Step("call it", StepVerdict.FAILED, 90.6, "GET https://gw/x", "404 {}", BLAME)
SKIPPED = Step("be throttled", StepVerdict.SKIPPED)
LINK = LINKS[0]
GOOD = SmokeReport(planned(), Told((DONE,), 1.26))
BAD = SmokeReport(planned(), Told((DONE, FAILED, SKIPPED), 1.26), (LINK,))


def test_a_good_one_is_a_headline_and_a_line_a_step() -> None:
    head, _, titles, row = smoke_table(GOOD).splitlines()
    assert head.startswith("smoke test of lab x is healthy after 1.3 s: 1 of 1 steps")
    assert head.endswith("[stand-in nodes, not the product apim 4.1.0]")
    assert titles.split() == ["STEP", "VERDICT", "MS", "CAME"]
    assert row.split() == ["subscribe", "ok", "12", "with", "Gold"]


def test_a_failure_says_what_was_asked_what_came_where_to_look_and_the_mend() -> None:
    assert smoke_table(BAD).splitlines()[2:7] == [
        "call it: the gateway has not deployed the API",
        "  asked: GET https://gw/x",
        "   came: 404 {}",
        f"     at: {LINK.node} → {LINK.host}:{LINK.port} {LINK.protocol}, {LINK.source}",
        "   hint: read its log",
    ]


def test_a_step_that_was_not_tried_has_no_time() -> None:
    assert smoke_table(BAD).splitlines()[-1].split() == ["be", "throttled", "skipped"]


def test_programs_get_the_same() -> None:
    told = json.loads(smoke_json(BAD))
    assert (told["lab"], told["verdict"], told["stand_in"]) == (
        "x",
        "unhealthy",
        True,
    )
    assert told["cause"]["links"] == [LINK.id]
    assert told["cause"]["mend"] == "read its log"
    assert [step["verdict"] for step in told["steps"]] == ["ok", "failed", "skipped"]
    assert json.loads(smoke_json(GOOD))["cause"] is None


def test_what_is_left_makes_it_unhealthy() -> None:
    left = SmokeReport(planned(), Told((DONE,), 1.0, ("the API: 409",)))
    assert json.loads(smoke_json(left))["verdict"] == "unhealthy"


def test_progress_is_a_line_a_step() -> None:
    assert step_line(FAILED) == "call it: failed in 91 ms"
