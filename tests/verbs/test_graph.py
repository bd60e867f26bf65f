"""`lab graph`, called as a person does, on a machine without an engine."""

from pathlib import Path

import pytest

from tests.verbs.conftest import Line

NO_ENGINE = {"DOCKER_HOST": "tcp://127.0.0.1:1"}


def test_a_topology_is_drawn_without_an_engine_and_the_same_twice(lab: Line, topology: Path):
    first = lab("graph", **NO_ENGINE)
    assert first.exit_code == 0
    assert first.stdout.startswith("<svg ")
    assert "mine: WSO2 API Manager 4.1.0" in first.stdout
    assert lab("graph", "mine.toml", **NO_ENGINE).stdout == first.stdout


def test_a_ready_topology_is_drawn_as_mermaid(lab: Line):
    ran = lab("graph", "ha-all", "--format", "mermaid", "--no-verdicts")
    assert ran.exit_code == 0
    assert "\nflowchart LR\n" in ran.stdout
    assert ran.stdout.count("-->") == 60


def test_a_file_gets_the_picture_and_stdout_nothing(lab: Line, topology: Path):
    ran = lab("graph", "-o", "it.svg", **NO_ENGINE)
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert Path("it.svg").read_text(encoding="utf-8") == lab("graph", **NO_ENGINE).stdout


@pytest.mark.parametrize("path", ["out", "out/nodes"])
def test_a_folder_of_configuration_is_drawn_as_its_files_are(lab: Line, topology: Path, path: str):
    assert lab("render", "-o", "out").exit_code == 0
    file = Path("out/nodes/gw/deployment.toml")
    file.write_text(file.read_text().replace("https://km.wso2.com:9443", "https://kn.example:1"))
    ran = lab("graph", path, **NO_ENGINE)
    assert ran.exit_code == 0
    assert "kn.example:1" in ran.stdout


def test_files_that_lie_deeper_than_in_a_folder_a_node_are_drawn(lab: Line, topology: Path):
    assert lab("render", "-o", "out").exit_code == 0
    Path("given/site").mkdir(parents=True)
    Path("out/nodes").rename("given/site/nodes")
    ran = lab("graph", "given", "--format", "mermaid", **NO_ENGINE)
    assert ran.exit_code == 0
    assert "-->" in ran.stdout


def test_a_lab_that_lies_here_and_does_not_run_is_drawn_from_its_files(lab: Line, topology: Path):
    assert lab("render", "-o", ".lab/mine").exit_code == 0
    path = Path(".lab/mine/nodes/gw/deployment.toml")
    path.write_text(path.read_text().replace("https://km.wso2.com:9443", "https://kn.example:1"))
    for words in ([], ["mine"]):
        assert "kn.example:1" in lab("graph", *words, **NO_ENGINE).stdout


def test_what_is_neither_topology_nor_folder_nor_lab_is_told(lab: Line, folder: Path):
    ran = lab("graph", "nothing", **NO_ENGINE)
    assert ran.exit_code == 2
    assert "no topology `nothing`" in ran.stderr


def test_a_folder_without_configuration_is_told(lab: Line, folder: Path):
    (folder / "empty").mkdir()
    ran = lab("graph", "empty", **NO_ENGINE)
    assert ran.exit_code in (1, 2)
    assert "empty" in ran.stderr
