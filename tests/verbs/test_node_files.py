"""Which files of a folder are taken for nodes where some lie deeper than others."""

from pathlib import Path

import pytest

from lab.verbs.node_files import files_of

NODE = '[server]\nhostname = "x.example"\n'


def found(folder: Path, *files: str) -> tuple[dict[str, str], list[str]]:
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(NODE)
    told: list[str] = []
    return dict(files_of(folder, told.append) or {}), told


def test_nodes_that_lie_deeper_than_others_are_taken_too(tmp_path: Path) -> None:
    files = ("cp/deployment.toml", "east/gw/repository/conf/deployment.toml", "tm.toml")
    taken, told = found(tmp_path, *files)
    assert set(taken.values()) == set(files)
    assert set(taken) == {"cp", "gw", "tm"}
    assert told == []


def test_one_of_a_node_s_name_that_lies_deeper_is_told_and_left_alone(tmp_path: Path) -> None:
    taken, told = found(tmp_path, "cp/deployment.toml", "old/cp/deployment.toml")
    assert taken == {"cp": "cp/deployment.toml"}
    assert told == [
        "old/cp/deployment.toml: left alone, as cp/deployment.toml is the node of that name"
    ]


@pytest.mark.parametrize("place", ["deployment.toml", "repository/conf/deployment.toml"])
def test_of_a_node_s_own_folder_nothing_deeper_is_another(tmp_path: Path, place: str) -> None:
    taken, told = found(tmp_path, place, "samples/gw/deployment.toml")
    assert (list(taken.values()), told) == ([place], [])


def test_what_lies_in_a_node_s_folder_is_no_other_node(tmp_path: Path) -> None:
    taken, _ = found(tmp_path, "cp/deployment.toml", "cp/resources/gw/deployment.toml")
    assert taken == {"cp": "cp/deployment.toml"}


def test_why_nothing_deeper_can_be_looked_at_is_told(tmp_path: Path) -> None:
    (tmp_path / "above").symlink_to("/")
    taken, told = found(tmp_path, "cp/deployment.toml", "east/gw/deployment.toml")
    assert taken == {"cp": "cp/deployment.toml"}
    [line] = told
    assert line.startswith("above: a symbolic link that leads outside")
