from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.plan.model import Plan, SchemaPlace
from lab.render.configuration import write_configuration
from lab.topology.read import read_topology
from lab.wiring.first_rows import FirstRows, release_by_rows
from lab.wiring.read import read_links
from lab.wiring.start import start_order
from tests.product.make import make_distribution

TOPOLOGY = Path(__file__).parents[2] / "topologies/km-tm-separated.toml"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_distribution(tmp_path_factory.mktemp("rows"))


def released(plan: Plan, folder: Path) -> tuple[dict[str, set[str]], dict[str, FirstRows]]:
    """Give whom each node waits for, and whose rows."""
    write_configuration(plan, folder)
    links = read_links(folder / "nodes", plan).links
    ends = {link.id: link for link in links}
    needs, rows = release_by_rows(plan, links, start_order(links, plan))
    whom = {node: {ends[need].to for need in wanted} for node, wanted in needs.items()}
    return whom, dict(rows)


def test_the_control_plane_waits_for_the_key_manager_s_rows(home: Path, tmp_path: Path):
    plan = make_plan(read_topology(TOPOLOGY), nodes=f"home:{home}")
    whom, rows = released(plan, tmp_path)
    assert rows == {"cp": FirstRows("km", SchemaPlace("db", "shared_db"))}
    assert whom == {"km": {"db"}, "cp": {"db"}, "tm": {"cp", "km"}, "gw": {"cp", "km"}}


def test_stand_ins_wait_for_nobody_s_rows(tmp_path: Path):
    whom, rows = released(make_plan(read_topology(TOPOLOGY)), tmp_path)
    assert rows == {}
    assert set().union(*whom.values()) == set()


def test_a_control_plane_before_a_stand_in_waits_for_its_answer(home: Path, tmp_path: Path):
    text = TOPOLOGY.read_text().replace("[nodes.cp]", f'[nodes.cp]\nkind = "home:{home}"')
    path = tmp_path / "mixed.toml"
    path.write_text(text)
    whom, rows = released(make_plan(read_topology(path)), tmp_path / "lab")
    assert rows == {}
    assert whom["cp"] == {"db", "km"}
