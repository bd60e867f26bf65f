"""Options that are given as variables, which hold for every verb that is called."""

import pytest

from tests.verbs.conftest import Line


@pytest.mark.parametrize(("said", "begins"), [("json", "{"), ("junit", "lab "), ("svg", "lab ")])
def test_a_format_in_the_environment_is_for_the_verbs_that_know_it(
    lab: Line, said: str, begins: str
) -> None:
    ran = lab("plan", "all-in-one", LAB_FORMAT=said)
    assert (ran.exit_code, ran.stdout.startswith(begins)) == (0, True), ran.output
    assert lab("graph", "all-in-one", "--no-verdicts", LAB_FORMAT=said).stdout.startswith("<svg ")


def test_a_format_that_no_verb_knows_is_refused_wherever_it_is_from(lab: Line) -> None:
    assert lab("plan", "all-in-one", LAB_FORMAT="jsno").exit_code == 2
    assert lab("plan", "all-in-one", "--format", "junit").exit_code == 2


@pytest.mark.parametrize("verb", ["render", "graph", "import", "dump"])
def test_a_verb_that_writes_something_has_a_variable_of_its_own_for_it(
    lab: Line, verb: str
) -> None:
    told = lab(verb, "--help").stdout
    assert f"LAB_{verb.upper()}_OUTPUT" in told.replace("\n", "")
