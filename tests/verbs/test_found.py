"""Errors of the engine are told by what has become of the lab's containers."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from lab.errors import EngineError, LabError, Problem
from lab.launch.presence import gone, removed
from lab.launch.refusals import GoneError
from lab.verbs.found import explained

KM = gone("x", "km", "lab-x-km")


def raised(error: LabError, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    cluster = SimpleNamespace(presence=SimpleNamespace(problems=lambda: problems))
    with pytest.raises(LabError) as caught, explained(cluster):
        raise error
    return caught.value.problems


def refused(where: str, kind: type[EngineError] = GoneError) -> EngineError:
    return kind(Problem("the engine refuses: No such container", where, "…"))


def test_a_refusal_of_a_container_that_is_gone_says_so() -> None:
    assert raised(refused("container lab-x-km"), [KM, gone("x", "tm", "lab-x-tm")]) == (KM,)


def test_a_lab_that_was_removed_is_told_whatever_was_missed_first() -> None:
    assert raised(refused("container lab-x-km"), [removed("x")]) == (removed("x"),)


def test_an_error_that_has_another_cause_stays() -> None:
    error = refused("container lab-x-gw", EngineError)
    assert raised(error, [KM]) == error.problems
    assert raised(refused("container lab-x-gw"), []) == error.problems
