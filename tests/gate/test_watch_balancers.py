"""The wait with a balancer: it is started without needs, and speaks for its members."""

from dataclasses import replace

from lab.gate.patience import Patience
from lab.gate.session import ProberSession, Vantage
from lab.gate.targets import make_targets
from lab.gate.watch import Ending, Watched, until_healthy
from lab.plan.model import PlannedBalancer
from lab.products.facts import Front, Protocol, Role
from probes.result import Outcome
from tests.gate.scripted import ScriptedChanges, ScriptedChannel, link, small_plan

QUICK = Patience(
    within=5, attempt=1, settle=0.05, reluctance=0.1, first_pause=0.001, longest_pause=0.01
)
BALANCER = PlannedBalancer(
    name="lb",
    role=Role.CONTROL_PLANE,
    container="lab-x-lb",
    hostname="lb.wso2.com",
    aliases=("lb.wso2.com",),
    members=("cp",),
    fronts=(Front(443, 9443, Protocol.HTTPS),),
    is_sticky=False,
    terminates=False,
)
THROUGH = link("gw/data", "gw", "lb", Protocol.HTTPS, 443, at_start=True)
MEMBER = link("lb/to-9443.cp", "lb", "cp", Protocol.HTTPS, 9443)
LINKS = [THROUGH, MEMBER]


async def wait(channel: ScriptedChannel, released: list[str], within: float = 5) -> Watched:
    plan = replace(small_plan(), balancers=(BALANCER,))

    def release(name: str) -> Vantage:
        released.append(name)
        return Vantage(name, 100 + len(released), "ab" * 32)

    async with ProberSession(channel) as session:
        return await until_healthy(
            session,
            plan,
            LINKS,
            {"gw": (THROUGH.id,)},
            make_targets(LINKS, (), attempt=1),
            release=release,
            changes=ScriptedChanges(),
            patience=replace(QUICK, within=within),
            seen=lambda _: None,
        )


async def test_a_balancer_is_started_and_its_links_are_proven_from_itself() -> None:
    channel, released = ScriptedChannel(ports={"cp": [9443], "lb": [443]}), []
    watched = await wait(channel, released)
    assert watched.ending is Ending.HEALTHY
    assert set(released) == {"lb", "cp", "gw"}
    assert ("lb", MEMBER.id) in channel.asked


async def test_an_open_port_of_a_balancer_does_not_stand_for_its_members() -> None:
    """A node is not released because a balancer whose members still start has closed on it."""
    answers = {("lb", THROUGH.id): [Outcome.CLOSED], ("lb", MEMBER.id): [Outcome.REFUSED]}
    channel, released = ScriptedChannel(answers, {"lb": [443]}), []
    watched = await wait(channel, released, within=0.5)
    assert watched.ending is Ending.LATE
    assert "gw" not in released


async def test_a_member_that_is_up_while_the_balancer_refuses_ends_the_wait() -> None:
    answers = {("lb", THROUGH.id): [Outcome.CLOSED], ("gw", THROUGH.id): [Outcome.CLOSED]}
    channel, released = ScriptedChannel(answers, {"lb": [443], "cp": [9443], "gw": []}), []
    watched = await wait(channel, released)
    assert watched.ending is Ending.HOPELESS
    assert "gw" in released
