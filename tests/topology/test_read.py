import os
from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.products.facts import Role
from lab.topology.read import parse_topology, read_topology

TOPOLOGIES = Path(__file__).parents[1] / "topologies"
READY_MADE = Path(__file__).parents[2] / "topologies"
BAD = sorted(path.stem for path in (TOPOLOGIES / "bad").glob("*.toml"))
GOOD = sorted([*(TOPOLOGIES / "good").glob("*.toml"), *READY_MADE.glob("*.toml")])


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_refused_with_its_message(fault: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(TOPOLOGIES / "bad")
    with pytest.raises(TopologyError) as refused:
        read_topology(f"{fault}.toml")
    assert str(refused.value) + "\n" == Path(f"{fault}.txt").read_text(encoding="utf-8")


def test_every_bad_file_has_its_message_and_the_reverse():
    messages = {path.stem for path in (TOPOLOGIES / "bad").glob("*.txt")}
    assert messages == set(BAD)
    assert len(BAD) > 40


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_file_is_read(path: Path):
    assert read_topology(path).nodes


def test_the_ready_made_topology_has_the_product_s_defaults():
    topology = read_topology(READY_MADE / "km-tm-separated.toml")
    assert topology.name == "km-tm-separated"
    assert {name: node.role for name, node in topology.nodes.items()} == {
        "cp": Role.CONTROL_PLANE,
        "gw": Role.GATEWAY,
        "tm": Role.TRAFFIC_MANAGER,
        "km": Role.KEY_MANAGER,
    }
    assert topology.super_admin.username == topology.super_admin.password == "admin"
    assert topology.servers["db"].port == 3306
    assert all(node.offset == 0 and not node.aliases for node in topology.nodes.values())


@pytest.mark.parametrize(
    "text",
    [
        f"a = {'[' * 3000}{']' * 3000}",
        f"a = {'[' * 300}{']' * 300}",
        f"{'.'.join('a' * 3000)} = 1",
        f"[nodes.gw.config.{'.'.join('a' * 3000)}]",
    ],
    ids=["arrays", "fewer-arrays", "keys", "tables"],
)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    with pytest.raises(TopologyError, match="nested too deep"):
        parse_topology(text)


def test_all_problems_come_at_once_each_at_its_key():
    text = """
        [lab]
        versoin = "4.1.0"
        [nodes.gw]
        role = "gatway"
        hostname = "10.0.0.1"
        offset = "1"
        [nodes.Prober]
        role = "control-plane"
        [super_admin]
        password = "a@b<c"
    """
    with pytest.raises(TopologyError) as refused:
        parse_topology(text, where="my.toml")
    assert sorted(problem.where for problem in refused.value.problems) == [
        "my.toml: lab.version",
        "my.toml: lab.versoin",
        "my.toml: nodes.Prober",
        "my.toml: nodes.Prober.hostname",
        "my.toml: nodes.gw.hostname",
        "my.toml: nodes.gw.offset",
        "my.toml: nodes.gw.role",
        "my.toml: super_admin.password",
        "my.toml: super_admin.password",
    ]
    assert all(problem.mend for problem in refused.value.problems)
    assert "a@b<c" not in str(refused.value)


def test_a_wrong_role_is_not_followed_by_complaints_about_missing_peers():
    text = (READY_MADE / "km-tm-separated.toml").read_text(encoding="utf-8")
    with pytest.raises(TopologyError) as refused:
        parse_topology(text.replace('"control-plane"', '"controlplane"'))
    assert [problem.what for problem in refused.value.problems] == ["unknown role 'controlplane'"]


def test_no_traceback_can_hold_a_password():
    text = '[lab]\nversion = "4.1.0"\n[nodes]\n[super_admin]\npassword = ["hush"]\nusername = 1\n'
    with pytest.raises(TopologyError) as refused:
        parse_topology(text)
    assert "hush" not in str(refused.value)
    assert "hush" not in str(refused.value.__cause__)
    assert "hush" not in repr(refused.value.__cause__)


def test_a_topology_s_repr_holds_no_password():
    topology = read_topology(TOPOLOGIES / "good" / "offsets.toml")
    for section in (topology.super_admin, *topology.servers.values()):
        assert section.password not in repr(topology)


def test_a_missing_file_is_told_as_the_user_typed_it(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TopologyError, match=r"at: \./nowhere\.toml") as refused:
        read_topology("./nowhere.toml")
    assert refused.value.problems[0].what == "no such topology file"


def _fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: path.mkdir(), "is a folder, not a topology file"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00\x01"), "is no text in UTF-8"),
        (lambda path: path.write_bytes(b"[lab]\0"), "is no text in UTF-8"),
        (lambda path: path.write_bytes(b"#" * 1_100_000), "is larger than any topology (1 MiB)"),
        (lambda path: path.symlink_to(path), "can't be read"),
        (_fifo, "is no regular file"),
    ],
    ids=["folder", "binary", "nul", "huge", "loop", "fifo"],
)
def test_what_is_no_topology_file_is_told_so(make, what: str, tmp_path: Path):
    path = tmp_path / "lab.toml"
    make(path)
    with pytest.raises(TopologyError) as refused:
        read_topology(path)
    assert refused.value.problems[0].what.startswith(f"{path} {what}")
    assert refused.value.problems[0].where == str(path)


@pytest.mark.parametrize(
    "change", [lambda text: "\ufeff" + text, lambda t: t.replace("\n", "\r\n")]
)
def test_a_byte_order_mark_and_windows_line_ends_are_read(change, tmp_path: Path):
    text = (READY_MADE / "km-tm-separated.toml").read_text(encoding="utf-8")
    path = tmp_path / "windows.toml"
    path.write_text(change(text), encoding="utf-8", newline="")
    assert len(read_topology(path).nodes) == 4


def test_a_file_whose_stem_can_t_name_a_lab_is_told_how_to_name_it(tmp_path: Path):
    path = tmp_path / "My Lab.toml"
    path.write_bytes((READY_MADE / "km-tm-separated.toml").read_bytes())
    with pytest.raises(TopologyError, match=r"a lab can't be called 'My Lab'") as refused:
        read_topology(path)
    assert "`[lab] name`" in refused.value.problems[0].mend
