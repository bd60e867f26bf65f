import json
import re
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.verbs.conftest import Line

BAD = Path(__file__).parents[1] / "wiring" / "check" / "bad"
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


def test_a_topology_with_balancers_has_no_findings_either(lab: Line) -> None:
    ran = lab("check", str(Path(__file__).parents[2] / "topologies" / "ha-all.toml"))
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
    assert "no configuration of a node in this folder" in ran.stderr


def test_a_file_that_is_checked_is_not_changed(lab: Line, rendered: Path) -> None:
    before = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    lab("check", "out", "out/nodes")
    assert before == {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}


def test_a_finding_tells_its_file_line_and_key(lab: Line, rendered: Path) -> None:
    line = edit(rendered, *WRONG_PORT)
    (finding,) = json.loads(lab("check", "out", "--format", "json").stdout)["findings"]
    assert (finding["code"], finding["file"], finding["line"], finding["key"]) == (
        "LAB0102",
        "gw/deployment.toml",
        line,
        "apim.event_hub.event_listening_endpoints[0]",
    )
    assert "apim.event_hub.event_listening_endpoints[0]" in lab("check", "out").stdout


def test_sarif_places_each_finding_in_a_file_that_is_there(lab: Line, rendered: Path) -> None:
    line = edit(rendered, *WRONG_PORT)
    ran = lab("check", "out", "out/nodes", "--format", "sarif")
    assert ran.exit_code == 3
    told = json.loads(ran.stdout)
    (run,) = told["runs"]
    assert told["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["LAB0102"]
    assert len(run["results"]) == 2
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("LAB0102", 0, "error")
        assert Path(place["artifactLocation"]["uri"]) == rendered
        assert place["region"]["startLine"] == line


def test_sarif_places_what_a_topology_makes_at_the_topology(lab: Line, topology: Path) -> None:
    with topology.open("a") as file:
        file.write("\n[nodes.gw.config.apim.cors]\nreports = 'https://x.example/y'\n")
    (run,) = json.loads(lab("check", "mine.toml", "--format", "sarif").stdout)["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "mine.toml"}}
    assert "gw/deployment.toml:" in result["message"]["text"]


def test_sarif_without_findings_is_a_run_without_results(lab: Line, topology: Path) -> None:
    (run,) = json.loads(lab("check", "--format", "sarif").stdout)["runs"]
    assert run["results"] == run["tool"]["driver"]["rules"] == []


def test_with_several_paths_each_finding_tells_its_own(lab: Line, folder: Path) -> None:
    for name in ("LAB0102-a-hub-url-without-port", "LAB0110-a-wrong-notify-path"):
        shutil.copytree(BAD / name, folder / name[:7])
    ran = lab("check", "LAB0102", "LAB0110")
    assert re.findall(r"at: (\S+?):\d+", ran.stdout) == ["LAB0102/tm.toml", "LAB0110/km.toml"]


def test_single_files_of_nodes_are_one_cluster(lab: Line, folder: Path) -> None:
    case = BAD / "LAB0102-a-hub-url-without-port"
    for path in case.iterdir():
        (folder / path.name).write_text(path.read_text())
    alone = lab("check", "tm.toml")
    assert (alone.exit_code, alone.stdout.count("LAB0101")) == (0, 2)
    both = lab("check", "tm.toml", "cp.toml")
    assert both.exit_code == 3
    assert re.findall(r"LAB\d+", both.stdout) == ["LAB0102"]
    assert "at: tm.toml:" in both.stdout


def test_two_files_of_one_node_are_refused(lab: Line, folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name / "gw").mkdir(parents=True)
        (folder / name / "gw" / "deployment.toml").write_text("")
    ran = lab("check", "one/gw/deployment.toml", "two/gw/deployment.toml")
    assert ran.exit_code == 2
    assert "two files of a node gw" in ran.stderr


@pytest.mark.parametrize("name", ["deployment.toml.bak", "deployment.toml-before", "gateway.j2"])
def test_a_node_s_file_is_one_under_any_name(lab: Line, folder: Path, name: str) -> None:
    (folder / "gw").mkdir()
    (folder / "gw" / name).write_text("[serverr]\noffset = 1\n")
    ran = lab("check", f"gw/{name}")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert f"at: gw/{name}:1  serverr" in ran.stdout


def test_a_template_is_told_as_one(lab: Line, folder: Path) -> None:
    (folder / "deployment.toml.erb").write_text("[server]\n<% if @offset %>\noffset = 1\n")
    ran = lab("check", "deployment.toml.erb")
    assert ran.exit_code == 3
    assert "LAB0145: a template, not a configuration" in ran.stdout


def test_one_xml_file_is_refused_for_its_folder(lab: Line, folder: Path) -> None:
    (folder / "carbon.xml").write_text("<Server/>")
    ran = lab("check", "carbon.xml")
    assert ran.exit_code == 2
    assert "give the folder" in ran.stderr


def test_a_products_home_is_one_node(lab: Line, folder: Path) -> None:
    conf = folder / "wso2am" / "repository" / "conf"
    conf.mkdir(parents=True)
    (conf / "deployment.toml").write_text("[server\n")
    ran = lab("check", "wso2am")
    assert ran.exit_code == 3
    assert "at: wso2am" not in ran.stdout
    assert "LAB0145" in ran.stdout
    assert "repository/conf/deployment.toml:1" in ran.stdout


def test_warnings_fail_only_on_request(lab: Line, folder: Path) -> None:
    path = str(BAD / "LAB0142-a-label-without-environment")
    assert lab("check", path).exit_code == 0
    assert lab("check", path, "--fail-on", "warning").exit_code == 3
    assert lab("check", path, LAB_FAIL_ON="warning").exit_code == 3


@pytest.mark.parametrize("word", ["LAB0102", "LAB0102:gw"])
def test_what_is_ignored_is_not_told(lab: Line, rendered: Path, word: str) -> None:
    edit(rendered, *WRONG_PORT)
    ran = lab("check", "out", "--ignore", word)
    assert (ran.exit_code, ran.stdout) == (0, "no findings\n")
    assert lab("check", "out", "--ignore", "LAB0102:cp", "--ignore", "LAB0101").exit_code == 3


def test_what_a_topology_ignores_is_not_told(lab: Line, topology: Path) -> None:
    text = topology.read_text() + "\n[nodes.gw.config.apim.cors]\nreports = 'https://x.example'\n"
    topology.write_text(text)
    assert "LAB0115" in lab("check").stdout
    topology.write_text(text + '\n[check]\nignore = ["LAB0115:gw"]\n')
    assert lab("check").stdout == "no findings\n"
    topology.write_text(text + '\n[check]\nignore = ["LAB0115:cp"]\n')
    assert "LAB0115" in lab("check").stdout


def test_a_topology_that_ignores_no_code_is_refused(lab: Line, topology: Path) -> None:
    topology.write_text(topology.read_text() + '\n[check]\nignore = ["all"]\n')
    ran = lab("check")
    assert ran.exit_code == 2
    assert "'all' names no finding" in ran.stderr
    assert "check.ignore[0]" in ran.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--ignore", "LAB9999"], "'LAB9999' names no finding"),
        (["--product-version", "four"], "'four' is no version"),
    ],
)
def test_words_that_mean_nothing_are_refused(
    lab: Line, topology: Path, words: list[str], says: str
) -> None:
    ran = lab("check", *words)
    assert ran.exit_code == 2
    assert says in ran.stderr


