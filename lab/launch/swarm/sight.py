"""What there is of the labs on a swarm, and where: services, and what stands for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from lab.errors import EngineError, Problem
from lab.launch.labels import LAB, MEMBER, SWARM
from lab.launch.refusals import GoneError
from lab.launch.seen import SeenContainer, SeenNetwork, SeenVolume
from lab.launch.swarm.managed import Managed
from lab.launch.swarm.member import MemberEngine, Service
from lab.launch.swarm.stack import ENDED_WITH, IMAGE, machines_in
from lab.launch.swarm.tasks import UNREACHABLE, History, SeenTask, history_of
from lab.launch.swarm.told import TASK_OF

_START = "`lab start` it, or see `lab status`"
_RUNNING = "running"  # the swarm's word for what is paused, too, and for what has just ended


class Sight(Managed):
    """Shows a service as the container that it is to have, whether it runs or not."""

    def networks(self, label: str = "") -> tuple[SeenNetwork, ...]:
        """List the swarm's networks with a label, or all of all machines."""
        if label:
            return self._managed(
                partial(super().networks, label), partial(self._each_network, label)
            )
        return self._each_network()

    def _each_network(self, label: str = "") -> tuple[SeenNetwork, ...]:
        every = self._each(lambda _, one: one.networks(label))
        return tuple({network.id: network for some in every for network in some}.values())

    def attached(self, network: str) -> Mapping[str, str]:  # noqa: ARG002  # the engine's own
        """Give nobody: what still is there are the swarm's own ends of it."""
        return {}

    def volumes(self, label: str) -> tuple[SeenVolume, ...]:
        """List what a lab keeps beside its containers, but what goes with one of them."""
        owned = {(one.labels[LAB], one.labels[MEMBER]) for one in self.services(label)}
        rows = [SeenVolume(one.name, one.labels) for one in self.kept(label)]
        for some in self._each(lambda _, one: one.volumes(label)):
            rows += some
        return tuple(
            one for one in rows if (one.labels.get(LAB), one.labels.get(MEMBER)) not in owned
        )

    def containers(self, label: str) -> tuple[SeenContainer, ...]:
        """List the services with a label and every machine's own containers, as containers."""
        services = self.services(label)
        tasks = self.tasks(one.id for one in services)
        every = self._each(lambda name, one: _on(name, one.containers(label)))
        found = [one for some in every for one in some]
        # A prober stands for all of it.
        own = {one.name: one for one in found if TASK_OF not in one.labels}
        statuses = {one.id: one.status for one in found}
        members = (
            self._as_container(
                one,
                self._history(one, [task for task in tasks if task.service == one.id]),
                statuses,
            )
            for one in services
        )
        return (*own.values(), *members)

    def _as_container(
        self, service: Service, history: History, statuses: Mapping[str, str]
    ) -> SeenContainer:
        """Show it; *statuses* are those of containers by id, as their own engines tell them."""
        status = history.status
        if history.task is not None and status == _RUNNING:
            status = statuses.get(history.task.container, status)
        return SeenContainer(
            service.id,
            service.name,
            service.labels,
            status,
            service.labels[IMAGE],
            exit_code=history.exit_code or 0,
            machine=self._machine_in(service, history),
            restarts=history.restarts,
            error=history.task.error if history.task else "",
        )

    def _history(self, service: Service, tasks: Sequence[SeenTask]) -> History:
        lost = {node for node, name in self._known(service).items() if name not in self.members}
        ended = service.labels.get(ENDED_WITH)
        return history_of(
            tasks,
            replicas=service.replicas,
            lost=lost,
            ended_with=None if ended is None else int(ended),
        )

    def _known(self, service: Service) -> dict[str, str]:
        return machines_in(service.labels[SWARM]) | self.names

    def _machine_in(self, service: Service, history: History) -> str:
        return self._known(service).get(history.task.node, "") if history.task else ""

    def inspect(self, container: str) -> SeenContainer:
        """Look at a service's container, or at one of a machine's own; raises `GoneError`."""
        service = self._service(container)
        if service is None:
            name, member = self._holder(container)
            return replace(member.inspect(container), machine=name)
        history = self._history(service, self.tasks([service.id]))
        listed = self._as_container(service, history, {})
        at = self.members.get(listed.machine)
        if at is None or history.task is None or not history.task.container:
            return listed
        try:
            seen = at.inspect(history.task.container)
        except GoneError:
            return listed
        except EngineError:
            if self.is_lost(listed.machine):
                return replace(listed, status=UNREACHABLE)
            raise
        self._where[seen.id] = listed.machine
        return replace(
            seen,
            name=service.name,
            labels=service.labels,
            image=listed.image,
            machine=listed.machine,
            restarts=listed.restarts,
        )

    def _service(self, container: str) -> Service | None:
        """Give the service of this name or id; None when it is a machine's own container."""
        if container in self._where:
            return None
        try:
            return self.service(container)
        except GoneError:
            return None

    def _holder(self, container: str) -> tuple[str, MemberEngine]:
        """Give the machine that has a container of its own engine, the manager's first."""
        known = self._where.get(container)
        if known in self.members:
            return known, self.members[known]
        for name, member in self._first_manager():
            with suppress(GoneError):
                self._where[member.inspect(container).id] = name
                return name, member
        raise GoneError(
            Problem("no machine of the swarm has it", f"container {container}", "`lab status`")
        )

    def _at(self, container: str) -> tuple[MemberEngine, str]:
        """Give the engine and the id of what runs, or ran last, as this container."""
        service = self._service(container)
        if service is None:
            return self._holder(container)[1], container
        history = self._history(service, self.tasks([service.id]))
        machine = self._machine_in(service, history)
        if history.task is None or not history.task.container or machine not in self.members:
            said = self.lost.get(machine, "the swarm runs nothing for it")
            raise GoneError(Problem(f"not running: {said}", f"service {service.name}", _START))
        self._where[history.task.container] = machine
        return self.members[machine], history.task.container


def _on(machine: str, found: Iterable[SeenContainer]) -> list[SeenContainer]:
    return [replace(one, machine=machine) for one in found]
