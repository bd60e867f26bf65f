import json
from pathlib import Path

from tests.verbs.conftest import Line


def test_the_plan_of_the_topology_here_is_told_in_words(lab: Line, topology: Path) -> None:
    ran = lab("plan")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[0] == "lab mine: apim 4.1.0"
    assert "node gw: gateway (stand-in)" in ran.stdout


def test_options_override_the_file(lab: Line, topology: Path) -> None:
    assert lab("plan", "--name", "other").stdout.startswith("lab other:")
    assert lab("plan", LAB_NAME="third").stdout.startswith("lab third:")


def test_the_plan_is_also_a_json_object(lab: Line, topology: Path) -> None:
    told = json.loads(lab("plan", "--format", "json").stdout)
    assert (told["schema"], told["lab"]) == (1, "mine")
    assert [node["name"] for node in told["nodes"]] == ["cp", "gw", "tm", "km"]
    assert told["servers"][0]["databases"] == ["apim_db", "shared_db"]


def test_no_password_is_told(lab: Line, topology: Path) -> None:
    text = topology.read_text().replace('password = "root"', 'password = "s3cret-word"')
    topology.write_text(text)
    for wanted in ("table", "json"):
        ran = lab("plan", "--format", wanted)
        assert (ran.exit_code, "s3cret-word" in ran.stdout) == (0, False)


def test_all_problems_of_a_topology_are_told_in_three_lines_each(lab: Line, topology: Path) -> None:
    text = topology.read_text().replace('role = "gateway"', 'role = "gatewai"')
    topology.write_text(text.replace("tm.wso2.com", "cp.wso2.com"))
    ran = lab("plan")
    assert (ran.exit_code, ran.stdout) == (2, "")
    lines = ran.stderr.splitlines()
    assert len(lines) % 3 == 0
    assert len(lines) >= 6
    assert {line[:6] for line in lines[::3]} == {"error:"}
    assert "mine.toml" in lines[1]
    assert "nodes.gw" in ran.stderr


def test_an_unknown_format_is_a_usage_error(lab: Line, topology: Path) -> None:
    assert lab("plan", "--format", "yaml").exit_code == 2
