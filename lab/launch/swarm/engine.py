"""The machines of a swarm as one engine: its manager makes services, each machine runs some."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Network
from pathlib import PurePosixPath
from typing import Any

from lab.errors import EngineError, Problem
from lab.launch.archive import PlacedFile, tar_of
from lab.launch.exec_stream import ExecStream
from lab.launch.labels import LAB, MEMBER, PART, SWARM
from lab.launch.refusals import GoneError, InUseError, NameTakenError
from lab.launch.seen import Definition
from lab.launch.streams import EventStream, LogStream
from lab.launch.swarm.events import SwarmEvents
from lab.launch.swarm.files import SwarmFile, files_in, held_names, is_held, references
from lab.launch.swarm.guests import Guests
from lab.launch.swarm.member import Kept, MemberEngine, Service
from lab.launch.swarm.stack import (
    PARTS,
    machines_in,
    machines_label,
    node_of,
    service_spec,
    started,
    stopped,
    with_files,
)
from lab.launch.swarm.told import TASK_OF

_RUNS_WITHIN = 60.0  # seconds until a machine has started what it was given
_FITS_WITHIN = 10.0  # seconds until the swarm has found a machine, or says why not
_GONE_WITHIN = 20.0  # seconds until every machine has ended what was removed
_AGAIN = 0.1
_LOOK = "`lab status` tells more"
_KILLED = 137
_TERMINATED = 143  # the exit code of a container that the swarm forgot before it could be asked


class SwarmEngine(Guests):
    """An engine whose members are services, each on whichever machine the swarm runs it."""

    def __init__(self, api: Any, quick: Any, *, is_here: bool) -> None:
        super().__init__(api, quick, is_here=is_here)
        self._execs: dict[str, MemberEngine] = {}

    # Networks and volumes

    def create_network(
        self,
        name: str,
        subnet: IPv4Network,
        labels: Mapping[str, str],
        *,
        bridge: str = "",  # noqa: ARG002  # of a network on one machine
        dead_end: str = "",  # noqa: ARG002
    ) -> str:
        """Create the network over all machines, and give its id."""
        return self.create_overlay(name, subnet, {**labels, SWARM: machines_label(self.names)})

    def remove_network(self, network: str) -> None:
        """Remove a network once nothing of its lab runs anywhere; name the machines left out."""
        seen = [one for one in super().networks(SWARM) if network in (one.id, one.name)]
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
        while any(network in (one.id, one.name) for one in self._each_network(SWARM)):
            if time.monotonic() > deadline:
                what = "a machine doesn't let go of a network that is removed"
                raise EngineError(Problem(what, f"network {network}", "`lab gc` later"))
            time.sleep(_AGAIN)

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Create an empty object that all managers know."""
        with suppress(NameTakenError):
            self.keep(name, name.encode(), {**labels, SWARM: "yes"}, is_secret=False)

    def remove_volume(self, name: str) -> None:
        """Remove what `volumes` lists."""
        for one in self.kept(SWARM):
            if one.name == name:
                self.drop(one)
                return
        self._each(partial(_drop_volume, name=name))

    def create(self, wanted: Definition) -> str:
        """Create a service with nothing running, or a container of the machines' own engines."""
        if wanted.labels[PART] in PARTS:
            return self._create_service(wanted)
        return self.create_guest(wanted)

    def _create_service(self, wanted: Definition) -> str:
        unnamed = [one.id for one in self.nodes() if one.id not in self.names]
        spec = service_spec(
            wanted,
            self._image_id(wanted.image),
            self._overlay(wanted.network),
            self.bound.get(wanted.labels[MEMBER], ""),
            nodes=unnamed,
            machines=machines_label(self.names),
        )
        return self.create_service(spec)

    def _image_id(self, reference: str) -> str:
        """Give the id of an image that some machines have: those that may need it."""
        for _, member in self._first_manager():
            image = member.image(reference)
            if image is not None:
                return image.id
        raise GoneError(Problem("no machine has it", f"image {reference}", "`lab up` brings it"))

    def _overlay(self, name: str) -> str:
        """Give the id of a network that is being made beside."""
        deadline = time.monotonic() + _FITS_WITHIN
        while True:
            found = [one.id for one in super().networks(SWARM) if one.name == name]
            if found:
                return found[0]
            if time.monotonic() > deadline:
                raise GoneError(Problem("it isn't there", f"network {name}", "`lab up` again"))
            time.sleep(_AGAIN)

    def put(self, container: str, archive: bytes | Iterator[bytes]) -> None:
        """Give a service these files from its next start on, beside those at other places."""
        content = archive if isinstance(archive, bytes) else b"".join(archive)
        service = self._service(container)
        if service is None:
            member, found = self._at(container)
            return member.put(found, content)
        files = files_in(content, service.name)
        if all(is_held(service.spec, file) for file in files):
            return None
        ids = self._keep_all(files, {**service.labels, PART: "file"})
        spec = with_files(
            service.spec,
            references(files, ids, secret=True),
            references(files, ids, secret=False),
        )
        self.update_service(service, spec)
        for kept in self._kept_of(service):
            if kept.name not in held_names(spec):
                self.drop(kept)
        return None

    def _keep_all(self, files: Sequence[SwarmFile], labels: Mapping[str, str]) -> dict[str, str]:
        member = f"{LAB}={labels[LAB]}"
        ids = {one.name: one.id for one in self.kept(member)}
        for file in files:
            if file.name not in ids:
                ids[file.name] = self.keep(
                    file.name, file.content, labels, is_secret=file.is_secret
                )
        return {file.name: ids[file.name] for file in files}

    def _kept_of(self, service: Service) -> list[Kept]:
        kept = self.kept(f"{LAB}={service.labels[LAB]}")
        return [one for one in kept if one.labels.get(MEMBER) == service.labels[MEMBER]]

    # Running

    def start(self, container: str) -> None:
        """Start a service and wait until it runs, or a machine's prober everywhere."""
        service = self._service(container)
        if service is None:
            self.start_guest(container)
            return
        tasks = self.tasks([service.id])
        if self._history(service, tasks).status == "running":
            return
        before = {task.id for task in tasks if task.is_over}
        self.update_service(service, started(service.spec, again=bool(service.replicas)))
        self._until_running(service, before)

    def _until_running(self, service: Service, before: set[str]) -> None:
        began = time.monotonic()
        while True:
            tasks = [task for task in self.tasks([service.id]) if task.id not in before]
            newest = tasks[-1] if tasks else None
            if newest and newest.container and newest.state in ("running", "failed", "complete"):
                return
            passed = time.monotonic() - began
            waits = newest is None or newest.state in ("new", "pending")
            if newest and (newest.state == "rejected" or (waits and passed > _FITS_WITHIN)):
                raise EngineError(_not_run(service, newest.error))
            if passed > _RUNS_WITHIN:
                raise EngineError(_not_run(service, newest.error if newest else ""))
            time.sleep(_AGAIN)

    def stop(self, container: str, grace: int) -> None:  # noqa: ARG002  # the engine's own
        """Let the swarm run no container for a service; it has its own grace for each."""
        service = self.service(container)
        code = _TERMINATED
        with suppress(GoneError):
            member, found = self._at(container)
            self.update_service(service, stopped(service.spec, code))
            code = member.wait(found)
        service = self.service(container)
        self.update_service(service, stopped(service.spec, code))

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """Send a signal to a container's first process; one that SIGKILL ends stays ended."""
        member, found = self._at(container)
        labels = member.inspect(found).labels
        if signal == "SIGKILL" and TASK_OF in labels:
            service = self.service(labels[TASK_OF])
            self.update_service(service, stopped(service.spec, _KILLED))
            with suppress(EngineError):  # the swarm's own agent was quicker
                member.kill(found, signal)
            return
        member.kill(found, signal)

    def pause(self, container: str) -> None:
        """Freeze every process of a container; the swarm lets it be."""
        member, found = self._at(container)
        member.pause(found)

    def unpause(self, container: str) -> None:
        """Let a frozen container go on."""
        member, found = self._at(container)
        member.unpause(found)

    def wait(self, container: str) -> int:
        """Wait until a container has ended and give its exit code."""
        member, found = self._at(container)
        return member.wait(found)

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

    # What runs in them

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


def _stays(name: str, why: str) -> Problem:
    return Problem(
        f"the machine {name} does not answer: what the lab has there stays",
        f"machine {name}: {why}",
        "`lab gc` removes it when the machine is back",
    )


def _not_run(service: Service, said: str) -> Problem:
    return Problem(
        f"the swarm doesn't run it: {said or 'no machine took it in time'}",
        f"service {service.name}",
        "`lab machines list` tells what each machine lacks",
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
