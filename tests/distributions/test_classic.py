"""Distributions of the 2.x line, each of which is for one role."""

from pathlib import Path

import pytest

from lab.distributions.complete import distribution_problems
from lab.distributions.find import distribution_of
from lab.launch.scripts_of import scripts_of
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.render.configuration import placed_files
from lab.render.write import render
from lab.topology.read import parse_topology
from lab.wiring.read import read_links
from tests.product.make import ROOT, make_classic


@pytest.fixture
def homes(tmp_path: Path) -> dict[str, Path]:
    return {
        "am": make_classic(tmp_path, "wso2am", "2.1.0"),
        "km": make_classic(tmp_path, "wso2is-km", "5.3.0"),
    }


def planned(homes: dict[str, Path], more: str = "") -> Plan:
    text = (ROOT / "topologies/is-key-manager.toml").read_text()
    for node, home in homes.items():
        text = text.replace(f"[nodes.{node}]", f'[nodes.{node}]\nkind = "home:{home}"')
    return make_plan(parse_topology(text + more))


def problems(plan: Plan) -> list[str]:
    return [
        problem.what
        for node in plan.real_nodes
        if (found := distribution_of(node)) is not None
        for problem in distribution_problems(plan, found, [node])
    ]


def test_whole_distributions_have_no_problem(homes: dict[str, Path]) -> None:
    assert problems(planned(homes)) == []


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("am", "bin/wso2server.sh"),
        ("am", "repository/conf/datasources/master-datasources.xml"),
        ("am", "repository/conf/jndi.properties"),
        ("km", "repository/conf/identity/embedded-ldap.xml"),
    ],
)
def test_what_is_missing_is_named(homes: dict[str, Path], node: str, name: str) -> None:
    plan = planned(homes)
    (homes[node] / name).unlink()
    assert problems(plan) == [f"the distribution is incomplete: no {name}"]


def test_an_api_manager_in_the_key_manager_s_place_is_told_by_its_version(
    homes: dict[str, Path],
) -> None:
    told = problems(planned({**homes, "km": homes["am"]}))
    assert told == ["the distribution is version 2.1.0, and km runs wso2is-km-5.3.0"]


def test_the_dbscripts_are_those_of_whoever_has_all(homes: dict[str, Path]) -> None:
    (homes["km"] / "dbscripts/apimgt/mysql5.7.sql").unlink()
    plan = planned(homes)
    found = scripts_of(plan, plan.server("db"))
    assert {str(one.path.parents[1]) for name, one in found.items() if name == "apimgtdb"} == {
        str(homes["am"] / "dbscripts")
    }


def test_a_node_s_memory_is_that_of_the_line(homes: dict[str, Path]) -> None:
    assert {node.name: node.heap for node in planned(homes).nodes} == {"am": 1024, "km": 1024}


def test_files_are_the_distribution_s_own_edited_and_lead_to_the_same_links(
    homes: dict[str, Path], tmp_path: Path
) -> None:
    carbon = homes["am"] / "repository/conf/carbon.xml"
    text = carbon.read_text().replace("security/wso2carbon.jks", "security/acme.jks")
    carbon.write_text(text.replace("<Name>", "<!-- mine -->\n    <Mine>1</Mine>\n    <Name>"))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    plan = planned(homes, '\n[super_admin]\nusername = "boss"\npassword = "bossword"\n')
    render(plan, tmp_path / "made")
    nodes = tmp_path / "made/nodes"
    assert "<!-- mine -->\n    <Mine>1</Mine>" in (nodes / "am/carbon.xml").read_text()
    assert (nodes / "am/acme.jks").is_file()
    assert "amqp://boss:bossword@" in (nodes / "am/jndi.properties").read_text()
    assert '<Property name="password">bossword<' in (nodes / "km/embedded-ldap.xml").read_text()
    assert read_links(nodes, plan).findings == ()
    assert {path: path.read_bytes() for path in before} == before


def test_a_stand_in_has_no_file_of_its_broker(homes: dict[str, Path]) -> None:
    plan = planned({"km": homes["km"]})
    assert "nodes/am/jndi.properties" not in placed_files(plan, {"am": {}, "km": {}})
