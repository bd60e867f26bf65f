"""What a manager of the swarm knows, or what its machines tell when no manager leads it."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from lab.errors import EngineError, Problem
from lab.launch.labels import LAB
from lab.launch.refusals import GoneError, LeaderlessError
from lab.launch.swarm.fleet import Fleet
from lab.launch.swarm.member import Kept, Service
from lab.launch.swarm.tasks import SeenTask
from lab.launch.swarm.told import TASK_OF, Told

T = TypeVar("T")


class Managed(Fleet):
    """Asks a manager first; what can be told without one is told by the other machines."""

    def __init__(self, api: Any, quick: Any, *, is_here: bool) -> None:
        super().__init__(api, quick, is_here=is_here)
        self._told = Told()

    def services(self, label: str) -> tuple[Service, ...]:
        """List the services with a label, `key` or `key=value`."""
        ask = partial(super().services, label)
        found = self._managed(ask, lambda: self._told.services(label, self._running(label)))
        self._told.remember(services=found)
        return found

    def service(self, name: str) -> Service:
        """Look at one service, by name or id; raises `GoneError`."""
        return self._managed(partial(super().service, name), lambda: self._told_service(name))

    def _told_service(self, name: str) -> Service:
        for one in self.services(LAB):
            if name in (one.id, one.name):
                return one
        raise GoneError(Problem("nobody knows it", f"service {name}", "`lab status`"))

    def tasks(self, services: Iterable[str]) -> tuple[SeenTask, ...]:
        """List the tasks of these services that are known, oldest first."""
        wanted = list(services)
        ask = partial(super().tasks, wanted)
        found = self._managed(ask, lambda: self._told_tasks(wanted))
        self._told.remember(tasks=found)
        return found

    def _told_tasks(self, services: list[str]) -> tuple[SeenTask, ...]:
        running = self._running(LAB)
        here = [node for node, name in self.names.items() if name in self.members]
        return self._told.tasks(services, running, here)

    def _running(self, label: str) -> list[Mapping[str, Any]]:
        every = self._each(lambda _, one: one.running(label))
        return [row for rows in every for row in rows if TASK_OF in row["Labels"]]

    def kept(self, label: str) -> tuple[Kept, ...]:
        """List the configs and secrets with a label; nobody but a manager knows them."""
        return self._managed(partial(super().kept, label), tuple)

    def _managed(self, ask: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """Ask the manager, another one when it is lost, and the machines when none leads."""
        while self.manager:
            try:
                return ask()
            except GoneError:
                raise
            except LeaderlessError:
                self.manager = ""
            except EngineError:
                if not self.is_lost(self.manager):
                    raise
        return otherwise()
