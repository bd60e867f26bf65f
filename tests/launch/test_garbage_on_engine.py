"""What dead processes left, beside what living ones have."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.launch import labels
from lab.launch.cluster import Cluster
from lab.launch.create_cluster import create_cluster
from lab.launch.engine import Engine
from lab.launch.garbage import remove_leaked
from lab.launch.lease import NameHeldError
from lab.launch.ownership import Owner, this_process
from lab.launch.removal import objects_of
from lab.plan.model import Plan
from tests.launch.conftest import MAKE_AND_DIE, leftovers

pytestmark = pytest.mark.engine

NewCluster = Callable[..., Cluster]
NewPlan = Callable[..., Plan]
Rendered = Callable[[Plan], Path]


def test_the_collection_takes_what_killed_processes_left_and_nothing_of_the_living(
    engine: Engine, new_plan: NewPlan, rendered: Rendered, new_cluster: NewCluster
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MAKE_AND_DIE, str(folder), "test"], check=False
    )
    living = new_cluster()
    # Only these: other labs on this engine are not this test's to remove.
    gone = remove_leaked(engine, (plan.lab, living.plan.lab)).labs
    assert plan.lab in gone
    assert living.plan.lab not in gone
    assert leftovers(plan.lab) == ""
    assert len(objects_of(engine, living.plan.lab).containers) == 6


def test_an_owner_in_another_pid_namespace_is_never_taken_for_dead(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()
    here = this_process()
    elsewhere = Owner(here.boot_id, here.pid_namespace + 1, 1, 1)
    engine.create_volume(
        f"launch-test-{plan.lab}",
        labels.Ownership(plan.lab, labels.Purpose.PERSON, elsewhere, Path("/nowhere")).labels(
            labels.Part.NETWORK
        ),
    )
    with pytest.raises(NameHeldError, match="half made"):
        create_cluster(engine, plan, rendered(plan), purpose="test", progress=print)
    assert plan.lab not in remove_leaked(engine, (plan.lab,)).labs
