"""A lab on an engine: its nodes, database servers and prober, and what can be asked of them."""

import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import Problem
from lab.launch.archive import file_in
from lab.launch.attachment import attach, off_network
from lab.launch.channel import Channel, ExecChannel
from lab.launch.databases import Databases
from lab.launch.definitions import PROBER_KIND, SIDECARS, Images
from lab.launch.edited import touched_files
from lab.launch.engine import Engine
from lab.launch.front import way_in_name
from lab.launch.homes.ending import ask_to_end
from lab.launch.labels import LAB, MEMBER, Ownership, Part
from lab.launch.members import Members
from lab.launch.ownership import this_process
from lab.launch.ports import published_ports, publishing, read_ports
from lab.launch.presence import Presence
from lab.launch.refusals import GoneError, PortTakenError
from lab.launch.removal import remove_lab
from lab.launch.seen import SeenContainer
from lab.launch.sidecars import SidecarChannel
from lab.launch.states import Events, last_start, state_of
from lab.launch.tunnel import open_tunnel
from lab.plan.containers import completion_name, node_path
from lab.plan.model import Plan
from lab.plan.observed import NodeState, State

if TYPE_CHECKING:
    from lab.launch.faults.faults import Faults

PORT_TRIES = 5
_AT_ONCE = 16


