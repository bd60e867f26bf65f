"""The containers of an engine, from their creation to their end."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lab.launch.engine.door import Door, asked
from lab.launch.engine.rows import inspected_container, listed_container, seen_event
from lab.launch.seen import Definition, SeenContainer
from lab.launch.streams import EventStream, LogStream


class Containers(Door):
    """Makes, runs, reads and removes containers."""

    unseen_machine = ""  # where a member is whose container nobody shows; empty: it has none

    def containers(self, label: str) -> tuple[SeenContainer, ...]:
        """List the containers with a label, running or not."""
        with asked("containers"):
            rows = self._api.containers(all=True, filters={"label": label})
        return tuple(listed_container(row) for row in rows if self._is_own(row["Labels"]))

    def inspect(self, container: str) -> SeenContainer:
        """Look at one container; raises `GoneError`."""
        with asked(f"container {container}"):
            return inspected_container(self._api.inspect_container(container))

    def create(self, wanted: Definition) -> str:
        """Create a container and give its id.

        Raises `NameTakenError`, or `GoneError` when the image isn't here.
        """
        with asked(f"container {wanted.name}"):
            made = self._api.create_container_from_config(self._config(wanted), wanted.name)
        return str(made["Id"])

    def _config(self, wanted: Definition) -> Any:
        named = wanted.network and ":" not in wanted.network
        endpoint = self._api.create_endpoint_config(aliases=list(wanted.aliases) or None)
        entrypoint: dict[str, Any] = {} if wanted.keeps_entrypoint else {"entrypoint": []}
        return self._api.create_container_config(
            wanted.image,
            command=list(wanted.command) or None,
            hostname=wanted.hostname or None,
            user=wanted.user or None,
            environment=dict(wanted.environment),
            ports=list(wanted.published),
            labels=dict(wanted.labels),
            stop_signal="SIGTERM",
            stop_timeout=wanted.grace,
            # Stronger than the network "none", and each of its starts is a program run less.
            network_disabled=not wanted.network,
            host_config=self._host_config(wanted),
            networking_config=(
                self._api.create_networking_config({wanted.network: endpoint}) if named else None
            ),
            **entrypoint,
        )

    def _host_config(self, wanted: Definition) -> Any:
        logs = {} if wanted.keeps_log else {"log_config": {"Type": "none"}}
        return self._api.create_host_config(
            network_mode=wanted.network or "none",
            port_bindings={port: ("127.0.0.1", host) for port, host in wanted.published.items()},
            mem_limit=wanted.memory or None,
            memswap_limit=wanted.memory or None,
            cap_drop=["ALL"],
            cap_add=list(wanted.capabilities),
            security_opt=["no-new-privileges"],
            dns=list(wanted.name_servers) or None,
            dns_opt=list(wanted.name_options) or None,
            pid_mode="host" if wanted.host_pid else None,
            read_only=wanted.read_only,
            tmpfs=dict(wanted.tmpfs) or None,
            restart_policy={"Name": "no"},
            **logs,
        )

    def start(self, container: str) -> None:
        """Start a container; raises `PortTakenError`, `GoneError`."""
        with asked(f"container {container}"):
            self._api.start(container)

    def stop(self, container: str) -> None:
        """Ask a container to end, and kill it after the grace that it was created with."""
        with asked(f"container {container}"):
            self._api.stop(container)

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """Send a signal to a container's first process; SIGKILL ends it."""
        with asked(f"container {container}"):
            self._api.kill(container, signal)

    def pause(self, container: str) -> None:
        """Freeze every process of a container."""
        with asked(f"container {container}"):
            self._api.pause(container)

    def unpause(self, container: str) -> None:
        """Let a frozen container go on."""
        with asked(f"container {container}"):
            self._api.unpause(container)

    def wait(self, container: str) -> int:
        """Wait until a container has ended and give its exit code."""
        with asked(f"container {container}"):
            return int(self._api.wait(container)["StatusCode"])

    def remove(self, container: str) -> None:
        """Kill and remove a container with its anonymous volumes."""
        with asked(f"container {container}"):
            self._api.remove_container(container, v=True, force=True)

    def put(self, container: str, archive: bytes | Iterator[bytes]) -> None:
        """Unpack a tar, whole or in pieces, at a container's root, whether it runs or not."""
        with asked(f"container {container}"):
            self._api.put_archive(container, "/", archive)

    def take(self, container: str, path: str) -> bytes:
        """Give the tar of a path in a container; raises `GoneError`."""
        with asked(f"container {container}: {path}"):
            chunks, _ = self._api.get_archive(container, path)
            return b"".join(chunks)

    def commit(self, container: str, reference: str, config: Mapping[str, Any]) -> None:
        """Keep a container's file system as an image."""
        repository, _, tag = reference.partition(":")
        with asked(f"container {container}"):
            self._api.commit(container, repository, tag, conf=dict(config))

    def last_lines(self, container: str, count: int) -> tuple[str, ...]:
        """Give the end of a container's log."""
        with asked(f"container {container}"):
            text = self._api.logs(container, tail=count)
        return tuple(text.decode(errors="replace").splitlines())

    def follow(self, container: str, since: float = 0.0, *, wait: bool = True) -> LogStream:
        """Give a container's log, line by line, until it ends or the stream is closed.

        *since* is in seconds of the engine's clock; without *wait* it ends with what is there.
        """
        with asked(f"container {container}"):
            return LogStream(
                self._api.logs(container, stream=True, follow=wait, since=since or None)
            )

    def events(self, label: str, actions: Iterable[str]) -> EventStream:
        """Give what happens to the containers with a label, until the stream is closed."""
        filters = {"type": ["container"], "label": [label], "event": list(actions)}
        with asked("events"):
            return EventStream(self._api.events(decode=True, filters=filters), seen_event)
