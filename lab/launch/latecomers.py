"""What an engine makes for processes that were killed: it carries out whatever it has read."""

import time
from collections.abc import Iterable

from lab.launch.engine import Engine
from lab.launch.labels import LAB, OWNER
from lab.launch.removal import (
    ENVIRONMENT,
    LabObjects,
    labelled,
    objects_of,
    remove_lab_objects,
    remove_objects,
)

PAUSE = 2.0  # seconds; the engine doesn't tell what it is making: later ones are the next call's


def was_cut_short(objects: LabObjects) -> bool:
    """Tell whether these may be of a start that was killed amid its requests.

    A lab's folder has an `.env` from the last of them on.
    """
    return bool(objects) and not any((one / ENVIRONMENT).exists() for one in objects.folders)


def wait_for_first() -> None:
    """Give the engine the time to make the first object of a start that was killed before it."""
    time.sleep(PAUSE)


def remove_left(engine: Engine, lab: str) -> bool:
    """Remove what somebody has left of a lab, and its folder; tell whether there was anything.

    Raises `LabError` with what stays.
    """
    left = objects_of(engine, lab)
    cut_short = was_cut_short(left)
    remove_lab_objects(engine, lab, left)
    if cut_short:
        remove_latecomers(engine, [left])
    return bool(left)


def remove_latecomers(engine: Engine, left: Iterable[LabObjects]) -> None:
    """Remove what the makers of the removed objects *left* still get, until a pause brings nothing.

    By their makers, not by the labs alone: somebody else may make a lab of this name meanwhile.
    Raises `LabError` with what stays.
    """
    makers = {(labels[LAB], labels.get(OWNER)) for objects in left for labels in objects.labels}
    while makers:
        time.sleep(PAUSE)
        late = labelled(engine, LAB).where(
            lambda labels: (labels[LAB], labels.get(OWNER)) in makers
        )
        if not late:
            return
        remove_objects(engine, late)
