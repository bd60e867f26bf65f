from pathlib import Path

import pytest

from lab.distributions.find import distribution_of
from lab.errors import LabError
from lab.plan.make import make_plan
from lab.topology.read import read_topology
from tests.product.make import make_distribution

TOPOLOGY = Path(__file__).parents[2] / "topologies/km-tm-separated.toml"


def told(kind: str) -> str:
    plan = make_plan(read_topology(TOPOLOGY), nodes=kind)
    with pytest.raises(LabError) as refused:
        distribution_of(plan.node("cp"))
    return str(refused.value)


def test_a_stand_in_has_no_distribution():
    assert distribution_of(make_plan(read_topology(TOPOLOGY)).node("cp")) is None


def test_a_path_with_nothing_there_is_refused(tmp_path: Path):
    assert "no distribution there" in told(f"home:{tmp_path}/nothing")
    assert "no distribution there" in told(f"zip:{tmp_path}/nothing.zip")


def test_a_zip_called_a_home_and_a_home_called_a_zip_are_told_apart(tmp_path: Path):
    path = tmp_path / "wso2am.zip"
    path.write_bytes(b"no zip")
    assert f"`zip:{path}`" in told(f"home:{path}")
    assert f"`home:{tmp_path}`" in told(f"zip:{tmp_path}")


def test_a_folder_around_the_home_names_the_home(tmp_path: Path):
    home = make_distribution(tmp_path)
    assert f"`home:{home}`" in told(f"home:{tmp_path}")


def test_a_file_that_is_no_zip_is_refused_when_it_is_read(tmp_path: Path):
    path = tmp_path / "wso2am.zip"
    path.write_bytes(b"no zip")
    plan = make_plan(read_topology(TOPOLOGY), nodes=f"zip:{path}")
    distribution = distribution_of(plan.node("cp"))
    assert distribution is not None
    with pytest.raises(LabError, match="can't be read"):
        distribution.has("bin")


def test_of_an_image_nothing_is_known_before_the_engine_was_asked():
    assert "through the engine" in told("image:nodes-test/nothing:1")
