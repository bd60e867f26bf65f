"""Removing what a lab has on a swarm, until no machine has any of it."""

import time
from contextlib import suppress
from functools import partial

from lab.errors import EngineError, Problem
from lab.launch.labels import LAB, MEMBER, SWARM
from lab.launch.refusals import GoneError, InUseError
from lab.launch.swarm.member import MemberEngine
from lab.launch.swarm.services import Services
from lab.launch.swarm.stack import machines_in, node_of
from lab.launch.swarm.told import TASK_OF

_GONE_WITHIN = 20.0  # seconds until every machine has ended what was removed
_AGAIN = 0.1


class Removal(Services):
    """Removes services, networks and kept files; a lost machine's part is named."""

    def remove(self, container: str) -> None:
        """Remove a service with all it has on any machine, or every machine's own container."""
        service = self._service(container)
        if service is None:
            self.remove_guest(container)
            return
        # Whoever makes it again puts it where it was.
        self.bound[service.labels[MEMBER]] = node_of(service.spec)
        self.remove_service(service.id)
        self._clear(f"{TASK_OF}={service.id}")
        for volume in service.spec["TaskTemplate"]["ContainerSpec"].get("Mounts") or ():
            self._each(partial(_drop_volume, name=volume["Source"]))
        for kept in self._kept_of(service):
            self.drop(kept)

    def _clear(self, label: str) -> None:
        """Remove the containers of removed services everywhere, until none comes any more."""
        deadline = time.monotonic() + _GONE_WITHIN
        while any(self._each(lambda _, one: _clear_on(one, label))):
            if time.monotonic() > deadline:
                raise EngineError(_still_there(label))
            time.sleep(_AGAIN)

    def remove_network(self, network: str) -> None:
        """Remove a network once nothing of its lab runs anywhere; name the machines left out."""
        seen = [one for one in self.networks(SWARM) if network in (one.id, one.name)]
        for one in seen:
            self._clear(f"{LAB}={one.labels[LAB]}")
        named = {name for one in seen for name in machines_in(one.labels[SWARM]).values()}
        away = [_stays(name, self.lost[name]) for name in sorted(named & self.lost.keys())]
        try:
            super().remove_network(network)
        except InUseError as error:  # by what a lost machine is still held to run
            if away:
                raise EngineError(*away) from error
            raise
        self._until_gone(network)
        if away:
            raise EngineError(*away)

    def _until_gone(self, network: str) -> None:
        """Wait until no machine has a network that the manager has removed."""
        deadline = time.monotonic() + _GONE_WITHIN
        while holders := [name for name in self._each(partial(_holds, network=network)) if name]:
            if time.monotonic() > deadline:
                raise EngineError(*(_held_on(name, network) for name in sorted(holders)))
            time.sleep(_AGAIN)

    def remove_volume(self, name: str) -> None:
        """Remove what `volumes` lists."""
        for one in self.kept(SWARM):
            if one.name == name:
                self.drop(one)
                return
        self._each(partial(_drop_volume, name=name))


def _stays(name: str, why: str) -> Problem:
    return Problem(
        f"the machine {name} does not answer: what the lab has there stays",
        f"machine {name}: {why}",
        "`lab gc` removes it when the machine is back",
    )


def _holds(machine: str, member: MemberEngine, *, network: str) -> str:
    """Give the machine's name if it has the network; empty when it hasn't."""
    there = any(network in (one.id, one.name) for one in member.networks(SWARM))
    return machine if there else ""


def _held_on(machine: str, network: str) -> Problem:
    return Problem(
        f"the machine {machine} doesn't let go of a network that is removed",
        f"network {network}",
        "`lab gc` later, or restart the engine there",
    )


def _still_there(label: str) -> Problem:
    return Problem(
        f"the swarm starts again what was removed, for {_GONE_WITHIN:.0f} s",
        f"containers with the label {label}",
        "the same command again; `docker service ls` on a manager tells who wants them",
    )


def _drop_volume(_: str, member: MemberEngine, *, name: str) -> None:
    with suppress(GoneError):
        member.remove_volume(name)


def _clear_on(member: MemberEngine, label: str) -> bool:
    """Remove a machine's containers with a label; tell whether there were any."""
    found = member.containers(label)
    for one in found:
        # Two remove it, the swarm's own agent and this: whoever comes second is refused.
        with suppress(EngineError):
            member.remove_if_there(one.id)
    return bool(found)
