import asyncio
import time

import pytest

from lab.errors import LabError, Problem
from lab.gate.patience import Patience
from lab.gate.session import ProberSession, Vantage
from lab.gate.targets import make_targets
from lab.gate.watch import Ending, Watched, until_healthy
from lab.plan.model import Plan
from lab.plan.observed import NodeState, State
from lab.products.facts import Protocol
from probes.result import Outcome
from tests.gate.scripted import (
    ScriptedChanges,
    ScriptedChannel,
    link,
    of_the_product,
    small_plan,
)

QUICK = Patience(
    within=5,
    attempt=1,
    settle=0.05,
    reluctance=0.1,
    first_pause=0.001,
    longest_pause=0.01,
    shut_pause=0.05,
)
DB = link("cp/db", "cp", "db", Protocol.MYSQL, 3306, at_start=True)
HUB = link("gw/hub", "gw", "cp", Protocol.AMQP, 5672, at_start=True)
DATA = link("gw/data", "gw", "cp", Protocol.HTTPS, 9443)
BACK = link("cp/gw", "cp", "gw", Protocol.HTTPS, 9443)
LINKS = [DB, HUB, DATA, BACK]
NEEDS = {"cp": ("cp/db",), "gw": ("gw/hub",)}
PORTS = {"db": [3306], "cp": [9443, 5672], "gw": [9443, 8243]}


class Lab:
    """What a wait is given and what it did."""

    def __init__(self, answers=None, ports=PORTS, links=LINKS, needs=NEEDS) -> None:
        self.channel = ScriptedChannel(answers, ports)
        self.changes = ScriptedChanges()
        self.links = links
        self.needs = needs
        self.released: list[str] = []
        self.seen: list[object] = []
        self.asked_before: dict[str, list[tuple[str, str]]] = {}

    def release(self, node: str) -> Vantage:
        self.asked_before[node] = list(self.channel.asked)
        self.released.append(node)
        return Vantage(node, 100 + len(self.released), "ab" * 32)

    async def wait(
        self, patience: Patience = QUICK, plan: Plan | None = None, **more: object
    ) -> Watched:
        async with ProberSession(self.channel) as session:
            session.define(Vantage("db", 99, "cd" * 32))
            return await until_healthy(
                session,
                plan or small_plan(),
                self.links,
                self.needs,
                make_targets(self.links, (), attempt=patience.attempt),
                release=self.release,
                changes=self.changes,
                patience=patience,
                seen=self.seen.append,
                **more,
            )


async def test_it_is_over_at_once_when_every_link_answers() -> None:
    lab = Lab()
    watched = await lab.wait()
    assert watched.ending is Ending.HEALTHY
    assert {key: r.outcome for key, r in watched.results.items()} == {
        it.id: Outcome.OK for it in LINKS
    }


async def test_a_node_is_started_when_its_needs_answer_from_where_the_peers_stand() -> None:
    lab = Lab({("db", "cp/db"): [Outcome.REFUSED, Outcome.REFUSED, Outcome.OK]})
    await lab.wait()
    assert lab.released == ["cp", "gw"]
    assert lab.asked_before["cp"] == [("db", "cp/db")] * 3
    assert ("cp", "gw/hub") in lab.asked_before["gw"]


async def test_a_started_node_proves_its_needs_again_from_where_it_stands() -> None:
    lab = Lab()
    await lab.wait()
    assert ("cp", "cp/db") in lab.channel.asked
    assert ("gw", "gw/hub") in lab.channel.asked


async def test_nobody_dials_a_node_that_was_not_started() -> None:
    lab = Lab({("cp", "gw/hub"): [Outcome.REFUSED] * 5 + [Outcome.OK]})
    await lab.wait()
    assert ("cp", "cp/gw") not in lab.asked_before["gw"]
    assert lab.channel.asked.count(("cp", "cp/gw")) == 1


async def test_nodes_that_need_nothing_of_each_other_start_side_by_side() -> None:
    both = asyncio.Barrier(2)
    loop = asyncio.get_running_loop()

    class SideBySide(Lab):
        def release(self, node: str) -> Vantage:
            asyncio.run_coroutine_threadsafe(both.wait(), loop).result(timeout=5)
            return super().release(node)

    lab = SideBySide(needs={"cp": (), "gw": ()})
    assert (await lab.wait()).ending is Ending.HEALTHY


