import io

from lab.plan.observed import NodeState, SchemaState, SchemaVerdict, State
from lab.report.live import LiveProgress, PlainProgress, Tally, picture
from probes.result import Outcome, Result
from tests.diagnosis.cluster import FROM, LINKS, planned


def tally() -> Tally:
    told = Tally()
    told.expect(planned(), LINKS)
    return told


def words(told: Tally) -> list[str]:
    return [line for line, _ in picture(told)]


def test_the_view_says_in_words_all_that_its_colours_say() -> None:
    told = tally()
    told.schemas = (SchemaState("apim_db", "db", 184, 184, SchemaVerdict.COMPLETE),)
    told.add(NodeState("gw", State.RUNNING))
    told.add(Result("gw/km", Outcome.OK))
    told.add(Result("gw/hub.listen", Outcome.REFUSED))
    lines = words(told)
    assert "1 of 31 links healthy" in lines[0]
    assert "  database apim_db      complete, 184 of 184 tables" in lines
    assert "  node gw               running    1 of 9 links healthy" in lines
    assert "  node cp               created    0 of 10 links healthy" in lines
    assert lines[-1] == "    gw → cp.wso2.com:5672 amqp: refused"


def test_a_link_that_turned_healthy_is_no_longer_waited_for() -> None:
    told = tally()
    told.add(Result("gw/hub.listen", Outcome.REFUSED))
    told.add(Result("gw/hub.listen", Outcome.OK))
    assert told.waiting() == []


def test_plain_lines_tell_changes_once() -> None:
    stream = io.StringIO()
    with PlainProgress(stream) as progress:
        progress.step("building image stand-in")
        progress.expect(planned(), LINKS)
        for _ in range(2):
            progress.seen(NodeState("gw", State.RUNNING))
            for link in sorted(FROM["gw"]):
                progress.seen(Result(link, Outcome.OK))
    lines = [line.split("s] ")[1] for line in stream.getvalue().splitlines()]
    assert lines == [
        "building image stand-in",
        "node gw running",
        "gw: all 9 links healthy",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_view_draws_and_is_gone_at_its_end(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    with LiveProgress(stream, colour=True) as progress:
        progress.expect(planned(), LINKS)
        progress.step("starting gw")
        progress.seen(NodeState("gw", State.RUNNING))
    drawn = stream.getvalue()
    assert "starting gw" in drawn
    assert "\x1b[32m" in drawn  # green
    assert drawn.rstrip().endswith("\x1b[2K")  # its lines are erased


def test_without_colour_the_view_still_says_everything(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with LiveProgress(stream, colour=False) as progress:
        progress.expect(planned(), LINKS)
        progress.seen(NodeState("gw", State.RUNNING))
    assert "running" in stream.getvalue()
    assert "\x1b[32m" not in stream.getvalue()