class Cluster:
    """One lab, half made or complete. Methods may be called from any thread.

    *members* are its containers with their files, *databases* what its servers hold, *presence*
    tells which containers are gone.
    """

    def __init__(
        self, engine: Engine, plan: Plan, folder: Path, owner: Ownership, images: Images
    ) -> None:
        self.plan = plan
        self.folder = folder
        self._engine = engine
        self._owner = owner
        self.members = Members(engine, plan, folder, owner, images)
        self.databases = Databases(engine, plan, self.start_server)
        self.presence = Presence(engine, plan)

    # Starting and stopping

    def start_server(self, name: str) -> None:
        """Start a database server, with its files as they lie in the lab's folder."""
        self._start_machine(name)
        self.members.bring_files(name)
        self._engine.start(self.members.container(name))

    def start_node(self, name: str) -> None:
        """Start a member, with its files as they lie in the lab's folder.

        A host port that something else took meanwhile is exchanged for a free one.
        """
        self._start_machine(name)
        self.members.bring_files(name)
        for _ in range(PORT_TRIES - 1):
            try:
                return self._engine.start(self.members.container(name))
            except PortTakenError:
                self.members.exchange_ports(name)
        return self._engine.start(self.members.container(name))

    def attach(self, name: str) -> bool:
        """Put a member on the networks that somebody took it off; tell whether there was one."""
        return attach(self._engine, self.plan, name)

    def start_front(self) -> None:
        """Start what leads from this machine into a closed lab; raises `PortTakenError`."""
        self._engine.start(way_in_name(self.plan))

    def remove_front(self) -> None:
        """Remove it, for one on other ports."""
        self._engine.remove(way_in_name(self.plan))

    def _start_machine(self, name: str) -> None:
        """Start the machine that a member shares, if it does; one that runs stays as it is."""
        member = next(one for one in self.plan.members if one.name == name)
        if member.machine:
            self._engine.start(member.machine)

    def stop_node(self, name: str) -> None:
        """Stop a member; one that ignores SIGTERM is killed. A real node's JVM ends cleanly."""
        container = self.members.container(name)
        if any(node.name == name and node.kind == "image" for node in self.plan.nodes):
            ask_to_end(self._engine, container)
        return self._engine.stop(container)

    # Watching

    def states(self) -> tuple[NodeState, ...]:
        """Tell the state of every member, in the plan's order."""
        listed = self._engine.containers(f"{LAB}={self.plan.lab}")
        seen = {container.labels[MEMBER]: container for container in listed}
        names = [member.name for member in self.plan.members]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            states = pool.map(lambda name: self._state(name, seen.get(name)), names)
        off = {} if self.is_on_swarm else off_network(self.plan, listed)
        return tuple(
            replace(one, off=off.get(one.name, ())) if one.state is State.RUNNING else one
            for one in states
        )

    def state(self, name: str) -> NodeState:
        """Tell one member's state."""
        try:
            return self._state(name, self._engine.inspect(self.members.container(name)))
        except GoneError:
            return self._state(name, None)

    def _state(self, name: str, seen: SeenContainer | None) -> NodeState:
        if seen is None:
            away = self._engine.unseen_machine
            return NodeState(name, State.UNREACHABLE if away else State.MISSING, machine=away)
        return state_of(self._engine, seen)

    def away(self) -> tuple[NodeState, ...]:
        """Tell the members whose machine doesn't answer; on one engine there is no such machine."""
        states = self.states() if self.is_on_swarm else ()
        return tuple(one for one in states if one.state is State.UNREACHABLE)

    def events(self) -> Events:
        """Give the changes of nodes and database servers as they happen, until closed."""
        return Events(self._engine, self.plan.lab)

    def process(self, name: str) -> tuple[int, str]:
        """Give the pid, as the engine's machine counts, and the container's id.

        Raises `GoneError` when it doesn't run.
        """
        seen = self._engine.inspect(self.members.container(name))
        if not seen.pid:
            raise GoneError(
                Problem(f"`{name}` is not running", f"container {seen.name}", f"`lab start {name}`")
            )
        return seen.pid, seen.id

    def edited(self) -> tuple[str, ...]:
        """Name the nodes whose files were edited and not yet brought to them, as a start does.

        On a swarm nobody can tell: its services hold their files where no engine shows them.
        """
        touched = () if self.is_on_swarm else touched_files(self.folder)
        return tuple(dict.fromkeys(name for name, path in touched if self._lacks(name, path)))

    def _lacks(self, name: str, path: Path) -> bool:
        """Tell whether a node has another file than the one that lies in the lab's folder."""
        try:
            place = node_path(self.plan.node(name), path.name)
            held = self._engine.take(self.members.container(name), str(place))
        except (GoneError, KeyError):
            return False
        return file_in(held, place.name) != path.read_bytes()

    def logs(self, name: str, *, follow: bool = False) -> Iterator[str]:
        """Give a member's log, line by line."""
        with self._engine.follow(self.members.container(name), wait=follow) as log:
            yield from log

    def lines_since_start(self, name: str) -> Iterator[str]:
        """Give what a running member has logged since it was started last."""
        container = self.members.container(name)
        since = last_start(self._engine, container)
        with self._engine.follow(container, since=since, wait=False) as log:
            yield from log

    @property
    def is_on_swarm(self) -> bool:
        """Tell whether its members run on the machines of a swarm."""
        return self._engine.in_swarm

    @property
    def cores(self) -> int:
        """Give how many processors the lab's machines have together."""
        return self._engine.cores

    def run(self, name: str, argv: tuple[str, ...]) -> tuple[int, str]:
        """Run a command in a member's container; give its exit code and all it printed."""
        ran = self._engine.run(self.members.container(name), argv)
        return ran.exit_code, (ran.stdout + ran.stderr).decode(errors="replace")

    def published(self) -> Mapping[tuple[str, int], int]:
        """Give the ports of 127.0.0.1, by member and container port."""
        if self.plan.is_closed:
            kept = read_ports(self.folder).items()
            return {(name, port): host for name, of in kept for port, host in of.items()}
        names = [member.name for member in publishing(self.plan) if published_ports(member)]

        def of(name: str) -> Mapping[int, int]:
            with suppress(GoneError):
                return self._engine.inspect(self.members.container(name)).published
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

    def open_tunnel(self, name: str, host: str, port: int) -> socket.socket:
        """Give a connection to a port of the member *name*, published or not."""
        stands = self._engine.in_swarm or self.prober_kind == SIDECARS
        process = None if stands else self.process(name)
        return open_tunnel(self._engine, self.plan.prober, host, port, process)

    # The whole

    @property
    def faults(self) -> "Faults":
        """Give what puts faults into this lab and heals them."""
        from lab.launch.faults.faults import Faults  # noqa: PLC0415  # a start needs none

        mine = replace(self._owner, owner=this_process())
        return Faults(self._engine, self.plan, mine, start=self.start_node, stop=self.stop_node)

    def complete(self) -> None:
        """Say that the lab is up: from here on it lives without the process that made it."""
        self._engine.create_volume(
            completion_name(self.plan.lab), self._owner.labels(Part.COMPLETION)
        )

    def remove(self) -> None:
        """Remove everything of the lab, its folder last."""
        remove_lab(self._engine, self.plan.lab)
