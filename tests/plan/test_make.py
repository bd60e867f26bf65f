import dataclasses
import json
import re
from pathlib import Path

import pytest

from lab.errors import LabError, UsageError
from lab.plan.make import make_plan, plan_options, read_plan
from lab.plan.model import Plan
from lab.plan.text import plan_text
from lab.topology.read import parse_topology, read_topology

CHECKOUT = Path(__file__).parents[2]
READY_MADE = CHECKOUT / "topologies" / "km-tm-separated.toml"
OFFSETS = CHECKOUT / "tests" / "topologies" / "good" / "offsets.toml"


def plan_of(path: Path) -> Plan:
    return make_plan(read_topology(path))


def test_names_follow_the_lab_s():
    plan = make_plan(read_topology(READY_MADE), name="mine")
    assert plan.lab == "mine"
    assert plan.network == "lab-mine"
    assert plan.prober == "lab-mine-prober"
    assert [node.container for node in plan.nodes] == [
        f"lab-mine-{name}" for name in ("cp", "gw", "tm", "km")
    ]
    assert plan.servers[0].container == "lab-mine-db"


@pytest.mark.parametrize(
    ("options", "where"),
    [({"name": "My Lab"}, "--name"), ({"nodes": "standin"}, "--nodes")],
)
def test_an_option_that_can_t_be_is_refused(options: dict[str, str], where: str):
    with pytest.raises(UsageError) as refused:
        make_plan(read_topology(READY_MADE), **options)
    assert [problem.where for problem in refused.value.problems] == [where]


def test_two_bad_options_are_told_at_once():
    with pytest.raises(UsageError) as refused:
        make_plan(read_topology(READY_MADE), name="", nodes="")
    assert [problem.where for problem in refused.value.problems] == ["--name", "--nodes"]


def test_a_stand_in_starts_after_nobody():
    assert {node.starts_after for node in plan_of(READY_MADE).nodes} == {()}


def test_a_host_is_found_by_every_name_and_in_any_case():
    plan = plan_of(OFFSETS)
    assert plan.holder_of("cp.example.test") == plan.holder_of("HUB.example.test") == "cp"
    assert plan.holder_of("db.example.test") == "db"
    assert plan.holder_of("elsewhere.test") is None


def test_a_node_is_found_by_its_name_only():
    plan = plan_of(READY_MADE)
    assert plan.node("gw").hostname == "gw.wso2.com"
    with pytest.raises(KeyError):
        plan.node("gw.wso2.com")


@pytest.mark.parametrize("path", [READY_MADE, OFFSETS], ids=lambda path: path.stem)
def test_no_password_shows_in_a_plan_s_text_or_repr(path: Path):
    plan = plan_of(path)
    secret = {account.password for server in plan.servers for account in server.accounts}
    secret |= {node.super_admin.password for node in plan.nodes}
    marked = dataclasses.replace(
        plan,
        nodes=tuple(
            dataclasses.replace(
                node, super_admin=dataclasses.replace(node.super_admin, password="hush")
            )
            for node in plan.nodes
        ),
        servers=tuple(
            dataclasses.replace(
                server,
                accounts=tuple(
                    dataclasses.replace(account, password="hush") for account in server.accounts
                ),
            )
            for server in plan.servers
        ),
    )
    assert secret
    assert "hush" not in f"{plan_text(marked)} {marked!r}"
    assert plan_text(marked) == plan_text(plan)


def write_folder(folder: Path, plan: Plan) -> None:
    (folder / "options.json").write_text(json.dumps(dict(plan_options(plan))), encoding="utf-8")
    (folder / "topology.toml").write_bytes(plan.topology_text.encode())


@pytest.mark.parametrize("dbscripts", [None, Path("scripts/of mine")])
def test_a_lab_s_folder_gives_the_same_plan_again(dbscripts: Path | None, tmp_path: Path):
    plan = make_plan(read_topology(OFFSETS), name="other", dbscripts=dbscripts)
    write_folder(tmp_path, plan)
    assert read_plan(tmp_path) == plan


def test_windows_line_ends_survive_in_a_lab_s_folder(tmp_path: Path):
    text = READY_MADE.read_text(encoding="utf-8").replace("\n", "\r\n")
    plan = make_plan(parse_topology(text))
    write_folder(tmp_path, plan)
    assert read_plan(tmp_path).topology_text == text


@pytest.mark.parametrize("options", ["", "[]", "{}", '{"name": 1}', "\xff"])
def test_a_damaged_folder_is_told_so(options: str, tmp_path: Path):
    write_folder(tmp_path, plan_of(READY_MADE))
    (tmp_path / "options.json").write_text(options, encoding="latin-1")
    with pytest.raises(LabError) as refused:
        read_plan(tmp_path)
    assert refused.value.problems[0].where == str(tmp_path)


def test_a_folder_that_isn_t_a_lab_s_is_told_so(tmp_path: Path):
    what = f"{tmp_path} is no lab's folder: options.json: No such file or directory"
    with pytest.raises(LabError, match=re.escape(what)):
        read_plan(tmp_path)
    with pytest.raises(LabError, match="/gone is no lab's folder: it is gone"):
        read_plan(tmp_path / "gone")


def test_a_lab_of_somebody_s_files_is_read_again_from_a_deleted_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    text = re.sub(r"(\[nodes\.(..)\])", r'\1\nfile = "nodes/\2.toml"', READY_MADE.read_text())
    write_folder(tmp_path, make_plan(parse_topology(text, where="mine.toml")))
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert all(node.file is not None for node in read_plan(tmp_path).nodes)
