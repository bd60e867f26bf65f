"""The containers of a lab's members: how each is made, with its files and on its ports."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import LabError, Problem
from lab.launch.definitions import (
    Images,
    balancer_definition,
    node_definition,
    server_definition,
)
from lab.launch.engine import Engine
from lab.launch.files import balancer_files, node_files, server_files
from lab.launch.labels import Ownership
from lab.launch.ports import other_ports, read_ports, write_ports
from lab.launch.refusals import GoneError
from lab.launch.seen import Definition
from lab.launch.standing import Standing
from lab.plan.model import Plan

if TYPE_CHECKING:
    from concurrent.futures import Future


class Members:
    """The containers of nodes, balancers and servers. Methods may be called from any thread."""

    def __init__(
        self, engine: Engine, plan: Plan, folder: Path, owner: Ownership, images: Images
    ) -> None:
        self._engine = engine
        self._plan = plan
        self._folder = folder
        self._owner = owner
        self._images = images
        self._containers = {member.name: member.container for member in plan.members}
        self._just_put: set[str] = set()
        self._exchanging = threading.Lock()  # nodes are started side by side

    def create(
        self,
        name: str,
        standing: Standing,
        published: Mapping[int, int],
        written: "Future[None]",
    ) -> "Future[str]":
        """Create a member's container, with its files once they are *written*.

        The future gives its id.
        """

        def files() -> bytes:
            written.result()
            return self._files_of(name)

        created = standing.container(self._definition(name, published), files)
        self._just_put.add(name)
        return created

    def renew(self, name: str) -> None:
        """Replace a member's container by a fresh one with its files, on its ports; start nothing.

        A database server begins with the databases of its template again, a node with nothing.
        """
        container = self.container(name)
        with suppress(GoneError):
            self._engine.remove(container)
        # In a closed lab its ports are the front's.
        kept = {} if self._plan.is_closed else read_ports(self._folder).get(name, {})
        self._engine.create(self._definition(name, kept))
        for subnet in self._plan.subnets:
            if container in subnet.addresses:
                self._engine.join(subnet.name, container, subnet.addresses[container])
        self.put_files(name)
        self._just_put.add(name)

    def exchange_ports(self, name: str) -> None:
        """Make a member's container again on other host ports: they are fixed at creation."""
        container = self.container(name)
        published = other_ports(self._engine.inspect(container).published)
        self._engine.remove(container)
        self._engine.create(self._definition(name, published))
        self.put_files(name)
        with self._exchanging:
            write_ports(self._folder, {**read_ports(self._folder), name: published})

    def bring_files(self, name: str) -> None:
        """Put a member's files before its start, unless its container was made with them."""
        if name in self._just_put:
            self._just_put.discard(name)
        else:
            self.put_files(name)

    def require_files(self) -> None:
        """Raise `LabError` with each member whose files in the lab's folder can't be read."""
        problems: list[Problem] = []
        for name in self._containers:
            try:
                self._files_of(name)
            except LabError as error:
                problems += error.problems
        if problems:
            raise LabError(*problems)

    def put_files(self, name: str) -> None:
        """Put a member's files from the lab's folder into its container."""
        self._engine.put(self.container(name), self._files_of(name))

    def _files_of(self, name: str) -> bytes:
        if self._plan.balancer(name) is not None:
            return balancer_files(self._folder, name)
        if self.is_server(name):
            return server_files(self._folder, name)
        return node_files(self._folder, self._plan.node(name))

    def _definition(self, name: str, published: Mapping[int, int]) -> Definition:
        if self.is_server(name):
            server = self._plan.server(name)
            return server_definition(self._plan, server, self._images, self._owner)
        balancer = self._plan.balancer(name)
        if balancer is not None:
            return balancer_definition(self._plan, balancer, self._images, self._owner, published)
        node = self._plan.node(name)
        return node_definition(self._plan, node, self._images, self._owner, published)

    def is_server(self, name: str) -> bool:
        """Tell whether a member is a database server."""
        return any(server.name == name for server in self._plan.servers)

    def container(self, name: str) -> str:
        """Give the name of a member's container; raises `LabError` when there is no such member."""
        if name not in self._containers:
            raise LabError(
                Problem(
                    f"no node `{name}`",
                    f"lab {self._plan.lab}",
                    f"it has {', '.join(self._containers)}",
                )
            )
        return self._containers[name]
