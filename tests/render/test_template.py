import tomllib
from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.render.configuration import configuration, configuration_files
from lab.render.template import laid_over, taken_from, template_of
from lab.topology.read import parse_topology, read_topology
from lab.wiring.read import read_links
from tests.product.make import make_distribution, zipped

TOPOLOGY = Path(__file__).parents[2] / "topologies/km-tm-separated.toml"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_distribution(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def plan(home: Path) -> Plan:
    return make_plan(read_topology(TOPOLOGY), nodes=f"home:{home}")


def text(plan: Plan, node: str) -> str:
    values = configuration(plan, "")[node]
    return configuration_files(plan, plan.node(node), values)["deployment.toml"].decode()


@pytest.mark.parametrize("node", ["cp", "gw", "tm", "km"])
def test_all_that_is_generated_is_there_and_what_the_template_has_beside_it(plan: Plan, node: str):
    generated = configuration(make_plan(read_topology(TOPOLOGY)), "")[node]
    values = tomllib.loads(text(plan, node))
    assert laid_over(generated, values) == values
    assert values["encryption"]["key"] == "0123456789abcdef" * 4
    assert values["tenant_mgt"] == {"enable_email_domain": False}
    assert values["database"]["local"]["url"].startswith("jdbc:h2:")


@pytest.mark.parametrize("node", ["cp", "gw", "tm", "km"])
def test_no_host_of_the_template_s_example_is_left(plan: Plan, node: str):
    values = text(plan, node)
    assert "tm1.local:" not in values
    assert "shared_db.mysql" not in values


def test_a_table_that_held_connections_only_stays_behind_with_its_login(plan: Plan):
    template = template_of(plan.node("km"))
    assert template is not None
    assert "throttling" not in template.values["apim"] if "apim" in template.values else True
    assert "apim.throttling.username" in template.left_out
    assert "apim.throttling.throttle_decision_endpoints" in template.left_out


def test_the_file_says_what_came_from_where(plan: Plan):
    lines = text(plan, "gw").splitlines()
    assert lines[0].endswith("deployment-templates/gateway-worker.toml:")
    assert any(line.startswith("# Left out of it") for line in lines)
    key = next(line for line in lines if line.startswith("key = "))
    assert key.endswith("# gateway-worker.toml")
    assert [line for line in lines if line.startswith("hostname")] == ['hostname = "gw.wso2.com"']


def test_a_zip_gives_the_same_files_as_its_home(plan: Plan, home: Path, tmp_path: Path):
    packed = make_plan(
        read_topology(TOPOLOGY), nodes=f"zip:{zipped(home, tmp_path / 'wso2am-4.1.0.zip')}"
    )
    assert {node.name: text(packed, node.name) for node in packed.nodes} == {
        node.name: text(plan, node.name) for node in plan.nodes
    }


def test_the_links_are_those_of_a_lab_without_a_template(plan: Plan, tmp_path: Path):
    from lab.render.configuration import write_configuration  # noqa: PLC0415

    usual = make_plan(read_topology(TOPOLOGY))
    write_configuration(plan, tmp_path / "real")
    write_configuration(usual, tmp_path / "usual")

    def links(made: Plan, folder: str) -> set[tuple[str, str]]:
        return {(link.id, link.url) for link in read_links(tmp_path / folder / "nodes", made).links}

    assert links(plan, "real") == links(usual, "usual")


def test_a_database_s_table_is_the_generated_one_alone():
    template = {"database": {"a": {"hostname": "x", "type": "mysql"}, "b": {"url": "h2"}}}
    laid = laid_over({"database": {"a": {"type": "h2"}}}, template)
    assert laid == {"database": {"a": {"type": "h2"}, "b": {"url": "h2"}}}
    assert list(taken_from({"database": {"a": {"type": "h2"}}}, template)) == [
        ("database", "b", "url")
    ]


def test_the_key_that_a_template_brings_is_the_one_of_a_stand_in_beside_it(home: Path):
    topology = TOPOLOGY.read_text(encoding="utf-8").replace(
        "[nodes.cp]", f'[nodes.cp]\nkind = "home:{home}"'
    )
    mixed = configuration(make_plan(parse_topology(topology)), "")
    assert [node.kind for node in make_plan(parse_topology(topology)).real_nodes] == ["home"]
    assert {values["encryption"]["key"] for values in mixed.values()} == {"0123456789abcdef" * 4}
