"""The changes of members, read from an engine's events."""

from lab.launch.labels import MEMBER, PART, Part
from lab.launch.refusals import GoneError
from lab.launch.seen import SeenContainer, SeenEvent
from lab.launch.states import Events
from lab.plan.observed import NodeState, State

LABELS = {MEMBER: "km", PART: str(Part.NODE)}
REMOVED = SeenEvent("destroy", "old", {**LABELS, "name": "lab-x-km"})


class Engine:
    """Has the containers that it is told of, and one event."""

    in_swarm = False

    def __init__(self, *containers: SeenContainer) -> None:
        self._containers = containers

    def events(self, label: str, actions: tuple[str, ...]) -> list[SeenEvent]:
        assert label == "apim-lab.lab=x"
        assert "destroy" in actions
        return [REMOVED]

    def inspect(self, container: str) -> SeenContainer:
        for one in self._containers:
            if container in (one.id, one.name):
                return one
        raise GoneError


def test_a_removed_container_is_a_missing_member() -> None:
    assert list(Events(Engine(), "x")) == [NodeState("km", State.MISSING)]


def test_a_member_whose_container_was_made_again_is_not_missing() -> None:
    again = SeenContainer("new", "lab-x-km", LABELS, "running")
    assert list(Events(Engine(again), "x")) == [NodeState("km", State.RUNNING)]
