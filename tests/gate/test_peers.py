"""What is known of a peer follows from its answers, its start and the ports that it opens."""

import asyncio

from lab.gate.patience import Patience
from lab.gate.peers import Peers
from lab.products.facts import Protocol
from probes.result import Outcome, Result
from tests.gate.scripted import link, small_plan

QUICK = Patience(settle=0, reluctance=0, tries=1, within=5, first_pause=2, longest_pause=2)
TO_CP = link("gw/a", "gw", "cp", Protocol.HTTPS, 9443)
OUTSIDE = link("gw/b", "gw", None, Protocol.HTTPS, 443)


def peers() -> Peers:
    return Peers(small_plan(), QUICK)


async def test_a_refusal_is_not_final_before_its_peer_does_any_work() -> None:
    known = peers()
    known.count(TO_CP, "gw", Result("gw/a", Outcome.REFUSED))
    assert not known.is_final(TO_CP, "gw")
    known.note_ports("cp", frozenset({9443}))
    assert known.of(TO_CP).is_up
    assert known.is_final(TO_CP, "gw")


async def test_a_database_server_is_not_given_the_time_of_a_node_of_the_product() -> None:
    known = Peers(small_plan(), Patience(settle=20, reluctance=90, tries=1))
    to_db = link("cp/db", "cp", "db", Protocol.MYSQL, 3306)
    for it in (to_db, TO_CP):
        known.count(it, "gw", Result(it.id, Outcome.CREDENTIALS_REFUSED))
    await asyncio.sleep(1.05)
    for it in (to_db, TO_CP):
        known.count(it, "gw", Result(it.id, Outcome.CREDENTIALS_REFUSED))
    assert known.is_final(to_db, "gw")
    assert not known.is_final(TO_CP, "gw")


async def test_nothing_is_final_at_a_place_that_has_asked_nothing() -> None:
    known = peers()
    known.count(TO_CP, "gw", Result("gw/a", Outcome.NAME_UNKNOWN))
    assert known.is_final(TO_CP, "gw")
    assert not known.is_final(TO_CP, "lab")


async def test_a_port_of_somebody_else_s_shows_no_node_at_work() -> None:
    known = peers()
    known.note_start("cp")
    known.note_ports("cp", frozenset({1}))
    assert not known.of(TO_CP).is_up
    assert known.of(TO_CP).is_shut(9443)


async def test_an_opening_port_is_dialled_at_once() -> None:
    known = peers()
    known.note_start("cp")
    known.note_ports("cp", frozenset({5672}))
    asked: list[bool] = []

    async def ask() -> bool:
        asked.append(True)
        return True

    waiting = asyncio.create_task(known.pace(TO_CP).until(bool, ask))
    await asyncio.sleep(0.01)
    assert not asked
    known.note_ports("cp", frozenset({5672, 9443}))
    async with asyncio.timeout(1):
        assert await waiting


async def test_a_host_outside_the_topology_is_dialled_at_once() -> None:
    async def ask() -> bool:
        return True

    async with asyncio.timeout(1):
        assert await peers().pace(OUTSIDE).until(bool, ask)


def test_a_host_outside_the_topology_counts_as_one_that_has_answered() -> None:
    assert peers().of(OUTSIDE).is_up
    assert "nobody" not in peers()