async def test_a_port_that_opens_is_dialled_at_once() -> None:
    slow = Patience(within=5, attempt=1, first_pause=20, longest_pause=60, shut_pause=60)
    lab = Lab(ports={**PORTS, "cp": [5672]})
    asyncio.get_running_loop().call_later(0.2, lab.channel.listen, "cp", 5672, 9443)
    assert (await lab.wait(slow)).ending is Ending.HEALTHY


async def test_a_port_that_opens_is_no_reason_to_dial_another() -> None:
    slow = Patience(within=1, attempt=1, first_pause=20, longest_pause=60)
    lab = Lab({("gw", "gw/data"): [Outcome.REFUSED]})
    asyncio.get_running_loop().call_later(0.2, lab.channel.listen, "cp", 9443, 5672, 9611)
    assert (await lab.wait(slow)).ending is Ending.LATE
    assert lab.channel.asked.count(("gw", "gw/data")) == 1


async def test_one_wrong_password_ends_the_wait_in_a_moment_with_all_else_proven() -> None:
    lab = Lab({("gw", "gw/data"): [Outcome.CREDENTIALS_REFUSED]})
    watched = await lab.wait()
    assert watched.ending is Ending.HOPELESS
    outcomes = {key: r.outcome for key, r in watched.results.items()}
    assert outcomes.pop("gw/data") is Outcome.CREDENTIALS_REFUSED
    assert set(outcomes.values()) == {Outcome.OK}


async def test_credentials_refused_by_a_peer_that_is_still_starting_are_tried_again() -> None:
    lab = Lab({("gw", "gw/data"): [Outcome.CREDENTIALS_REFUSED] * 4 + [Outcome.OK]})
    assert (await lab.wait()).ending is Ending.HEALTHY


async def test_a_node_whose_need_will_never_answer_is_started_so_that_all_its_links_are_seen() -> (
    None
):
    wrong = [Outcome.CREDENTIALS_REFUSED]
    lab = Lab({("cp", "gw/hub"): wrong, ("gw", "gw/hub"): wrong})
    watched = await lab.wait()
    assert (watched.ending, lab.released) == (Ending.HOPELESS, ["cp", "gw"])
    assert watched.results["gw/data"].ok


async def test_an_unknown_host_ends_the_wait() -> None:
    nowhere = link("gw/nowhere", "gw", None, Protocol.HTTPS, 9443)
    lab = Lab({("gw", "gw/nowhere"): [Outcome.NAME_UNKNOWN]}, links=[*LINKS, nowhere])
    assert (await lab.wait()).ending is Ending.HOPELESS


@pytest.mark.parametrize("state", [State.EXITED, State.OOM_KILLED, State.PAUSED, State.MISSING])
async def test_a_node_that_goes_down_ends_the_wait_at_once(state: State) -> None:
    lab = Lab({("gw", "gw/data"): [Outcome.REFUSED]})
    asyncio.get_running_loop().call_later(0.05, lab.changes.say, NodeState("cp", state, 1))
    async with asyncio.timeout(2):
        watched = await lab.wait(Patience(within=30, attempt=1))
    assert watched.ending is Ending.HOPELESS
    assert NodeState("cp", state, 1) in lab.seen
    assert watched.down == {"cp": NodeState("cp", state, 1)}


async def test_the_end_of_the_prober_itself_is_not_the_end_of_a_node() -> None:
    lab = Lab()
    lab.changes.say(NodeState("prober", State.EXITED, 0))
    assert (await lab.wait()).ending is Ending.HEALTHY


async def test_the_deadline_ends_a_wait_for_a_peer_that_opens_nothing() -> None:
    lab = Lab({("cp", "gw/hub"): [Outcome.REFUSED]}, ports={"db": [3306]}, links=[HUB, DB])
    watched = await lab.wait(Patience(within=0.3, attempt=1, settle=0.01, first_pause=0.001))
    assert (watched.ending, lab.released) == (Ending.LATE, ["cp"])


