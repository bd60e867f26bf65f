"""Which of a lab's containers are gone or frozen, as problems that say how to mend it."""

import time
from collections.abc import Iterator, Mapping

from lab.errors import LabError, Problem
from lab.launch.definitions import PROBER
from lab.launch.engine import Engine
from lab.launch.labels import LAB, MEMBER, PART, Part
from lab.launch.seen import SeenContainer
from lab.plan.model import Plan
from lab.plan.observed import NodeState, State

_GOING = ("removing", "dead")
_AGAIN = 0.05
_BESIDE = (Part.FAULT, Part.SIDECAR, Part.BUILDER)  # they come and go while the lab stands


class Presence:
    """Asks the engine which of a lab's own containers are there."""

    def __init__(self, engine: Engine, plan: Plan) -> None:
        self._engine = engine
        self._plan = plan

    def problems(self) -> tuple[Problem, ...]:
        """Say what keeps the lab's containers from their work, each that is gone or frozen.

        A lab of which nothing is left is one problem; one that is stopped or whose machine doesn't
        answer is none.
        """
        seen = self._seen()
        if self._engine.unseen_machine:
            return ()
        if not seen:
            return (removed(self._plan.lab),)
        return (*self._gone(seen), *self._frozen(seen))

    def is_removed(self, *, within: float = 0.0) -> bool:
        """Tell whether somebody has removed the lab, of which the prober goes last.

        A removal that has begun, as members that have ended or are gone show, is waited for
        *within* seconds.
        """
        if self._engine.unseen_machine:
            return False
        until = time.monotonic() + within
        while PROBER in (seen := self._seen()):
            has_begun = any(self._gone(seen)) or any(
                one.status == "exited" for one in seen.values()
            )
            if not has_begun or time.monotonic() > until:
                return False
            time.sleep(_AGAIN)
        return True

    def require(self) -> None:
        """Raise `LabError` with all that is gone, and with a prober that is paused."""
        problems = self.problems()
        if problems:
            raise LabError(*problems)

    def _seen(self) -> Mapping[str, SeenContainer]:
        listed = self._engine.containers(f"{LAB}={self._plan.lab}")
        return {
            one.labels[MEMBER]: one
            for one in listed
            if one.status not in _GOING and one.labels.get(PART) not in _BESIDE
        }

    def _gone(self, seen: Mapping[str, SeenContainer]) -> Iterator[Problem]:
        plan = self._plan
        wanted = {member.name: member.container for member in plan.members}
        wanted |= {f"{one.members[0]}-machine": one.container for one in plan.machines}
        wanted[PROBER] = plan.prober
        for name, container in wanted.items():
            if name not in seen:
                yield gone(plan.lab, name, container)

    def _frozen(self, seen: Mapping[str, SeenContainer]) -> Iterator[Problem]:
        """Give the prober where it is paused; a paused member is one that a lab may have."""
        if PROBER in seen and seen[PROBER].status == "paused":
            yield paused(PROBER, self._plan.prober)


def in_the_way(plan: Plan, state: NodeState) -> Problem | None:
    """Say what must be mended by hand before a member can do anything; None when nothing must."""
    container = next(one.container for one in plan.members if one.name == state.name)
    if state.state is State.MISSING:
        return gone(plan.lab, state.name, container)
    if state.state is State.PAUSED:
        return paused(state.name, container)
    return None


def removed(lab: str) -> Problem:
    """Say that a lab is no more."""
    return Problem("the lab was removed meanwhile", f"lab {lab}", "`lab up` makes it again")


def gone(lab: str, name: str, container: str) -> Problem:
    """Say that a container of a lab that stands was removed."""
    mend = f"`lab down {lab}`, then `lab up` makes the lab again"
    return Problem(f"{name} has no container: somebody removed it", f"container {container}", mend)


def paused(name: str, container: str) -> Problem:
    """Say that a container is frozen."""
    return Problem(f"{name} is paused", f"container {container}", f"`docker unpause {container}`")
