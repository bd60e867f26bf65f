import os
from pathlib import Path

import pytest

from lab.errors import UsageError
from lab.verbs.choosing import choose_lab, choose_labs, choose_topology
from tests.verbs.conftest import Line


def made(folder: Path, name: str) -> None:
    place = folder / ".lab" / name
    place.mkdir(parents=True)
    (place / "options.json").write_text("{}")


def test_a_named_file_stays_as_it_was_typed(folder: Path, topology: Path) -> None:
    assert choose_topology("mine.toml", folder) == Path("mine.toml")
    assert choose_topology(str(topology), folder) == topology


def test_a_bare_name_is_a_ready_made_topology(folder: Path) -> None:
    assert choose_topology("km-tm-separated", folder).name == "km-tm-separated.toml"


def test_a_name_that_nothing_has_is_told_with_those_that_are_there(folder: Path) -> None:
    with pytest.raises(UsageError, match="km-tm-separated"):
        choose_topology("nothing", folder)


@pytest.mark.parametrize(
    ("word", "what"),
    [("sub", "is a folder"), ("pipe", "is no regular file"), ("/dev/null", "is no regular file")],
)
def test_what_is_there_and_no_file_is_told_as_what_it_is(
    lab: Line, folder: Path, word: str, what: str
) -> None:
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe")
    ran = lab("plan", word)
    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"error: {word} {what}")


def test_a_ready_made_topology_is_meant_though_a_folder_has_its_name(lab: Line) -> None:
    Path("all-in-one").mkdir()
    assert lab("plan", "all-in-one").exit_code == 0


def test_what_else_a_word_may_have_meant_is_told(lab: Line) -> None:
    told = lab("check", "/nonexistent").stderr
    assert told.startswith("error: no topology `/nonexistent`, and no file or folder there\n")
    told = lab("graph", "nosuch", "--no-verdicts").stderr
    assert told.startswith("error: no topology `nosuch`, and no folder or lab of that name\n")


def test_without_a_name_it_is_the_topology_that_lies_here(folder: Path, topology: Path) -> None:
    assert choose_topology(None, folder) == Path("mine.toml")


def test_a_toml_file_that_is_no_topology_is_passed_over(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (folder / "broken.toml").write_text("[[[")
    assert choose_topology(None, folder).stem == "km-tm-separated"


def test_two_topologies_here_are_a_question(folder: Path, topology: Path) -> None:
    (folder / "other.toml").write_text(topology.read_text())
    with pytest.raises(UsageError, match=r"mine\.toml, other\.toml"):
        choose_topology(None, folder)


def test_the_lab_is_the_one_whose_folder_lies_here(folder: Path) -> None:
    made(folder, "one")
    assert choose_lab(None, folder) == "one"
    assert choose_lab("two", folder) == "two"


@pytest.mark.parametrize("name", ["", "..", "a/b", "Upper"])
def test_a_name_that_no_lab_can_have_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="a lab can't be called"):
        choose_lab(name, folder)


def test_of_several_names_each_that_no_lab_can_have_is_told(folder: Path) -> None:
    with pytest.raises(UsageError) as refused:
        choose_labs(["..", "one", "/"], folder)
    assert [problem.what for problem in refused.value.problems] == [
        "a lab can't be called '..'",
        "a lab can't be called '/'",
    ]


def test_a_lab_named_twice_is_one(folder: Path) -> None:
    assert choose_labs(["two", "one", "two"], folder) == ("two", "one")


def test_without_names_it_is_the_one_lab_that_is_chosen(folder: Path) -> None:
    made(folder, "one")
    assert choose_labs([], folder) == ("one",)


def test_two_labs_here_are_a_question(folder: Path) -> None:
    made(folder, "one")
    made(folder, "two")
    with pytest.raises(UsageError, match="one, two"):
        choose_lab(None, folder)


def test_without_a_lab_here_it_is_the_topologys_name(folder: Path, topology: Path) -> None:
    assert choose_lab(None, folder) == "mine"
    topology.write_text(topology.read_text().replace("[lab]", '[lab]\nname = "named"'))
    assert choose_lab(None, folder) == "named"
