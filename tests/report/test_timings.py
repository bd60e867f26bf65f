import io
import json
import time

import pytest

from lab.plan.observed import NodeState, SchemaState, SchemaVerdict, State
from lab.report.live import PlainProgress
from lab.report.timings import Stage, TimedProgress, Timings, process_began
from probes.result import Outcome, Result
from tests.diagnosis.cluster import FROM, LINKS, planned

BY_ID = {link.id: link for link in LINKS}


def told() -> tuple[Timings, str]:
    """Tell the start of one node, as the gate tells it."""
    timings, stream = Timings(), io.StringIO()
    needed = next(link for link in LINKS if link.node == "gw" and link.to == "km")
    with TimedProgress(PlainProgress(stream), timings) as progress:
        with timings.stage("files and keys written", waited_for="the plan"):
            progress.step("writing .lab/x")
        progress.expect(planned(), LINKS)
        progress.databases([SchemaState("apim_db", "db", 1, 1, SchemaVerdict.COMPLETE)])
        progress.met("gw", needed)
        progress.starting("gw")
        progress.seen(NodeState("gw", State.RUNNING))
        for link in sorted(FROM["gw"]):
            progress.seen(Result(link, Outcome.REFUSED))
            progress.seen(Result(link, Outcome.OK))
    return timings, stream.getvalue()


def test_a_start_is_told_as_stages_with_what_each_waited_for() -> None:
    timings, _ = told()
    last = BY_ID[max(FROM["gw"])]
    assert [(stage.lane, stage.what, stage.waited_for) for stage in timings.stages] == [
        ("lab", "files and keys written", "the plan"),
        ("db", "databases proven", ""),
        ("gw", "waits for its needs", "km to answer (gw → km.wso2.com:9443 https)"),
        ("gw", "container starts", ""),
        ("gw", "all its links proven", f"gw → {last.host}:{last.port} {last.protocol}, the last"),
    ]
    assert all(stage.ended >= stage.began >= 0 for stage in timings.stages)


def test_progress_is_handed_on_unchanged() -> None:
    _, lines = told()
    assert [line.split("s] ")[1] for line in lines.splitlines()] == [
        "writing .lab/x",
        "starting gw",
        "node gw running",
        "gw: all 9 links healthy",
    ]


def test_the_table_has_a_line_for_each_stage() -> None:
    timings = Timings()
    timings.note(Stage("gw", "container starts", 1.25, 1.5))
    timings.note(Stage("lab", "files and keys written", 0.0, 1.25, "the plan"))
    assert timings.table().splitlines() == [
        "OF   STAGE                   FROM  TO    SECONDS  WAITED FOR",
        "lab  files and keys written  0.00  1.25  1.25     the plan",
        "gw   container starts        1.25  1.50  0.25",
    ]


def test_a_stage_that_fails_is_told_too() -> None:
    timings = Timings()
    with pytest.raises(ZeroDivisionError), timings.stage("files and keys written"):
        _ = 1 / 0
    assert [stage.what for stage in timings.stages] == ["files and keys written"]


def test_the_trace_holds_stages_and_requests_in_lanes_of_their_own() -> None:
    timings = Timings()
    timings.note(Stage("gw", "container starts", 1.25, 1.5, "the network"))
    timings.note_request("POST /containers/lab-x-gw/start", 0.25)
    events = json.loads(timings.trace())["traceEvents"]
    lanes = {one["tid"]: one["args"]["name"] for one in events if one["ph"] == "M"}
    spans = {one["name"]: one for one in events if one["ph"] == "X"}
    start = spans["container starts"]
    assert (start["ts"], start["dur"], lanes[start["tid"]]) == (1_250_000, 250_000, "gw")
    assert start["args"] == {"waited for": "the network"}
    request = spans["POST /containers/lab-x-gw/start"]
    assert lanes[request["tid"]].startswith("engine: ")
    assert request["cat"] == "engine"


def test_the_beginning_is_that_of_the_process() -> None:
    assert 0 < time.monotonic() - process_began() < 3600
