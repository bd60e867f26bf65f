"""Where the nodes' files are looked for, and what is said when one can't be used."""

from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.products.facts import Role
from lab.wiring.node_files import find_files, node_of, read_nodes
from lab.wiring.toml_reader import NotTomlError


def test_a_products_own_layout_is_read_too(lone):
    lone.write("b/repository/conf", '[server]\nserver_role = "traffic-manager"\n')
    lone.write("a", '[server]\nserver_role = "gateway-worker"\n')
    (lone.folder / "c").mkdir()
    found = read_nodes(lone.folder, None)
    assert [(name, node.document.file, node.role) for name, node in found.items()] == [
        ("a", "a/deployment.toml", Role.GATEWAY),
        ("b", "b/repository/conf/deployment.toml", Role.TRAFFIC_MANAGER),
    ]


def test_a_plan_says_which_nodes_there_are_and_their_roles(nodes, plan):
    nodes.edit("gw", 'server_role = "gateway-worker"', 'server_role = "default"')
    nodes.write("stranger", "")
    found = read_nodes(nodes.folder, plan)
    assert sorted(found) == ["cp", "gw", "km", "tm"]
    assert found["gw"].role is Role.GATEWAY


def test_the_problems_of_all_files_are_told_at_once(nodes, plan):
    nodes.path("gw").unlink()
    nodes.write("tm", "[server\n")
    nodes.append("cp", "\n[server]\n")
    with pytest.raises(TopologyError) as caught:
        read_nodes(nodes.folder, plan)
    assert {problem.where.partition("/")[0] for problem in caught.value.problems} == {
        "cp",
        "gw",
        "tm",
    }


@pytest.mark.parametrize("name", ["absent", "."])
def test_a_folder_without_nodes_is_a_problem(tmp_path, name):
    with pytest.raises(TopologyError):
        read_nodes(tmp_path / name, None)


def test_a_node_is_a_folder_or_a_file_and_a_topology_is_none(lone):
    lone.write("a", "")
    (lone.folder / "b.toml").write_text("")
    (lone.folder / "mine.toml").write_text("[nodes.gw]\n")
    (lone.folder / "notes.txt").write_text("")
    assert find_files(lone.folder) == {"a": "a/deployment.toml", "b": "b.toml"}


@pytest.mark.parametrize("place", ["deployment.toml", "repository/conf/deployment.toml"])
def test_a_folder_that_holds_the_file_itself_is_one_node(tmp_path, place):
    path = tmp_path / "gw1" / place
    path.parent.mkdir(parents=True)
    path.write_text("")
    assert find_files(tmp_path / "gw1") == {"gw1": place}
    assert node_of(path) == "gw1"
    assert node_of(Path("tm.toml")) == "tm"
    assert node_of(path.with_name("deployment.toml.bak")) == "gw1"


def test_a_folder_whose_only_node_is_a_home_called_carbon_is_that_node(tmp_path):
    for home, names in (("carbon", ["gw1"]), ("other", ["carbon", "other"])):
        (tmp_path / "gw1" / home).mkdir(parents=True)
        (tmp_path / "gw1" / home / "deployment.toml").write_text("")
        assert list(find_files(tmp_path / "gw1")) == names


def test_where_syntax_is_all_that_is_wrong_the_error_holds_the_findings(lone):
    lone.write("a", "[server\n")
    lone.write("b", "[server]\n[server]\n")
    with pytest.raises(NotTomlError) as caught:
        read_nodes(lone.folder, None)
    assert [(one.code, str(one.where)) for one in caught.value.findings] == [
        ("LAB0145", "a/deployment.toml:1"),
        ("LAB0144", "b/deployment.toml:2"),
    ]
