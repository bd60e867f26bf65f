"""A lab on an engine: its nodes, database servers and prober, and what can be asked of them."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import EngineError, LabError, Problem
from lab.launch.channel import Channel, ExecChannel
from lab.launch.creation import results
from lab.launch.dbscripts import Dbscript
from lab.launch.definitions import (
    PROBER,
    PROBER_KIND,
    SIDECARS,
    Images,
    balancer_definition,
    node_definition,
    server_definition,
)
from lab.launch.engine import Engine
from lab.launch.files import balancer_files, node_files, server_files
from lab.launch.front import way_in_name
from lab.launch.homes.ending import ask_to_end
from lab.launch.labels import (
    FOLDER,
    LAB,
    MEMBER,
    OWNER,
    PART,
    PURPOSE,
    Ownership,
    Part,
    Purpose,
)
from lab.launch.listing import ClusterSummary, list_clusters
from lab.launch.ownership import parse_owner, this_process
from lab.launch.ports import (
    other_ports,
    published_ports,
    publishing,
    read_ports,
    write_ports,
)
from lab.launch.refusals import GoneError, PortTakenError
from lab.launch.removal import objects_of, remove_lab
from lab.launch.schemas import judge, unreachable
from lab.launch.scripts_of import scripts_of
from lab.launch.seen import Definition, SeenContainer
from lab.launch.servers import (
    ServerGoneError,
    begin_again,
    found_on,
    has_first_rows,
    wait_until_ready,
)
from lab.launch.sidecars import SidecarChannel
from lab.launch.standing import Standing
from lab.launch.states import Events, last_start, state_of
from lab.launch.templates import require_complete
from lab.launch.tunnel import open_tunnel
from lab.plan.containers import FRESH, KEEP, completion_name
from lab.plan.make import read_plan
from lab.plan.model import Plan, PlannedServer, SchemaPlace
from lab.plan.observed import NodeState, SchemaState, State

if TYPE_CHECKING:
    from lab.launch.faults.faults import Faults

__all__ = ["Cluster", "ClusterSummary", "find_cluster", "list_clusters"]

Progress = Callable[[str], None]

_NODE_GRACE, _REAL_GRACE, _SERVER_GRACE = 2, 60, 10  # seconds
_PORT_TRIES = 5
_AT_ONCE = 16


class Cluster:
    """One lab, half made or complete. Methods may be called from any thread."""

    def __init__(
        self, engine: Engine, plan: Plan, folder: Path, owner: Ownership, images: Images
    ) -> None:
        self.plan = plan
        self.folder = folder
        self._engine = engine
        self._owner = owner
        self._images = images
        self._members = {member.name: member.container for member in plan.members}
        self._just_put: set[str] = set()
        self._scripts: dict[str, dict[str, Dbscript]] = {}
        self._reading = threading.Lock()

    # Starting and stopping

    def start_server(self, name: str) -> None:
        """Start a database server, with its files as they lie in the lab's folder."""
        self._start_machine(name)
        self._bring_files(name)
        self._engine.start(self._container(name))

    def start_node(self, name: str) -> None:
        """Start a member, with its files as they lie in the lab's folder.

        A host port that something else took meanwhile is exchanged for a free one.
        """
        self._start_machine(name)
        self._bring_files(name)
        for _ in range(_PORT_TRIES - 1):
            try:
                return self._engine.start(self._container(name))
            except PortTakenError:
                self._exchange_ports(name)
        return self._engine.start(self._container(name))

    def start_front(self) -> None:
        """Start what leads from this machine into a closed lab."""
        self._engine.start(way_in_name(self.plan))

    def _start_machine(self, name: str) -> None:
        """Start the machine that a member shares, if it does; one that runs stays as it is."""
        member = next(one for one in self.plan.members if one.name == name)
        if member.machine:
            self._engine.start(member.machine)

    def stop_node(self, name: str) -> None:
        """Stop a member; one that ignores SIGTERM is killed. A real node's JVM ends cleanly."""
        container = self._container(name)
        real = {node.name: node.kind for node in self.plan.real_nodes}
        if real.get(name) == "image":
            ask_to_end(self._engine, container)
        grace = _SERVER_GRACE if self._is_server(name) else _NODE_GRACE
        grace = _REAL_GRACE if name in real else grace
        return self._engine.stop(container, grace)

    def put_files(self, name: str) -> None:
        """Put a member's files from the lab's folder into its container."""
        self._engine.put(self._container(name), self._files_of(name))

    def _files_of(self, name: str) -> bytes:
        if self.plan.balancer(name) is not None:
            return balancer_files(self.folder, name)
        if self._is_server(name):
            return server_files(self.folder, name)
        return node_files(self.folder, self.plan.node(name))

    def create_member(
        self,
        name: str,
        standing: Standing,
        published: Mapping[int, int],
        written: Callable[[], object],
    ) -> "Future[str]":
        """Create a member's container, with its files once *written* returns.

        The future gives its id.
        """

        def files() -> bytes:
            written()
            return self._files_of(name)

        created = standing.container(self._definition(name, published), files)
        self._just_put.add(name)
        return created

    def _bring_files(self, name: str) -> None:
        if name in self._just_put:
            self._just_put.discard(name)
        else:
            self.put_files(name)

    def renew(self, name: str) -> None:
        """Replace a member's container by a fresh one with its files, on its ports; start nothing.

        A database server begins with the databases of its template again, a node with nothing.
        """
        container = self._container(name)
        with suppress(GoneError):
            self._engine.remove(container)
        # In a closed lab its ports are the front's.
        kept = {} if self.plan.is_closed else read_ports(self.folder).get(name, {})
        self._engine.create(self._definition(name, kept))
        for subnet in self.plan.subnets:
            if container in subnet.addresses:
                self._engine.join(subnet.name, container, subnet.addresses[container])
        self.put_files(name)
        self._just_put.add(name)

    def _exchange_ports(self, name: str) -> None:
        """Make a member's container again on other host ports: they are fixed at creation."""
        container = self._container(name)
        published = other_ports(self._engine.inspect(container).published)
        self._engine.remove(container)
        self._engine.create(self._definition(name, published))
        self.put_files(name)
        write_ports(self.folder, {**read_ports(self.folder), name: published})

    def _definition(self, name: str, published: Mapping[int, int]) -> Definition:
        if self._is_server(name):
            server = self.plan.server(name)
            return server_definition(self.plan, server, self._images, self._owner)
        balancer = self.plan.balancer(name)
        if balancer is not None:
            return balancer_definition(self.plan, balancer, self._images, self._owner, published)
        node = self.plan.node(name)
        return node_definition(self.plan, node, self._images, self._owner, published)

    # Databases

    def prepare_schemas(self, progress: Progress) -> tuple[SchemaState, ...]:
        """Wait for every started database server, prove its databases complete, give their states.

        Raises `DatabaseError` when a server ends, or a table or the last index is missing.
        """
        every: list[SchemaState] = []
        for server in self.plan.servers:
            progress(f"database {server.name}: waiting until it is ready")
            wait_until_ready(self._engine, server.container)
            scripts = self._scripts_of(server)
            states = judge(server, scripts, found_on(self._engine, server, scripts))
            require_complete(states, f"container {server.container}")
            for state in states:
                progress(f"database {server.name}: {state.name} complete, {state.tables} tables")
            every += states
        return tuple(every)

    def reset_databases(self) -> None:
        """Let every server begin again with what its template or `keep_databases` holds.

        Containers, addresses and nodes stay; connections to the servers end. A server that doesn't
        run is started. Raises `DatabaseError`.
        """
        self._each_server(self._reset_server)

    def keep_databases(self) -> None:
        """Let `reset_databases` return to what the servers hold at this moment.

        Raises `DatabaseError`, and `LabError` when a server doesn't run.
        """
        self._each_server(lambda server: begin_again(self._engine, server.container, KEEP))

    def _each_server(self, task: Callable[[PlannedServer], None]) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            results([pool.submit(task, server) for server in self.plan.servers])

    def _reset_server(self, server: PlannedServer) -> None:
        if self.state(server.name).state is not State.RUNNING:
            self.start_server(server.name)
        begin_again(self._engine, server.container, FRESH)

    def schema_states(self) -> tuple[SchemaState, ...]:
        """Compare every schema with its dbscript, by one question a server."""
        return tuple(state for server in self.plan.servers for state in self._schema_states(server))

    def expected_schemas(self) -> tuple[SchemaState, ...]:
        """Give every schema with the tables that its dbscript makes, without asking a server."""
        return tuple(
            state
            for server in self.plan.servers
            for state in unreachable(server, self._scripts_of(server))
        )

    def _schema_states(self, server: PlannedServer) -> tuple[SchemaState, ...]:
        scripts = self._scripts_of(server)
        try:
            return judge(server, scripts, found_on(self._engine, server, scripts))
        except (ServerGoneError, EngineError):  # the node's state says why
            return unreachable(server, scripts)

    def _scripts_of(self, server: PlannedServer) -> dict[str, Dbscript]:
        with self._reading:
            if server.name not in self._scripts:
                self._scripts[server.name] = scripts_of(self.plan, server)
            return self._scripts[server.name]

    # Watching

    def states(self) -> tuple[NodeState, ...]:
        """Tell the state of every member, in the plan's order."""
        seen = {
            container.labels[MEMBER]: container
            for container in self._engine.containers(f"{LAB}={self.plan.lab}")
        }
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return tuple(pool.map(lambda name: self._state(name, seen.get(name)), self._members))

    def state(self, name: str) -> NodeState:
        """Tell one member's state."""
        try:
            return self._state(name, self._engine.inspect(self._container(name)))
        except GoneError:
            return NodeState(name, State.MISSING)

    def _state(self, name: str, seen: SeenContainer | None) -> NodeState:
        if seen is None:
            return NodeState(name, State.MISSING)
        return state_of(self._engine, seen)

    def events(self) -> Events:
        """Give the changes of nodes and database servers as they happen, until closed."""
        return Events(self._engine, self.plan.lab)

    def process(self, name: str) -> tuple[int, str]:
        """Give the pid, as the engine's machine counts, and the container's id."""
        seen = self._engine.inspect(self._container(name))
        if not seen.pid:
            raise LabError(
                Problem(f"`{name}` is not running", f"container {seen.name}", f"`lab start {name}`")
            )
        return seen.pid, seen.id

    def logs(self, name: str, *, follow: bool = False) -> Iterator[str]:
        """Give a member's log, line by line."""
        with self._engine.follow(self._container(name), wait=follow) as log:
            yield from log

    def lines_since_start(self, name: str) -> Iterator[str]:
        """Give what a running member has logged since it was started last."""
        container = self._container(name)
        since = last_start(self._engine, container)
        with self._engine.follow(container, since=since, wait=False) as log:
            yield from log

    def has_first_rows(self, place: SchemaPlace) -> bool:
        """Tell whether a node has written the first user-store rows of a shared database."""
        server = next(one for one in self.plan.servers if one.name == place.server)
        return has_first_rows(self._engine, server.container, place.schema)

    @property
    def is_on_swarm(self) -> bool:
        """Tell whether its members run on the machines of a swarm."""
        return self._engine.in_swarm

    @property
    def cores(self) -> int:
        """Give how many processors the engine's machine has."""
        return self._engine.facts.cores

    def run(self, name: str, argv: tuple[str, ...]) -> tuple[int, str]:
        """Run a command in a member's container; give its exit code and all it printed."""
        ran = self._engine.run(self._container(name), argv)
        return ran.exit_code, (ran.stdout + ran.stderr).decode(errors="replace")

    def published(self) -> Mapping[tuple[str, int], int]:
        """Give the ports of 127.0.0.1, by member and container port."""
        if self.plan.is_closed:
            kept = read_ports(self.folder).items()
            return {(name, port): host for name, of in kept for port, host in of.items()}
        names = [member.name for member in publishing(self.plan) if published_ports(member)]

        def of(name: str) -> Mapping[int, int]:
            with suppress(GoneError):
                return self._engine.inspect(self._container(name)).published
            return {}

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            ports = pool.map(of, names)
            return {
                (name, port): host
                for name, published in zip(names, ports, strict=True)
                for port, host in published.items()
            }

    # Probing

    @property
    def prober_kind(self) -> str:
        """Tell how nodes are probed: `prober` enters them, `sidecars` live beside them."""
        return self._engine.inspect(self.plan.prober).labels[PROBER_KIND]

    def start_prober(self) -> None:
        """Start the prober; it idles until a session is opened."""
        self._engine.start(self.plan.prober)

    def open_session(self) -> Channel:
        """Open a session of the prober, one a caller; a prober that has ended is started again."""
        seen = self._engine.inspect(self.plan.prober)
        if seen.status != "running":  # killed, or the engine was restarted
            self.start_prober()
        if self._engine.in_swarm:
            from lab.launch.swarm.channel import open_channel  # noqa: PLC0415  # one engine has none

            return open_channel(self._engine, self.plan.prober)
        if seen.labels[PROBER_KIND] == SIDECARS:
            return SidecarChannel(self._engine, self.plan)
        return ExecChannel(self._engine, self.plan.prober)

    def open_tunnel(self, host: str, port: int) -> socket.socket:
        """Give a connection to a member's port on the lab's network, published or not."""
        return open_tunnel(self._engine, self.plan.prober, host, port)

    # The whole

    @property
    def faults(self) -> "Faults":
        """Give what puts faults into this lab and heals them."""
        from lab.launch.faults.faults import Faults  # noqa: PLC0415  # a start needs none

        mine = replace(self._owner, owner=this_process())
        return Faults(self._engine, self.plan, mine, start=self.start_node, stop=self.stop_node)

    @property
    def is_complete(self) -> bool:
        """Tell whether the lab was brought up to its end."""
        return objects_of(self._engine, self.plan.lab).is_complete

    def complete(self) -> None:
        """Say that the lab is up: from here on it lives without the process that made it."""
        self._engine.create_volume(
            completion_name(self.plan.lab), self._owner.labels(Part.COMPLETION)
        )

    def remove(self) -> None:
        """Remove everything of the lab, its folder last."""
        remove_lab(self._engine, self.plan.lab)

    def _is_server(self, name: str) -> bool:
        return any(server.name == name for server in self.plan.servers)

    def _container(self, name: str) -> str:
        if name not in self._members:
            raise LabError(
                Problem(
                    f"no node `{name}`",
                    f"lab {self.plan.lab}",
                    f"it has {', '.join(self._members)}",
                )
            )
        return self._members[name]


