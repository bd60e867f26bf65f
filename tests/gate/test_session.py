import asyncio
import threading

import pytest

from lab.errors import LabError
from lab.gate.session import ProberSession, Vantage
from probes.result import Outcome
from probes.target import Protocol, Target
from tests.gate.scripted import ScriptedChannel

CP = Target("gw/cp", Protocol.TCP, "cp.wso2.com", 9443, password="s3cret")


async def test_an_answer_comes_back_under_the_id_that_was_asked() -> None:
    async with ProberSession(ScriptedChannel()) as session:
        session.define(Vantage("gw", 12, "ab" * 32))
        result = await session.ask("gw", CP)
    assert (result.id, result.outcome) == ("gw/cp", Outcome.OK)


async def test_a_late_answer_does_not_pass_for_the_next_ones() -> None:
    channel = ScriptedChannel({("gw", "gw/cp"): [None, Outcome.REFUSED]})
    async with ProberSession(channel) as session:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await session.ask("gw", CP)
        late = {"id": "gw/cp#1", "outcome": "ok", "phases": {}}
        channel.say({"type": "result", "vantage": "gw", "result": late})
        assert (await session.ask("gw", CP)).outcome is Outcome.REFUSED


async def test_a_session_that_ends_fails_every_waiting_question() -> None:
    channel = ScriptedChannel({("gw", "gw/cp"): [None]})
    async with ProberSession(channel) as session:
        asked = [asyncio.create_task(session.ask("gw", CP)) for _ in range(2)]
        await asyncio.sleep(0)
        channel.end()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(answer) for answer in answers] == [LabError, LabError]
        with pytest.raises(LabError, match="session ended"):
            await session.ask("gw", CP)


async def test_a_message_that_the_prober_does_not_understand_is_an_error_without_the_password() -> (
    None
):
    channel = ScriptedChannel({("gw", "gw/cp"): [None]})
    async with ProberSession(channel) as session:
        asked = asyncio.create_task(session.ask("gw", CP))
        await asyncio.sleep(0)
        channel.say({"type": "error", "what": "unknown protocol"})
        with pytest.raises(LabError, match="unknown protocol") as raised:
            await asked
    assert "s3cret" not in str(raised.value)


async def test_opened_ports_are_told() -> None:
    told = []
    arrived = asyncio.Event()
    async with ProberSession(ScriptedChannel(ports={"cp": [9443, 5672]})) as session:
        session.on_ports = lambda *seen: (told.append(seen), arrived.set())
        session.define(Vantage("cp", 7, "cd" * 32))
        await asyncio.wait_for(arrived.wait(), 2)
    assert told == [("cp", frozenset({9443, 5672}))]


def test_a_line_that_comes_after_the_loop_has_closed_is_dropped() -> None:
    channel = StubbornChannel()
    asyncio.run(_open_and_leave(channel))
    reader = next(thread for thread in threading.enumerate() if thread.name == "prober-session")
    channel.say({"type": "listening", "vantage": "gw", "ports": [9443]})
    channel.end()
    reader.join(5)
    assert not reader.is_alive()  # a thread that dies of an exception fails the test as well


class StubbornChannel(ScriptedChannel):
    """Goes on speaking after it was closed, as a line does that was under way."""

    def close(self) -> None:
        pass


async def _open_and_leave(channel: ScriptedChannel) -> None:
    async with ProberSession(channel):
        await asyncio.sleep(0)


class Counted(ScriptedChannel):
    """A channel that counts how often it is closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1
        super().close()


async def test_a_session_is_ended_once_by_whoever_entered_it_or_else_gave_it_up() -> None:
    entered, never = Counted(), Counted()
    async with ProberSession(entered) as session:
        session.give_up()
    ProberSession(never).give_up()
    assert (entered.closed, never.closed) == (1, 1)
