"""What the engine tests of launching share: an engine, and labs that go with their test."""

import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


def docker(*words: str) -> str:
    """Ask the docker client, which shares no code with the lab."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def leftovers(lab: str) -> str:
    wanted = f"label=apim-lab.lab={lab}"
    return "\n".join(
        docker(kind, "ls", *every, "--quiet", "--filter", wanted)
        for kind, every in (("container", ["--all"]), ("network", []), ("volume", []))
    ).strip()


MAKE_AND_DIE = """
import os, sys
from pathlib import Path
from lab.launch.create_cluster import create_cluster
from lab.launch.engine import Engine
from lab.plan.make import read_plan
folder = Path(sys.argv[1])
create_cluster(Engine.connect(), read_plan(folder), folder, purpose=sys.argv[2], progress=print)
os.kill(os.getpid(), 9)
"""


@contextmanager
def created(engine: Engine, folder: Path, **options: object) -> Iterator[Cluster]:
    """Make a lab for a while, without starting anything of it."""
    plan = make_plan(read_topology(TOPOLOGY), name=f"launch-test-{secrets.token_hex(4)}", **options)
    render(plan, folder / plan.lab)
    try:
        yield create_cluster(engine, plan, folder / plan.lab, purpose="test", progress=print)
    finally:
        remove_lab(engine, plan.lab)


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


@pytest.fixture(scope="module")
def standing(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Make one lab for a file's tests, whose containers exist and are not started."""
    with created(engine, tmp_path_factory.mktemp("standing")) as cluster:
        yield cluster


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
