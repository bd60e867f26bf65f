import asyncio

from lab.gate.attempt import attempt
from lab.gate.session import ProberSession
from probes.result import Outcome, Result
from probes.target import Protocol, Target
from tests.gate.scripted import ScriptedChannel


def targets(count: int, *, seconds: float) -> list[Target]:
    return [Target(f"gw/{i}", Protocol.TCP, "cp", 1, timeout=seconds) for i in range(count)]


def silent(count: int) -> ScriptedChannel:
    """Keep silent on the first links."""
    return ScriptedChannel({("gw", f"gw/{i}"): [None] for i in range(count)})


async def attempts(channel: ScriptedChannel, asked: list[Target]) -> list[Result]:
    async with ProberSession(channel) as session:
        return await asyncio.gather(*(attempt(session, "gw", target) for target in asked))


async def test_a_prober_that_keeps_silent_is_a_result(monkeypatch) -> None:
    monkeypatch.setattr("lab.gate.attempt._GRACE", 0.0)
    (result,) = await attempts(silent(1), targets(1, seconds=0.02))
    assert (result.outcome, result.seen) == (
        Outcome.NO_VANTAGE,
        "the prober gave no answer in 0.02 s",
    )


class SlowChannel(ScriptedChannel):
    """Answers a moment later; tells how many questions were open at most."""

    def __init__(self) -> None:
        super().__init__()
        self.open = self.most = 0

    def send(self, data: bytes) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        asyncio.get_running_loop().call_later(0.001, self._close_one, data)

    def _close_one(self, data: bytes) -> None:
        self.open -= 1
        super().send(data)


async def test_a_session_is_asked_in_turns_where_there_are_many_links() -> None:
    channel = SlowChannel()
    results = await attempts(channel, targets(200, seconds=60))
    assert channel.most == 64
    assert [result.outcome for result in results] == [Outcome.OK] * 200


async def test_the_time_of_an_attempt_begins_with_its_turn(monkeypatch) -> None:
    monkeypatch.setattr("lab.gate.attempt._GRACE", 0.0)
    results = await attempts(silent(64), targets(65, seconds=0.2))
    assert [result.outcome for result in results] == [Outcome.NO_VANTAGE] * 64 + [Outcome.OK]
