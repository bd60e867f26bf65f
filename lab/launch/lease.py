"""A lab's name belongs to one owner at a time: who holds it, and when it may be taken."""

from lab.errors import LabError, Problem
from lab.launch.engine import Engine
from lab.launch.labels import MEMBER, OWNER, PART, Part
from lab.launch.latecomers import remove_latecomers, was_cut_short
from lab.launch.ownership import Life, life_of, parse_owner, this_process
from lab.launch.removal import LabObjects, objects_of, remove_objects


class NameHeldError(LabError):
    """A lab of this name exists, or is being made, and its owner may be alive."""


def clear_name(engine: Engine, lab: str) -> None:
    """Make sure that nothing of this name is there; what a dead process left half-made goes.

    Raises `NameHeldError` when the name is somebody's.
    """
    objects = objects_of(engine, lab)
    if not objects:
        return
    if objects.is_complete or life_of_lab(objects) is not Life.DEAD:
        raise held(lab, objects)
    cut_short = was_cut_short(objects)
    # By identity, not by label: another process may judge the same and be quicker.
    remove_objects(engine, objects)
    if cut_short:
        remove_latecomers(engine, [objects])


def life_of_lab(objects: LabObjects) -> Life:
    """Judge the owners of a lab's objects: dead only when each is provably dead."""
    here = this_process()
    lives = {life_of(parse_owner(each.get(OWNER, "")), seen_from=here) for each in objects.labels}
    if lives == {Life.DEAD}:
        return Life.DEAD
    return Life.ALIVE if Life.ALIVE in lives else Life.UNKNOWN


def held(lab: str, objects: LabObjects) -> NameHeldError:
    """Say who holds a lab's name."""
    running = sum(
        each.status == "running" for each in objects.containers if each.labels[PART] == Part.NODE
    )
    nodes = sum(each.labels[PART] == Part.NODE for each in objects.containers)
    if objects.is_complete:
        return NameHeldError(
            Problem(
                f"the lab `{lab}` exists, {running} of {nodes} nodes running",
                _where(objects),
                f"`lab status {lab}` looks at it; `lab down {lab}` removes it",
            )
        )
    owner = next((parse_owner(each.get(OWNER, "")) for each in objects.labels), None)
    who = "a process that can't be seen from here" if owner is None else f"process {owner.pid}"
    return NameHeldError(
        Problem(
            f"the lab `{lab}` is half made, by {who}",
            _where(objects),
            f"wait for it, or `lab down {lab}` if that process is no more",
        )
    )


def _where(objects: LabObjects) -> str:
    names = [network.name for network in objects.networks]
    names += [f"{each.labels[MEMBER]} ({each.status})" for each in objects.containers]
    return ", ".join(names) or "its completion volume"
