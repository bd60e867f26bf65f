"""One machine's engine as a member of a swarm, and as its manager if it is one."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from typing import Any, Self

from requests.adapters import HTTPAdapter

from lab.errors import EngineError
from lab.launch.endpoint.connection import NOTICES
from lab.launch.engine import Engine, asked
from lab.launch.engine.rows import engine_facts
from lab.launch.refusals import GoneError
from lab.launch.seen import EngineFacts
from lab.launch.swarm.tasks import SeenTask, reserved_in, seen_task

_INFO = 25.0  # seconds; a manager waits for its leader for twenty of them
_POOL = 64  # connections kept, as of every engine


@dataclass(frozen=True, slots=True)
class SwarmNode:
    """A member of the swarm as its managers see it."""

    id: str
    host: str
    state: str  # ready, down, unknown, disconnected
    availability: str  # active, pause, drain
    address: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A service: what the swarm is to run, at one version of it."""

    id: str
    name: str
    version: int
    spec: Mapping[str, Any]

    @property
    def labels(self) -> Mapping[str, str]:
        """Give its labels."""
        labels: Mapping[str, str] = self.spec.get("Labels") or {}
        return labels

    @property
    def replicas(self) -> int:
        """Tell whether it is to run: 1 or 0."""
        return int(self.spec["Mode"]["Replicated"].get("Replicas", 0))


@dataclass(frozen=True, slots=True)
class Kept:
    """A config or a secret that the swarm keeps."""

    id: str
    name: str
    labels: Mapping[str, str]
    is_secret: bool


