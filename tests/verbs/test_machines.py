import json
from pathlib import Path

import pytest

from lab.verbs.engines import machines_file
from tests.launch.swarm.scripted import Script, serving
from tests.verbs.conftest import Line


@pytest.fixture
def configured(folder: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(folder)}


def test_machines_are_named_listed_and_forgotten(lab: Line, configured: dict[str, str]) -> None:
    assert lab("machines", "add", "far", "--host", "unix:///nowhere", **configured).exit_code == 0
    ran = lab("machines", "list", "--format", "json", **configured)
    (machine,) = json.loads(ran.stdout)["machines"]
    assert (machine["name"], machine["host"], machine["answers"]) == (
        *("far", "unix:///nowhere"),
        False,
    )
    assert "does not answer" in machine["missing"][0]
    assert "far" in lab("machines", "list", **configured).stdout
    assert lab("machines", "remove", "far", **configured).exit_code == 0
    ran = lab("machines", "list", **configured)
    assert (ran.stdout, ran.exit_code) == ("", 0)


def test_a_machine_without_a_way_to_it_is_refused(lab: Line, configured: dict[str, str]) -> None:
    ran = lab("machines", "add", "far", **configured)
    assert ran.exit_code == 2
    assert "error: a machine has a host or a context" in ran.stderr


def test_a_url_that_leads_nowhere_is_refused(lab: Line, configured: dict[str, str]) -> None:
    ran = lab("machines", "add", "far", "--host", "tcp://127.0.0.1:99999", **configured)
    assert (ran.exit_code, "is no engine's URL: Port out of range" in ran.stderr) == (2, True)


def test_a_url_that_leads_nowhere_in_the_file_is_a_machine_that_does_not_answer(
    lab: Line, folder: Path, configured: dict[str, str]
) -> None:
    file = folder / "apim-lab" / "machines.toml"
    file.parent.mkdir()
    file.write_text('[machines.far]\nhost = "tcp://127.0.0.1:99999"\n')
    lab("machines", "add", "near", "--host", "unix:///nowhere", **configured)
    ran = lab("machines", "list", "--format", "json", **configured)
    rows = {row["name"]: row for row in json.loads(ran.stdout)["machines"]}
    assert list(rows) == ["far", "near"]
    assert "is no engine's URL: Port out of range" in rows["far"]["missing"][0]
    assert lab("machines", "remove", "far", **configured).exit_code == 0


def test_a_list_of_labs_names_the_file_of_machines_that_it_cannot_read(
    lab: Line, folder: Path, configured: dict[str, str]
) -> None:
    file = folder / "apim-lab" / "machines.toml"
    file.parent.mkdir()
    file.write_text("[machines")
    with serving(Script("here"), folder) as engine:
        ran = lab("list", DOCKER_HOST=engine.host, **configured)
    assert (ran.exit_code, str(file) in ran.stderr) == (0, True), ran.stderr


def test_an_unknown_machine_names_the_known(lab: Line, configured: dict[str, str]) -> None:
    lab("machines", "add", "near", "--context", "near", **configured)
    ran = lab("machines", "remove", "far", **configured)
    assert (ran.exit_code, "known: near" in ran.stderr) == (1, True)


def test_a_registry_is_named_told_and_forgotten(lab: Line, configured: dict[str, str]) -> None:
    assert lab("machines", "registry", **configured).stdout == "none\n"
    assert lab("machines", "registry", "localhost:5000", **configured).exit_code == 0
    lab("machines", "add", "near", "--context", "near", **configured)
    assert lab("machines", "registry", **configured).stdout == "localhost:5000\n"
    assert lab("machines", "registry", "--none", **configured).exit_code == 0
    assert lab("machines", "registry", **configured).stdout == "none\n"


def test_a_url_is_no_registry(lab: Line, configured: dict[str, str]) -> None:
    ran = lab("machines", "registry", "http://localhost:5000", **configured)
    assert (ran.exit_code, "is no registry" in ran.stderr) == (2, True)


def test_the_file_lies_in_the_users_configuration() -> None:
    lies_in = machines_file({"HOME": "/home/me"})
    assert lies_in == Path("/home/me/.config/apim-lab/machines.toml")
    configured = machines_file({"HOME": "/home/me", "XDG_CONFIG_HOME": "/etc/me"})
    assert configured == Path("/etc/me/apim-lab/machines.toml")


def test_a_lab_whose_machines_are_all_lost_is_not_denied(
    lab: Line, folder: Path, configured: dict[str, str], tmp_path: Path
) -> None:
    (folder / ".lab" / "mine").mkdir(parents=True)
    lab("machines", "add", "m1", "--host", "unix:///nowhere", **configured)
    with serving(Script("m2", leads=False), tmp_path) as left, serving(Script("n"), folder) as here:
        lab("machines", "add", "m2", "--host", left.host, **configured)
        ran = lab("status", "mine", DOCKER_HOST=here.host, **configured)
    assert ran.exit_code == 1
    assert "no machine that answers has anything of the lab, and m1 does not" in ran.stderr


@pytest.mark.parametrize("words", [("--on", "swarm"), ()])
def test_a_lab_on_no_machine_is_refused_before_anything_starts(
    lab: Line, topology: Path, configured: dict[str, str], words: tuple[str, ...]
) -> None:
    if not words:
        topology.write_text(topology.read_text().replace("[lab]", '[lab]\nengine = "swarm"'))
    ran = lab("up", *words, DOCKER_HOST="unix:///nowhere", **configured)
    assert (ran.exit_code, ran.stdout) == (1, ""), ran.stderr
    assert ran.stderr.startswith("error: no machine is known\n")
    assert not Path(".lab").exists()
