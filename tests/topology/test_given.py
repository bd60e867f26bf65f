"""Topologies whose nodes run on files of their own: secrets apart, addresses, shared machines."""

from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.plan.make import make_plan
from lab.plan.text import plan_text
from lab.topology.read import read_topology

TEXT = """
[lab]
version = "4.1.0"
secrets = "secrets.toml"

[nodes.cp]
role = "control-plane"
file = "cp.toml"
hostname = "all.example"
addresses = ["10.1.2.3"]
ports = { 9443 = 9450 }

[nodes.gw]
role = "gateway"
file = "gw.toml"
beside = "cp"
offset = 1

[nodes.gw.super_admin]
username = "boss"
password = { secret = "gw" }

[databases.db]
beside = "cp"
username = "root"
password = { secret = "db" }
schemas = { apim_db = "am", shared_db = "shared" }
also = { gw_shared = "shared_db" }
accounts = [{ username = "other", password = { secret = "other" } }]
"""
SECRETS = 'gw = "gw-word"\ndb = "db-word"\nother = "other-word"\n'


def written(folder: Path, text: str = TEXT, secrets: str = SECRETS, mode: int = 0o600) -> Path:
    (folder / "t.toml").write_text(text)
    (folder / "secrets.toml").write_text(secrets)
    (folder / "secrets.toml").chmod(mode)
    return folder / "t.toml"


def problems(path: Path) -> list[str]:
    with pytest.raises(TopologyError) as refused:
        read_topology(path)
    return [problem.what for problem in refused.value.problems]


def test_secrets_come_from_their_own_file_and_show_nowhere(tmp_path: Path) -> None:
    topology = read_topology(written(tmp_path))
    plan = make_plan(topology)
    assert plan.node("gw").super_admin.password == "gw-word"
    assert [account.password for account in plan.server("db").accounts] == ["db-word", "other-word"]
    assert "-word" not in repr(topology) + repr(plan) + plan_text(plan)


def test_an_account_of_its_own_does_not_pass_to_other_nodes(tmp_path: Path) -> None:
    plan = make_plan(read_topology(written(tmp_path)))
    assert plan.node("cp").super_admin.username == "admin"


@pytest.mark.parametrize(
    ("secrets", "mode", "what"),
    [
        (SECRETS, 0o640, "the file of secrets is open to others (mode 0640)"),
        ("gw = ", 0o600, "the file of secrets is not TOML"),
        (f"gw = {'[' * 3000}", 0o600, "the file of secrets is not TOML"),
        ('db = "x"\nother = "y"\n', 0o600, "the secret 'gw' isn't there"),
    ],
)
def test_a_file_of_secrets_that_can_t_be_used_is_refused(
    tmp_path: Path, secrets: str, mode: int, what: str
) -> None:
    assert problems(written(tmp_path, secrets=secrets, mode=mode))[0] == what


def test_who_stands_beside_a_node_has_its_names_and_its_localhost(tmp_path: Path) -> None:
    plan = make_plan(read_topology(written(tmp_path)))
    assert {one.aliases for one in plan.members} == {("all.example",)}
    assert {one.machine for one in plan.members} == {"lab-t-cp-machine"}
    assert plan.holder_of("10.1.2.3", 9450) == "cp"
    assert plan.holder_of("ALL.example", 9444) == "gw"
    assert plan.holder_of("all.example", 1) == "cp"
    assert plan.neighbour_of("cp", 3306) == "db"
    assert plan.neighbour_of("gw", 1) == "gw"


def test_further_schemas_are_made_as_the_database_that_they_name(tmp_path: Path) -> None:
    (server,) = make_plan(read_topology(written(tmp_path))).servers
    assert [(one.name, one.script) for one in server.schemas] == [
        ("am", "apimgt/mysql.sql"),
        ("shared", "mysql.sql"),
        ("gw_shared", "mysql.sql"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('beside = "cp"\noffset', 'beside = "xx"\noffset', "no node 'xx'"),
        ('beside = "cp"\noffset', 'beside = "gw"\noffset', "gw stands beside another node itself"),
        (
            'beside = "cp"\noffset',
            'beside = "cp"\nhostname = "x"\noffset',
            "`hostname` and `beside`: a machine has the names of its first node",
        ),
        ("10.1.2.3", "127.0.0.1", "'127.0.0.1' is no address that a machine can have"),
        ('["10.1.2.3"]', '["10.1.2.3", "10.1.2.3"]', "the address 10.1.2.3 is taken by"),
    ],
)
def test_machines_and_addresses_that_can_t_be_are_refused(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    assert old in TEXT
    said = problems(written(tmp_path, TEXT.replace(old, new)))
    assert any(one.startswith(what) for one in said)


def test_a_further_schema_is_made_as_a_database_that_the_version_has(tmp_path: Path) -> None:
    text = TEXT.replace('gw_shared = "shared_db"', 'gw_shared = "regdb"')
    assert problems(written(tmp_path, text)) == ["unknown database 'regdb'"]
