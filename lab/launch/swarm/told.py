"""What the machines tell of a swarm whose manager is lost: the containers that run for it."""

from collections.abc import Iterable, Mapping
from typing import Any

from lab.launch.swarm.member import Service
from lab.launch.swarm.tasks import SeenTask

TASK_OF = "com.docker.swarm.service.id"
_NAME, _TASK, _NODE = (
    f"com.docker.swarm.{word}" for word in ("service.name", "task.id", "node.id")
)
Rows = Iterable[Mapping[str, Any]]  # an engine's own, of the containers of services


class Told:
    """Services and tasks as workers show them, and beside them those that a manager named last.

    A member that ran on a lost machine is known only to who asked while the manager was there.
    """

    def __init__(self) -> None:
        self._services: dict[str, Service] = {}
        self._tasks: dict[str, SeenTask] = {}

    def remember(self, services: Iterable[Service] = (), tasks: Iterable[SeenTask] = ()) -> None:
        """Keep what a manager has said."""
        self._services.update((one.id, one) for one in services)
        self._tasks.update((one.id, one) for one in tasks)

    def services(self, label: str, running: Rows) -> tuple[Service, ...]:
        """Give the services with a label, `key` or `key=value`; *running* has it too."""
        key, _, value = label.partition("=")
        found = {
            id_: one
            for id_, one in self._services.items()
            if key in one.labels and value in ("", one.labels[key])
        }
        for row in running:
            found.setdefault(row["Labels"][TASK_OF], _service(row["Labels"]))
        return tuple(found.values())

    def tasks(
        self, services: Iterable[str], running: Rows, here: Iterable[str]
    ) -> tuple[SeenTask, ...]:
        """Give the tasks of these services, oldest first; *here* are the nodes that answer."""
        wanted, answering = set(services), set(here)
        known = [one for one in self._tasks.values() if one.node not in answering]
        known.sort(key=lambda task: task.created)
        every = (*known, *(_task(row) for row in running))
        return tuple(one for one in every if one.service in wanted)


def _service(labels: Mapping[str, str]) -> Service:
    spec = {"Labels": labels, "Mode": {"Replicated": {"Replicas": 1}}}
    return Service(labels[TASK_OF], labels[_NAME], 0, spec)


def _task(row: Mapping[str, Any]) -> SeenTask:
    labels = row["Labels"]
    return SeenTask(
        labels[_TASK], labels[TASK_OF], labels[_NODE], "running", str(row["Created"]), row["Id"]
    )
