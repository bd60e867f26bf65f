"""What is told of a lab's containers that somebody has removed or frozen."""

from collections.abc import Sequence

import pytest

from lab.errors import LabError
from lab.launch.labels import MEMBER, PART
from lab.launch.presence import Presence, in_the_way
from lab.launch.seen import SeenContainer
from lab.plan.observed import NodeState, State
from tests.diagnosis.cluster import planned

PLAN = planned()
NAMES = ("cp", "tm", "km", "gw", "db", "prober")


class Engine:
    """Lists containers, and nothing else."""

    unseen_machine = ""

    def __init__(self, *listed: SeenContainer) -> None:
        self._listed = listed

    def containers(self, _: str) -> Sequence[SeenContainer]:
        return self._listed


def seen(name: str, status: str = "running", part: str = "node") -> SeenContainer:
    return SeenContainer(name, f"lab-x-{name}", {MEMBER: name, PART: part}, status)


def told(*listed: SeenContainer) -> list[str]:
    return [problem.what for problem in Presence(Engine(*listed), PLAN).problems()]


def test_nothing_is_told_of_a_lab_whose_containers_are_there() -> None:
    assert told(*map(seen, NAMES)) == []
    Presence(Engine(*map(seen, NAMES)), PLAN).require()


@pytest.mark.parametrize("name", ["km", "db", "prober"])
def test_a_container_that_was_removed_is_told_with_what_mends_it(name: str) -> None:
    listed = [seen(one) for one in NAMES if one != name]
    with pytest.raises(LabError) as caught:
        Presence(Engine(*listed), PLAN).require()
    (problem,) = caught.value.problems
    assert problem.what == f"{name} has no container: somebody removed it"
    assert problem.where == f"container lab-x-{name}"
    assert problem.mend == "`lab down x`, then `lab up` makes the lab again"


def test_a_container_that_is_being_removed_is_gone() -> None:
    listed = [seen(one, "removing" if one == "tm" else "running") for one in NAMES]
    assert told(*listed) == ["tm has no container: somebody removed it"]


def test_a_lab_of_which_nothing_is_left_is_one_problem() -> None:
    assert told() == ["the lab was removed meanwhile"]
    assert told(seen("fault-1", part="fault")) == ["the lab was removed meanwhile"]


def test_a_paused_prober_is_told_and_a_paused_node_is_its_own_affair() -> None:
    listed = [seen(one, "paused" if one in ("prober", "gw") else "running") for one in NAMES]
    (problem,) = Presence(Engine(*listed), PLAN).problems()
    assert (problem.what, problem.mend) == (
        "prober is paused",
        "`docker unpause lab-x-prober`",
    )


def test_a_lab_without_its_prober_is_removed() -> None:
    assert Presence(Engine(*map(seen, NAMES[:-1])), PLAN).is_removed()
    assert Presence(Engine(), PLAN).is_removed()
    assert not Presence(Engine(*map(seen, NAMES)), PLAN).is_removed(within=60)


def test_a_removal_that_has_begun_is_waited_for() -> None:
    class Going(Engine):
        """Has no prober from the third look on."""

        looks = 0

        def containers(self, _: str) -> Sequence[SeenContainer]:
            self.looks += 1
            names = NAMES if self.looks < 3 else NAMES[:-1]
            return [seen(one, "exited" if one == "db" else "running") for one in names]

    engine = Going()
    assert Presence(engine, PLAN).is_removed(within=60)
    assert engine.looks == 3
    assert not Presence(Going(), PLAN).is_removed()


def test_what_a_lost_machine_hides_is_not_called_removed() -> None:
    engine = Engine()
    engine.unseen_machine = "east"
    assert Presence(engine, PLAN).problems() == ()


def test_what_only_a_hand_can_mend_is_in_the_way_of_a_member() -> None:
    assert in_the_way(PLAN, NodeState("gw", State.RUNNING)) is None
    assert in_the_way(PLAN, NodeState("gw", State.EXITED)) is None
    assert in_the_way(PLAN, NodeState("gw", State.MISSING)).what.startswith("gw has no container")
    assert in_the_way(PLAN, NodeState("gw", State.PAUSED)).mend == "`docker unpause lab-x-gw`"