def find_cluster(engine: Engine, name: str) -> Cluster | None:
    """Find a lab, complete or not, by its labels and its folder's copy of the topology.

    Raises `LabError` when its folder is gone: then only `remove_lab` can do something with it.
    """
    objects = objects_of(engine, name)
    if not objects or not objects.containers:
        return None
    labels = _of_the_lab(objects.containers)
    folder = Path(labels[FOLDER])
    plan = read_plan(folder)
    by_member = {each.labels[MEMBER]: each.image for each in objects.containers}
    images = Images(
        prober=by_member.get(PROBER, ""),
        nodes={node.name: by_member.get(node.name, "") for node in plan.nodes},
        servers={server.name: by_member.get(server.name, "") for server in plan.servers},
        balancer=next((by_member.get(one.name, "") for one in plan.balancers), ""),
    )
    owner = parse_owner(labels[OWNER]) or this_process()
    return Cluster(
        engine, plan, folder, Ownership(name, Purpose(labels[PURPOSE]), owner, folder), images
    )


def _of_the_lab(containers: Sequence[SeenContainer]) -> Mapping[str, str]:
    """Give labels that the lab's maker has set; a fault has an owner of its own."""
    lasting = [each.labels for each in containers if each.labels.get(PART) != Part.FAULT]
    return (lasting or [containers[0].labels])[0]
