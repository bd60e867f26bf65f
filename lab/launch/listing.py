"""Which labs are on an engine, by the labels of whatever is there of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lab.launch.engine import Engine
from lab.launch.labels import FOLDER, LAB, PART, PURPOSE, Part, Purpose
from lab.launch.lease import life_of_lab
from lab.launch.ownership import Life
from lab.launch.removal import LabObjects, labelled


@dataclass(frozen=True, slots=True)
class ClusterSummary:
    """A lab as its labels show it; *life* is that of the process that made it."""

    name: str
    purpose: Purpose
    folder: Path
    is_complete: bool
    nodes: int
    running: int  # of the nodes
    life: Life

    @property
    def is_leaked(self) -> bool:
        """Tell whether it may go unasked: nobody lives who could still want it."""
        is_wanted = self.is_complete and self.purpose is Purpose.PERSON
        return self.life is Life.DEAD and not is_wanted


def list_clusters(engine: Engine) -> tuple[ClusterSummary, ...]:
    """List the labs, complete or not, by name."""
    return summaries(labs_on(engine))


def summaries(labs: Mapping[str, LabObjects]) -> tuple[ClusterSummary, ...]:
    """Summarize the objects of each lab, by its name."""
    return tuple(_summary(name, objects) for name, objects in labs.items())


def labs_on(engine: Engine) -> dict[str, LabObjects]:
    """Give the objects of every lab, by its name."""
    every = labelled(engine, LAB)
    names = sorted({labels[LAB] for labels in every.labels if labels[LAB]})
    return {name: every.where(partial(_carries, name)) for name in names}


def _carries(name: str, labels: Mapping[str, str]) -> bool:
    return labels[LAB] == name


def _summary(name: str, objects: LabObjects) -> ClusterSummary:
    nodes = [each for each in objects.containers if each.labels.get(PART) == Part.NODE]
    labels = objects.labels[0]
    return ClusterSummary(
        name=name,
        purpose=Purpose.TEST if labels.get(PURPOSE) == Purpose.TEST else Purpose.PERSON,
        folder=Path(labels.get(FOLDER, "")),
        is_complete=objects.is_complete,
        nodes=len(nodes),
        running=sum(each.status == "running" for each in nodes),
        life=life_of_lab(objects),
    )
