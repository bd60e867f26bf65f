"""The machines of a swarm as one engine: its manager makes services, each machine runs some."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from ipaddress import IPv4Network
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lab.errors import Problem
from lab.launch.archive import PlacedFile, tar_of
from lab.launch.exec_stream import ExecStream
from lab.launch.labels import SWARM
from lab.launch.refusals import GoneError, NameTakenError
from lab.launch.streams import EventStream, LogStream
from lab.launch.swarm.events import SwarmEvents
from lab.launch.swarm.removal import Removal
from lab.launch.swarm.running import Running
from lab.launch.swarm.stack import machines_label

if TYPE_CHECKING:
    from lab.launch.swarm.member import MemberEngine

_LOOK = "`lab status` tells more"


class SwarmEngine(Running, Removal):
    """An engine whose members are services, each on whichever machine the swarm runs it."""

    def __init__(self, api: Any, quick: Any, *, is_here: bool) -> None:
        super().__init__(api, quick, is_here=is_here)
        self._execs: dict[str, MemberEngine] = {}

    def create_network(
        self,
        name: str,
        subnet: IPv4Network,
        labels: Mapping[str, str],
        *,
        bridge: str = "",  # noqa: ARG002  # of a network on one machine
        dead_end: str = "",
    ) -> str:
        """Create the network over all machines, and give its id; nothing gets out of a *dead_end*.

        What is in no other network has no gateway there: it needs no address of nobody's.
        """
        labelled = {**labels, SWARM: machines_label(self.names)}
        return self.create_overlay(name, subnet, labelled, is_closed=bool(dead_end))

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Create an empty object that all managers know."""
        with suppress(NameTakenError):
            self.keep(name, name.encode(), {**labels, SWARM: "yes"}, is_secret=False)

    def take(self, container: str, path: str) -> bytes:
        """Give the tar of a file in a container that runs; raises `GoneError`.

        An engine's own archive leaves out what the swarm has put in.
        """
        ran = self.run(container, ("cat", path))
        if ran.exit_code:
            said = ran.stderr.decode(errors="replace").strip()
            raise GoneError(Problem(f"it can't be read: {said}", f"{container}: {path}", _LOOK))
        return tar_of([PlacedFile(PurePosixPath("/", PurePosixPath(path).name), ran.stdout, 0, 0)])

    def last_lines(self, container: str, count: int) -> tuple[str, ...]:
        """Give the end of a container's log."""
        member, found = self._at(container)
        return member.last_lines(found, count)

    def follow(self, container: str, since: float = 0.0, *, wait: bool = True) -> LogStream:
        """Give a container's log, as `Engine.follow` does; *since* by its machine's clock."""
        member, found = self._at(container)
        return member.follow(found, since, wait=wait)

    def events(self, label: str, actions: Iterable[str]) -> EventStream:
        """Give what happens to the containers of all machines, and which machines are lost."""
        return SwarmEvents(self, label, tuple(actions))

    def open_exec(
        self, container: str, argv: Iterable[str], *, user: str = "", stdin: bool = True
    ) -> tuple[str, ExecStream]:
        """Start a command with its streams attached; give the exec's id and the streams."""
        member, found = self._at(container)
        exec_id, stream = member.open_exec(found, argv, user=user, stdin=stdin)
        self._execs[exec_id] = member
        return exec_id, stream

    def exec_exit_code(self, exec_id: str) -> int | None:
        """Give the exit code of an exec'd command; None while it runs."""
        return self._execs[exec_id].exec_exit_code(exec_id)
