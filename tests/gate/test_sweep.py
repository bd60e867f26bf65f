from lab.gate.session import ProberSession
from lab.gate.sweep import sweep
from lab.gate.targets import make_targets
from lab.products.facts import Protocol
from probes.result import Outcome
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
