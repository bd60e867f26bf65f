"""A lab is found again by its labels and its folder."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.launch.cluster import Cluster
from lab.launch.engine import Engine
from lab.launch.finding import find_cluster, find_complete
from lab.launch.listing import list_clusters

pytestmark = pytest.mark.engine

NewCluster = Callable[..., Cluster]


def test_a_lab_is_found_again_with_all_it_can_do(engine: Engine, new_cluster: NewCluster) -> None:
    made = new_cluster()
    made.complete()
    found = find_cluster(engine, made.plan.lab)
    assert found is not None
    assert str(found.plan.nodes) == str(made.plan.nodes)
    found.start_node("cp")
    pid, container = found.process("cp")
    assert re.fullmatch("[0-9a-f]{64}", container)
    assert f"{container}" in Path(f"/proc/{pid}/cgroup").read_text()
    summary = next(each for each in list_clusters(engine) if each.name == made.plan.lab)
    assert (summary.nodes, summary.running, summary.is_complete) == (4, 1, True)


def test_a_half_made_lab_is_no_complete_one_whether_its_files_are_there_or_not(
    engine: Engine, new_cluster: NewCluster
) -> None:
    made = new_cluster()
    options = made.folder / "options.json"
    content = options.read_bytes()
    options.unlink()
    assert find_complete(engine, made.plan.lab) is None
    options.write_bytes(content)
    assert find_complete(engine, made.plan.lab) is None
    made.complete()
    assert find_complete(engine, made.plan.lab) is not None


def test_no_lab_of_a_name_is_found_where_none_is(engine: Engine) -> None:
    assert find_cluster(engine, "launch-test-none") is None
