import asyncio

from lab.gate.session import ProberSession, Vantage
from lab.gate.sweep import sweep
from lab.gate.targets import make_targets
from lab.products.facts import Protocol
from probes.result import Outcome
from tests.gate.scripted import ScriptedChannel, link, of_the_product, small_plan

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
            small_plan(),
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
        results = await sweep(
            session, small_plan(), LINKS, make_targets(LINKS, (), attempt=1), vantages={"gw"}
        )
    assert results["cp/c"].outcome is Outcome.NO_VANTAGE
    assert ("cp", "cp/c") not in channel.asked


async def test_a_node_of_the_product_that_still_starts_is_not_dialled() -> None:
    channel = ScriptedChannel(ports={"cp": [8243, 8021], "gw": [9443]})
    plan = of_the_product(small_plan())
    async with ProberSession(channel) as session:
        for name in ("cp", "gw"):
            session.define(Vantage(name, 7, "ab" * 32))
        targets = make_targets(LINKS, (), attempt=1)
        results = await sweep(session, plan, LINKS, targets, vantages={"gw", "cp"})
        assert channel.asked == [("cp", "cp/c")]
        assert {results[id_].outcome for id_ in ("gw/a", "gw/b")} == {Outcome.REFUSED}
        assert "management port" in results["gw/a"].seen
        channel.listen("cp", 8243, 8021, 9443)
        await asyncio.sleep(0.05)
        results = await sweep(session, plan, LINKS, targets, vantages={"gw", "cp"})
    assert {result.outcome for result in results.values()} == {Outcome.OK}
