"""Containers of the machines' own engines, beside the services: probers, and what faults need.

A service can't enter another's network, nor a machine's processes.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial

from lab.errors import EngineError, Problem
from lab.launch.labels import FAULT, LAB, PART, SWARM, Part
from lab.launch.refusals import GoneError
from lab.launch.seen import Definition, SeenContainer
from lab.launch.swarm.member import MemberEngine
from lab.launch.swarm.sight import Sight
from lab.launch.swarm.stack import machines_label
from lab.launch.swarm.ways import require_ways, without_vxlan

_NEVER_RAN = "created"  # the engine's word for a container that was never started
_BESIDE = "container:"  # a network of this name is that container's own


class Guests(Sight):
    """Makes, starts and removes them: a prober on every machine, a fault's on one."""

    def create_guest(self, wanted: Definition) -> str:
        """Create it where it belongs, and give its id; raises `NameTakenError`."""
        labelled = replace(wanted, labels={**wanted.labels, SWARM: machines_label(self.names)})
        if wanted.labels[PART] == Part.PROBER:
            return self._create_everywhere(labelled)
        if wanted.labels[PART] == Part.FAULT:
            return self._create_beside(labelled)
        what = f"a swarm can't have a {wanted.labels[PART]}"
        raise EngineError(Problem(what, f"container {wanted.name}", "use a lab on one engine"))

    def _create_everywhere(self, wanted: Definition) -> str:
        (_, manager), *others = self._first_manager()
        # The first has the lab's name to itself; whoever gets it makes the others.
        made = manager.create(wanted)
        try:
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda item: item[1].create(wanted), others))
        except BaseException:
            self.remove(made)
            raise
        return made

    def _create_beside(self, wanted: Definition) -> str:
        """Create it on the machine of the container that it shares a network with."""
        machine = self.machine_of(wanted.network.removeprefix(_BESIDE))
        if FAULT in wanted.labels:  # engines know nothing of each other's names, the swarm does
            self.keep(wanted.name, b"taken", wanted.labels, is_secret=False)
        try:
            made = self.members[machine].create(wanted)
        except BaseException:
            self._forget_name(wanted.name)
            raise
        self.note(made, machine)
        return made

    def _forget_name(self, name: str) -> None:
        for kept in self.kept(FAULT):
            if kept.name == name:
                self.drop(kept)

    def start_guest(self, container: str) -> None:
        """Start it wherever it is; the first start of probers tries the ways between machines.

        Later, while a machine comes back, the ways do so by and by.
        """
        _, member = self._holder(container)
        if member.inspect(container).labels[PART] != Part.PROBER:
            return member.start(container)
        before = [one for one in self._each(partial(_start_if_there, container=container)) if one]
        if set(before) == {_NEVER_RAN}:
            require_ways(self.members, self.manager, container)
        return None

    def remove_guest(self, container: str) -> None:
        """Kill and remove it wherever it is; raises `GoneError` when it is nowhere."""
        _, member = self._holder(container)
        seen = member.inspect(container)
        if FAULT in seen.labels:
            self._forget_name(seen.name)
        self._each(partial(_remove_like, like=seen))


def _start_if_there(machine: str, member: MemberEngine, *, container: str) -> str:
    """Start a machine's own container; give its status before, empty when there is none."""
    try:
        before = member.inspect(container).status
        member.start(container)
    except GoneError:
        return ""
    except EngineError as error:
        raise without_vxlan(machine, error) from error
    return before


def _remove_like(_: str, member: MemberEngine, *, like: SeenContainer) -> None:
    """Remove the container of this name that is the same lab's, and nobody else's."""
    for one in member.containers(f"{LAB}={like.labels[LAB]}"):
        if one.name == like.name:
            with suppress(GoneError):
                member.remove(one.id)