async def test_the_deadline_ends_an_attempt_that_hangs() -> None:
    lab = Lab({("gw", "gw/data"): [None]})
    async with asyncio.timeout(3):
        watched = await lab.wait(Patience(within=0.2, attempt=60))
    assert watched.ending is Ending.LATE


async def test_a_node_that_cannot_be_started_is_an_error() -> None:
    class Broken(Lab):
        def release(self, node: str) -> Vantage:
            raise LabError(Problem("no space left on device", f"container {node}", "make room"))

    with pytest.raises(LabError, match="no space left"):
        await Broken().wait()


async def test_a_prober_that_ends_is_an_error() -> None:
    lab = Lab({("gw", "gw/data"): [None]})
    asyncio.get_running_loop().call_later(0.05, lab.channel.end)
    with pytest.raises(LabError, match="session ended"):
        await lab.wait()


async def test_the_observer_sees_nodes_start_and_links_turn() -> None:
    lab = Lab({("gw", "gw/data"): [Outcome.REFUSED, Outcome.OK]})
    await lab.wait()
    assert NodeState("cp", State.RUNNING) in lab.seen
    assert [r.outcome for r in lab.seen if getattr(r, "id", "") == "gw/data"] == [
        Outcome.REFUSED,
        Outcome.OK,
    ]


async def test_a_node_is_not_started_before_its_question_is_answered_with_yes() -> None:
    lab = Lab()
    answers = iter([False, False, True])
    asked: list[bool] = []

    def question() -> bool:
        asked.append(next(answers))
        assert "cp" not in lab.released
        return asked[-1]

    watched = await lab.wait(waits={"cp": question})
    assert watched.ending is Ending.HEALTHY
    assert asked == [False, False, True]


async def test_nodes_of_the_product_start_one_after_another_where_the_width_is_one() -> None:
    lab = Lab(needs={}, ports={})
    plan = of_the_product(small_plan())
    waiting = asyncio.create_task(lab.wait(plan=plan, width=1))
    await asyncio.sleep(0.05)
    first = lab.released[0]
    # JMX opens long before the node serves, and frees no place.
    lab.channel.listen(first, 9999)
    await asyncio.sleep(0.05)
    assert lab.released == [first]
    lab.channel.listen(first, 9999, 9443)
    await asyncio.sleep(0.05)
    [_, second] = lab.released
    lab.channel.listen(second, 9443)
    assert (await waiting).ending is Ending.HEALTHY


async def test_a_node_of_the_product_is_not_dialled_before_its_management_port_listens() -> None:
    lab = Lab(needs={}, ports={"db": [3306]})
    waiting = asyncio.create_task(lab.wait(plan=of_the_product(small_plan())))
    await asyncio.sleep(0.05)
    lab.channel.listen("gw", 8243, 8021)
    await asyncio.sleep(0.05)
    assert {asked for asked in lab.channel.asked if asked != ("cp", "cp/db")} == set()
    lab.channel.listen("gw", 8243, 8021, 9443)
    lab.channel.listen("cp", 9443)
    assert (await waiting).ending is Ending.HEALTHY


async def test_a_node_of_the_product_is_not_started_without_its_database() -> None:
    lab = Lab({("db", "cp/db"): [Outcome.CREDENTIALS_REFUSED]})
    plan = of_the_product(small_plan())
    watched = await lab.wait(plan=plan)
    assert (watched.ending, lab.released) == (Ending.HOPELESS, [])
    assert {id_: one.outcome for id_, one in watched.results.items()} == {
        "cp/db": Outcome.CREDENTIALS_REFUSED
    }


async def test_a_stuck_node_ends_the_wait() -> None:
    lab = Lab({("cp", "cp/db"): [Outcome.REFUSED]})
    lab.changes.say(NodeState("cp", State.STUCK, None, ("a line",)))
    assert (await lab.wait()).ending is Ending.HOPELESS


async def test_a_container_that_is_made_again_while_it_starts_ends_no_wait() -> None:
    lab = Lab()
    release = lab.release

    def exchange(node: str) -> Vantage:
        if node == "cp":
            lab.changes.say(NodeState("cp", State.MISSING))
            while NodeState("cp", State.MISSING) not in lab.seen:
                time.sleep(0.001)
        return release(node)

    lab.release = exchange
    watched = await lab.wait()
    assert watched.ending is Ending.HEALTHY