class MemberEngine(Engine):
    """Sees what labs on the swarm have on its machine, and not what labs of one engine have.

    The questions about nodes, services and kept files are a manager's alone.
    """

    in_swarm = True

    @classmethod
    def connect(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Reach an engine as `Engine.connect` does, and notice when its machine vanishes."""
        self = super().connect(environ)
        for client in (self._api, self._quick):
            client.mount("http://", _Watchful(pool_maxsize=_POOL))
        return self

    @cached_property
    def facts(self) -> EngineFacts:
        """Tell what the engine is; a manager that has just lost its leader answers late."""
        with asked("info"):
            answer = self._api.get(f"{self._api.base_url}/info", timeout=_INFO)
            answer.raise_for_status()
        return engine_facts(answer.json(), is_here=self._is_here)

    def answers(self) -> bool:
        """Tell within seconds whether the machine is there."""
        return _is_told(self._quick.ping)

    def has_leader(self) -> bool:
        """Tell within seconds whether a manager answers what managers alone know."""
        return _is_told(self._quick.nodes)

    @property
    def client(self) -> Any:
        """Give the connection, for whoever asks the swarm through it."""
        return self._api

    @property
    def _managing(self) -> Any:
        """Give the client for what a manager alone answers."""
        return self._api

    def running(self, label: str) -> tuple[Mapping[str, Any], ...]:
        """List what runs here with a label, as the engine's own rows."""
        with asked("containers"):
            return tuple(self._api.containers(filters={"label": label}))

    def nodes(self) -> tuple[SwarmNode, ...]:
        """List the members of the swarm."""
        with asked("the swarm's nodes"):
            rows = self._managing.nodes()
        return tuple(_node(row) for row in rows)

    # Services

    def services(self, label: str) -> tuple[Service, ...]:
        """List the services with a label, `key` or `key=value`."""
        with asked("services"):
            rows = self._managing.services(filters={"label": label})
        return tuple(_service(row) for row in rows)

    def service(self, name: str) -> Service:
        """Look at one service, by name or id; raises `GoneError`."""
        with asked(f"service {name}"):
            return _service(self._managing.inspect_service(name))

    def create_service(self, spec: Mapping[str, Any]) -> str:
        """Create a service and give its id."""
        with asked(f"service {spec['Name']}"):
            made = self._managing.create_service(
                spec["TaskTemplate"],
                name=spec["Name"],
                labels=spec["Labels"],
                mode=spec["Mode"],
                endpoint_spec=spec["EndpointSpec"],
            )
        return str(made["ID"])

    def update_service(self, service: Service, spec: Mapping[str, Any]) -> None:
        """Replace what a service is to run; raises `EngineError` when somebody else was quicker."""
        with asked(f"service {service.name}"):
            self._managing.update_service(
                service.id,
                version=service.version,
                task_template=spec["TaskTemplate"],
                name=spec["Name"],
                labels=spec["Labels"],
                mode=spec["Mode"],
                endpoint_spec=spec["EndpointSpec"],
            )

    def remove_service(self, service: str) -> None:
        """Remove a service; its tasks end by and by."""
        with asked(f"service {service}"):
            self._managing.remove_service(service)

    def tasks(self, services: Iterable[str]) -> tuple[SeenTask, ...]:
        """List the tasks of these services that the swarm still knows, oldest first."""
        wanted = list(services)
        if not wanted:
            return ()
        with asked("tasks"):
            rows = self._managing.tasks(filters={"service": wanted})
        return tuple(sorted((seen_task(row) for row in rows), key=lambda task: task.created))

    def reserved(self, *, but: str) -> Mapping[str, int]:
        """Give the memory that services reserve, in bytes by node, without those of one lab."""
        with asked("tasks"):
            rows = self._managing.tasks(filters={"desired-state": "running"})
        return reserved_in(rows, but)

    # Files that the swarm keeps

    def kept(self, label: str) -> tuple[Kept, ...]:
        """List the configs and secrets with a label."""
        filters = {"label": label}
        with asked("configs and secrets"):
            rows = [(row, False) for row in self._managing.configs(filters=filters)]
            rows += [(row, True) for row in self._managing.secrets(filters=filters)]
        return tuple(_kept(row, is_secret=is_secret) for row, is_secret in rows)

    def keep(self, name: str, content: bytes, labels: Mapping[str, str], *, is_secret: bool) -> str:
        """Keep a file in the swarm and give its id; raises `NameTakenError`."""
        create = self._managing.create_secret if is_secret else self._managing.create_config
        with asked(f"{'secret' if is_secret else 'config'} {name}"):
            return str(create(name, content, labels=dict(labels))["ID"])

    def drop(self, kept: Kept) -> None:
        """Let the swarm forget a file."""
        remove = self._managing.remove_secret if kept.is_secret else self._managing.remove_config
        with asked(f"{'secret' if kept.is_secret else 'config'} {kept.name}"):
            remove(kept.id)

    # The network

    def create_overlay(
        self, name: str, subnet: IPv4Network, labels: Mapping[str, str], *, is_closed: bool
    ) -> str:
        """Create a network over all machines, without a way out or with one, and give its id."""
        with asked(f"network {name}"):
            made = self._managing.create_network(
                name,
                driver="overlay",
                ipam={"Driver": "default", "Config": [{"Subnet": str(subnet)}]},
                check_duplicate=True,
                labels=dict(labels),
                attachable=True,
                internal=is_closed,
                scope="swarm",
            )
        return str(made["Id"])

    def remove_if_there(self, container: str) -> None:
        """Kill and remove a container; one that is on its way out goes by itself."""
        with suppress(GoneError):
            self.remove(container)


def _is_told(ask: Callable[[], object]) -> bool:
    """Tell whether an engine answers, and with something."""
    try:
        with asked("the engine"):
            return bool(ask())
    except EngineError:
        return False


def why_silent(error: EngineError) -> str:
    """Say in few words why an engine did not answer: the SDK wraps a timeout in many."""
    problem = error.problems[0]
    where, wrapped, _ = problem.where.partition(": Error while fetching")
    if wrapped:
        return f"{where}: no answer in time"
    if problem.what.endswith("does not answer"):
        return where
    return f"{problem.what} ({where}); {problem.mend}"


class _Watchful(HTTPAdapter):
    """Gives a connection up some seconds after the other machine has vanished without a word."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the connections' pool, as `requests` asks for it."""
        super().init_poolmanager(*arguments, socket_options=NOTICES, **options)


def _node(row: Mapping[str, Any]) -> SwarmNode:
    status = row.get("Status") or {}
    return SwarmNode(
        row["ID"],
        (row.get("Description") or {}).get("Hostname", ""),
        status.get("State", "unknown"),
        row["Spec"].get("Availability", "active"),
        status.get("Addr", ""),
    )


def _service(row: Mapping[str, Any]) -> Service:
    return Service(row["ID"], row["Spec"]["Name"], int(row["Version"]["Index"]), row["Spec"])


def _kept(row: Mapping[str, Any], *, is_secret: bool) -> Kept:
    return Kept(row["ID"], row["Spec"]["Name"], row["Spec"].get("Labels") or {}, is_secret)
