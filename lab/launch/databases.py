"""The databases of a lab: proven complete, reset in place, compared with their dbscripts."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from lab.errors import EngineError
from lab.launch.creation import results
from lab.launch.dbscripts import Dbscript
from lab.launch.engine import Engine
from lab.launch.schemas import judge, unreachable
from lab.launch.scripts_of import scripts_of
from lab.launch.servers import (
    ServerGoneError,
    begin_again,
    found_on,
    has_first_rows,
    wait_until_ready,
)
from lab.launch.templates import require_complete
from lab.plan.containers import FRESH, KEEP, SERVER_KEPT
from lab.plan.model import Plan, PlannedServer, SchemaPlace
from lab.plan.observed import SchemaState

Progress = Callable[[str], None]

_AT_ONCE = 16


class Databases:
    """What the servers of a lab hold. Methods may be called from any thread.

    *start* starts a server, by its name.
    """

    def __init__(self, engine: Engine, plan: Plan, start: Callable[[str], None]) -> None:
        self._engine = engine
        self._plan = plan
        self._start = start
        self._scripts: dict[str, dict[str, Dbscript]] = {}
        self._reading = threading.Lock()

    def prepare(self, progress: Progress) -> tuple[SchemaState, ...]:
        """Wait for every started database server, prove its databases complete, give their states.

        Raises `DatabaseError` when a server ends, or a table or the last index is missing.
        """
        every: list[SchemaState] = []
        for server in self._plan.servers:
            progress(f"database {server.name}: waiting until it is ready")
            wait_until_ready(self._engine, server.container)
            scripts = self._scripts_of(server)
            states = judge(server, scripts, found_on(self._engine, server, scripts))
            require_complete(states, f"container {server.container}")
            for state in states:
                progress(f"database {server.name}: {state.name} complete, {state.tables} tables")
            every += states
        return tuple(every)

    def reset(self) -> None:
        """Let every server begin again with what its template or `keep` holds.

        Containers, addresses and nodes stay; connections to the servers end. A server that doesn't
        run is started. Raises `DatabaseError`.
        """
        self._each_server(self._reset_server)

    def keep(self) -> None:
        """Let `reset` return to what the servers hold at this moment.

        Raises `DatabaseError`, and `LabError` when a server doesn't run.
        """
        self._each_server(lambda server: begin_again(self._engine, server.container, KEEP))

    def are_kept(self) -> bool:
        """Tell whether every server that nodes keep something on would return to a kept moment."""
        held = ("test", "-d", str(SERVER_KEPT))
        servers = [one for one in self._plan.servers if one.schemas]
        return all(self._engine.run(one.container, held).exit_code == 0 for one in servers)

    def _each_server(self, task: Callable[[PlannedServer], None]) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            results([pool.submit(task, server) for server in self._plan.servers])

    def _reset_server(self, server: PlannedServer) -> None:
        if self._engine.inspect(server.container).status != "running":
            self._start(server.name)
        begin_again(self._engine, server.container, FRESH)

    def states(self) -> tuple[SchemaState, ...]:
        """Compare every schema with its dbscript, by one question a server."""
        return tuple(state for server in self._plan.servers for state in self._states_on(server))

    def expected(self) -> tuple[SchemaState, ...]:
        """Give every schema with the tables that its dbscript makes, without asking a server."""
        return tuple(
            state
            for server in self._plan.servers
            for state in unreachable(server, self._scripts_of(server))
        )

    def _states_on(self, server: PlannedServer) -> tuple[SchemaState, ...]:
        scripts = self._scripts_of(server)
        try:
            return judge(server, scripts, found_on(self._engine, server, scripts))
        except (ServerGoneError, EngineError):  # the node's state says why
            return unreachable(server, scripts)

    def _scripts_of(self, server: PlannedServer) -> dict[str, Dbscript]:
        with self._reading:
            if server.name not in self._scripts:
                self._scripts[server.name] = scripts_of(self._plan, server)
            return self._scripts[server.name]

    def has_first_rows(self, place: SchemaPlace) -> bool:
        """Tell whether a node has written the first user-store rows of a shared database."""
        server = next(one for one in self._plan.servers if one.name == place.server)
        return has_first_rows(self._engine, server.container, place.schema)
