"""The nodes' encryption key: one for all, kept, the topology's own, or read from a file."""

import stat
import tomllib
from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.plan.make import make_plan, read_plan
from lab.plan.text import plan_text
from lab.render.write import render
from lab.topology.read import parse_topology, read_topology

READY_MADE = Path(__file__).parents[2] / "topologies/km-tm-separated.toml"
DEFAULT = READY_MADE.read_text(encoding="utf-8")
OWN = "0123456789abcdef0123456789abcdef"


def rendered(text: str, folder: Path) -> set[str]:
    """Render, and give the keys of all nodes' files."""
    render(make_plan(parse_topology(text)), folder)
    files = [tomllib.loads(path.read_text()) for path in folder.glob("nodes/*/deployment.toml")]
    assert len(files) == 4
    return {file.get("encryption", {}).get("key", "") for file in files}


def test_the_lab_makes_one_key_for_all_nodes_and_keeps_it(tmp_path: Path) -> None:
    text = f"{DEFAULT}\n[encryption]\n"
    (key,) = rendered(text, tmp_path / "a")
    assert len(key) == 32
    assert rendered(text, tmp_path / "a") == {key}
    assert rendered(text, tmp_path / "b") != {key}
    file = tmp_path / "a" / "encryption.key"
    assert file.read_text().strip() == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_the_table_no_node_has_a_key(tmp_path: Path) -> None:
    assert rendered(DEFAULT, tmp_path) == {""}
    assert not (tmp_path / "encryption.key").exists()


def test_from_4_7_every_node_has_the_lab_s_key_without_a_table(tmp_path: Path) -> None:
    text = DEFAULT.replace('version = "4.1.0"', 'version = "4.7.0"')
    (key,) = rendered(text, tmp_path)
    assert len(key) == 32
    assert rendered(text, tmp_path) == {key}


def test_hexadecimal_digits_are_a_key_from_4_7_on(tmp_path: Path) -> None:
    text = f'{DEFAULT}\n[encryption]\nkey = "{OWN + OWN}"\n'
    later = text.replace('version = "4.1.0"', 'version = "4.7.0"')
    assert rendered(later, tmp_path) == {OWN + OWN}
    with pytest.raises(TopologyError) as refused:
        parse_topology(text)
    assert [problem.where for problem in refused.value.problems] == ["topology: encryption.key"]


def test_a_damaged_key_is_made_anew(tmp_path: Path) -> None:
    text = f"{DEFAULT}\n[encryption]\n"
    before = rendered(text, tmp_path)
    (tmp_path / "encryption.key").write_text("short\n")
    (key,) = rendered(text, tmp_path)
    assert len(key) == 32
    assert before != {key}


def test_the_topology_s_own_key_is_everybody_s(tmp_path: Path) -> None:
    text = f'{DEFAULT}\n[encryption]\nkey = "{OWN}"\n'
    assert rendered(text, tmp_path) == {OWN}
    plan = make_plan(parse_topology(text))
    assert OWN not in f"{plan_text(plan)} {plan!r}"


def test_a_key_file_lies_beside_the_topology(tmp_path: Path) -> None:
    (tmp_path / "lab.key").write_text(f"{OWN}\n")
    topology = tmp_path / "lab.toml"
    topology.write_text(f'{DEFAULT}\n[encryption]\nkey_file = "lab.key"\n')
    render(make_plan(read_topology(topology)), tmp_path / "out")
    file = tomllib.loads((tmp_path / "out/nodes/tm/deployment.toml").read_text())
    assert file["encryption"]["key"] == OWN
    assert OWN not in (tmp_path / "out/topology.toml").read_text()
    # The lab's folder lives on when the file is gone.
    (tmp_path / "lab.key").unlink()
    assert read_plan(tmp_path / "out").encryption is not None


@pytest.mark.parametrize("content", [None, "", "short", "0123456789abcde<", "ä" * 16])
def test_a_file_that_holds_no_key_is_told_without_its_content(
    content: str | None, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "lab.key").write_text(content, encoding="utf-8")
    topology = tmp_path / "lab.toml"
    topology.write_text(f'{DEFAULT}\n[encryption]\nkey_file = "lab.key"\n')
    with pytest.raises(TopologyError) as refused:
        render(make_plan(read_topology(topology)), tmp_path / "out")
    (problem,) = refused.value.problems
    assert problem.where == f"{topology}: encryption.key_file"
    assert not content or content not in str(refused.value)
    assert not (tmp_path / "out").exists()
