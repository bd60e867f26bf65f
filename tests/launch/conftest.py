"""What the engine tests of launching share: an engine, and labs that go with their test."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.launch.cluster import Cluster
from lab.launch.create_cluster import create_cluster
from lab.launch.engine import Engine
from lab.launch.removal import remove_lab
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.render.write import render
from lab.topology.read import read_topology

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "km-tm-separated.toml"


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine.connect() as connected:
        yield connected


@pytest.fixture
def new_name(engine: Engine) -> Iterator[Callable[[], str]]:
    """Return a maker of lab names; what carries one of them is removed after the test."""
    names: list[str] = []

    def make() -> str:
        names.append(f"launch-test-{secrets.token_hex(4)}")
        return names[-1]

    yield make
    for name in names:
        remove_lab(engine, name)


@pytest.fixture
def new_plan(new_name: Callable[[], str]) -> Callable[..., Plan]:
    """Return a maker of plans: four nodes and a database server."""
    return lambda **options: make_plan(read_topology(TOPOLOGY), name=new_name(), **options)


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[[Plan], Path]:
    """Return a renderer of a plan's folder."""

    def make(plan: Plan) -> Path:
        folder = tmp_path / plan.lab
        render(plan, folder)
        return folder

    return make


@pytest.fixture
def new_cluster(
    engine: Engine, new_plan: Callable[..., Plan], rendered: Callable[[Plan], Path]
) -> Callable[..., Cluster]:
    """Return a maker of clusters whose containers exist and are not started."""

    def make(*, prober: str = "", **options: object) -> Cluster:
        plan = new_plan(**options)
        return create_cluster(
            engine, plan, rendered(plan), purpose="test", progress=print, prober=prober
        )

    return make
