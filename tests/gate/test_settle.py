import pytest

from lab.gate.patience import Patience
from lab.gate.settle import Peer, Streak, is_final, lengthen
from lab.products.facts import Protocol
from probes.result import Outcome, Phase, Result
from tests.gate.scripted import link

PATIENCE = Patience(settle=1, reluctance=5, tries=3)
UP = Peer(frozenset({9443}), frozenset({9443}), has_answered=True, changed=100.0)


def final(outcome: Outcome, *, after: float, port: int = 9443, peer: Peer = UP, **more) -> bool:
    it = link("gw/a", "gw", "cp", more.get("protocol", Protocol.HTTPS), port)
    streak = Streak(outcome, Phase.APP, more.get("count", 3), 100.0)
    return is_final(it, streak, peer, 100.0 + after, PATIENCE)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.CREDENTIALS_REFUSED,
        Outcome.NAME_UNKNOWN,
        Outcome.CERTIFICATE_INVALID,
        Outcome.WRONG_PROTOCOL,
    ],
)
def test_a_definite_answer_is_believed_after_the_short_time(outcome: Outcome) -> None:
    assert not final(outcome, after=0.9)
    assert final(outcome, after=1.0)


def test_no_answer_is_believed_before_it_has_come_often_enough() -> None:
    assert not final(Outcome.CREDENTIALS_REFUSED, after=60, count=2)


def test_a_port_that_the_role_does_not_serve_is_believed_soon_and_another_later() -> None:
    assert final(Outcome.REFUSED, after=1, port=9444)
    assert not final(Outcome.REFUSED, after=4.9)
    assert final(Outcome.REFUSED, after=5)


def test_a_peer_that_has_opened_nothing_is_waited_for() -> None:
    silent = Peer(frozenset({9443}), frozenset(), changed=100.0)
    assert not final(Outcome.REFUSED, after=60, peer=silent)
    assert not final(Outcome.REFUSED, after=60, peer=silent, port=9444)


def test_a_port_that_opened_meanwhile_begins_the_time_anew() -> None:
    opened = Peer(frozenset({9443}), frozenset({9443}), changed=104.5)
    assert not final(Outcome.CREDENTIALS_REFUSED, after=5, peer=opened)
    assert final(Outcome.CREDENTIALS_REFUSED, after=5.5, peer=opened)


def test_who_took_long_to_open_its_ports_is_waited_for_as_long_again() -> None:
    slow = Peer(frozenset({9443}), frozenset({9443}), changed=100.0, took=20.0)
    assert not final(Outcome.REFUSED, after=19.9, peer=slow)
    assert final(Outcome.REFUSED, after=20, peer=slow)
    assert final(Outcome.CREDENTIALS_REFUSED, after=1, peer=slow)


def test_a_wrong_answer_of_a_database_is_definite_and_one_of_a_web_app_is_not() -> None:
    assert final(Outcome.WRONG_ANSWER, after=1, protocol=Protocol.MYSQL)
    assert not final(Outcome.WRONG_ANSWER, after=1)


def test_a_streak_counts_equal_answers_and_ends_with_another() -> None:
    refused = Result("a", Outcome.REFUSED, {Phase.DNS: 1, Phase.TCP: 1})
    first = lengthen(None, refused, 1.0)
    second = lengthen(first, refused, 2.0)
    assert (second.count, second.since) == (2, 1.0)
    login = lengthen(second, Result("a", Outcome.CREDENTIALS_REFUSED, {Phase.AUTH: 1}), 3.0)
    assert (login.count, login.since) == (1, 3.0)