def test_the_version_of_files_is_told_by_an_option(lab: Line, folder: Path) -> None:
    path = str(BAD / "LAB0149-a-key-of-a-later-version")
    assert lab("check", path).stdout == "no findings\n"
    assert "LAB0149" in lab("check", path, "--product-version", "4.1.0").stdout
    assert lab("check", path, "--product-version", "4.2.0").stdout == "no findings\n"


def test_files_that_lie_deeper_than_in_a_folder_a_node_are_found(lab: Line, folder: Path) -> None:
    for site in ("east", "west"):
        path = folder / f"given/cp/{site}/repository/conf/deployment.toml"
        path.parent.mkdir(parents=True)
        shutil.copy(BAD / "LAB0149-a-key-of-a-later-version/cp.toml", path)
    ran = lab("check", "given", "--product-version", "4.1.0")
    assert ran.exit_code == 0
    assert "cp/east/repository/conf/deployment.toml:" in ran.stdout
    assert "cp/west/repository/conf/deployment.toml:" in ran.stdout


def test_the_version_of_a_file_is_told_by_the_home_that_it_lies_in(lab: Line, folder: Path) -> None:
    path = folder / "cp/repository/conf/deployment.toml"
    path.parent.mkdir(parents=True)
    shutil.copy(BAD / "LAB0149-a-key-of-a-later-version/cp.toml", path)
    (folder / "cp/bin").mkdir()
    (folder / "cp/bin/version.txt").write_text("WSO2 API Manager v4.1.0\n")
    assert "LAB0149" in lab("check", "cp").stdout
    assert "LAB0149" in lab("check", str(path)).stdout
    assert lab("check", "cp", "--product-version", "4.2.0").stdout == "no findings\n"
    (folder / "cp/bin/version.txt").write_text("WSO2 Identity Server v7.0.0\n")
    assert lab("check", "cp").stdout == "no findings\n"


@pytest.mark.parametrize("text", ["[lab]\n", '[lab\n[nodes.gw]\nrole = "gateway"\n'])
def test_a_broken_topology_is_told_as_one(lab: Line, folder: Path, text: str) -> None:
    (folder / "mine.toml").write_text(text)
    ran = lab("check", "mine.toml")
    assert (ran.exit_code, ran.stdout) == (2, "")


def test_an_archive_is_to_be_unpacked(lab: Line, folder: Path) -> None:
    with ZipFile(folder / "acme.zip", "w") as archive:
        archive.writestr("gw/deployment.toml", "")
    ran = lab("check", "acme.zip")
    assert ran.exit_code == 2
    assert "an archive, no node's file" in ran.stderr
    assert "unpack it" in ran.stderr
