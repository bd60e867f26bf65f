import asyncio

from lab.gate.attempt import attempt
from lab.gate.session import ProberSession
from lab.gate.sweep import sweep
from lab.gate.targets import make_targets
from lab.products.facts import Protocol
from probes.result import Outcome, Result
from probes.target import Protocol as Spoken
from probes.target import Target
from tests.gate.scripted import ScriptedChannel, link

LINKS = [
    link("gw/a", "gw", "cp", Protocol.HTTPS, 9443),
    link("gw/b", "gw", "cp", Protocol.AMQP, 5672),
    link("cp/c", "cp", "gw", Protocol.HTTPS, 9443),
]


async def test_every_link_is_asked_once_from_its_own_node() -> None:
    channel = ScriptedChannel({("gw", "gw/b"): [Outcome.REFUSED]})
    told = []
    async with ProberSession(channel) as session:
        results = await sweep(
            session,
            LINKS,
            make_targets(LINKS, (), attempt=1),
            vantages={"gw", "cp"},
            seen=told.append,
        )
    assert {key: result.outcome for key, result in results.items()} == {
        "gw/a": Outcome.OK,
        "gw/b": Outcome.REFUSED,
        "cp/c": Outcome.OK,
    }
    assert sorted(channel.asked) == [("cp", "cp/c"), ("gw", "gw/a"), ("gw", "gw/b")]
    assert sorted(result.id for result in told) == ["cp/c", "gw/a", "gw/b"]


async def test_a_link_of_a_node_that_is_not_there_is_not_asked() -> None:
    channel = ScriptedChannel()
    async with ProberSession(channel) as session:
        results = await sweep(session, LINKS, make_targets(LINKS, (), attempt=1), vantages={"gw"})
    assert results["cp/c"].outcome is Outcome.NO_VANTAGE
    assert ("cp", "cp/c") not in channel.asked


async def test_a_large_lab_is_asked_in_turns(monkeypatch) -> None:
    under_way, most = 0, 0

    async def slow(session: ProberSession, vantage: str, target: Target) -> Result:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        return Result(target.id, Outcome.OK)

    monkeypatch.setattr("lab.gate.sweep.attempt", slow)
    many = [link(f"gw/{i}", "gw", "cp", Protocol.AMQP, 5672) for i in range(200)]
    async with ProberSession(ScriptedChannel()) as session:
        results = await sweep(session, many, make_targets(many, (), attempt=1), vantages={"gw"})
    assert most == 64
    assert len(results) == 200


async def test_a_prober_that_keeps_silent_is_a_result(monkeypatch) -> None:
    monkeypatch.setattr("lab.gate.attempt._GRACE", 0.0)
    channel = ScriptedChannel({("gw", "gw/a"): [None]})
    async with ProberSession(channel) as session, asyncio.timeout(5):
        result = await attempt(session, "gw", Target("gw/a", Spoken.TCP, "cp", 1, timeout=0.02))
    assert (result.outcome, result.seen) == (
        Outcome.NO_VANTAGE,
        "the prober gave no answer in 0.02 s",
    )
