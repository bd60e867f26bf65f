import json
from pathlib import Path

import pytest

from tests.verbs.conftest import Line

WRONG_PORT = ("tcp://cp.wso2.com:5672", "tcp://cp.wso2.com:5673")


@pytest.fixture
def rendered(lab: Line, topology: Path) -> Path:
    """Render the topology, and give the gateway's file."""
    assert lab("render", "-o", "out").exit_code == 0
    return Path("out/nodes/gw/deployment.toml")


def edit(path: Path, old: str, new: str) -> int:
    """Replace once, and give the line."""
    before, found, after = path.read_text().partition(old)
    assert found
    path.write_text(before + new + after)
    return before.count("\n") + 1


def test_a_topology_as_it_comes_has_no_findings(lab: Line, topology: Path) -> None:
    ran = lab("check")
    assert (ran.exit_code, ran.stdout) == (0, "no findings\n")


@pytest.mark.parametrize("path", ["out", "out/nodes"])
def test_a_folder_is_checked_with_and_without_its_topology(
    lab: Line, rendered: Path, path: str
) -> None:
    assert lab("check", path).stdout == "no findings\n"
    line = edit(rendered, *WRONG_PORT)
    ran = lab("check", path)
    assert ran.exit_code == 3
    assert f"at: gw/deployment.toml:{line}" in ran.stdout
    assert ran.stdout.startswith("error LAB01")


def test_findings_are_also_json(lab: Line, rendered: Path) -> None:
    line = edit(rendered, *WRONG_PORT)
    ran = lab("check", "out", "--format", "json")
    told = json.loads(ran.stdout)
    assert (ran.exit_code, told["schema"]) == (3, 1)
    (finding,) = told["findings"]
    assert (finding["severity"], finding["where"]) == ("error", f"gw/deployment.toml:{line}")
    assert finding["mend"]


def test_a_check_of_several_paths_tells_the_findings_of_all(
    lab: Line, rendered: Path, topology: Path
) -> None:
    edit(rendered, *WRONG_PORT)
    assert lab("check", "mine.toml", "out").exit_code == 3
    assert lab("check", "mine.toml").exit_code == 0


def test_problems_of_all_paths_are_told_at_once(lab: Line, rendered: Path) -> None:
    rendered.write_text("[server\n")
    ran = lab("check", "out", "nothing")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "gw/deployment.toml" in ran.stderr
    assert "no topology `nothing`" in ran.stderr


def test_a_folder_without_configuration_is_said_to_be_one(lab: Line, folder: Path) -> None:
    (folder / "empty").mkdir()
    ran = lab("check", "empty")
    assert ran.exit_code == 2
    assert "no configuration in this folder" in ran.stderr


def test_a_file_that_is_checked_is_not_changed(lab: Line, rendered: Path) -> None:
    before = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    lab("check", "out", "out/nodes")
    assert before == {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
