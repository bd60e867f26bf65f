"""The one door to the docker SDK: small typed functions, every failure as an error of the lab."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Self

import docker
import requests
from docker.context import ContextAPI
from docker.types import IPAMConfig, IPAMPool
from docker.utils import kwargs_from_env

from lab.errors import EngineError, Problem
from lab.launch import connection
from lab.launch.exec_stream import STDERR, STDOUT, ExecStream
from lab.launch.labels import SWARM
from lab.launch.refusals import GoneError, refusal
from lab.launch.seen import (
    Definition,
    EngineFacts,
    Membership,
    Ran,
    SeenContainer,
    SeenEvent,
    SeenImage,
    SeenNetwork,
    SeenVolume,
)
from lab.launch.streams import EventStream, LogStream

_QUICK, _LONG = 5, 600  # seconds: a question about being there; a commit or an import
_POOL = 64  # connections kept: a lab's containers are created and removed side by side


@contextmanager
def asked(where: str) -> Iterator[None]:
    """Turn every failure of the SDK into an error of the lab about *where*."""
    try:
        yield
    except docker.errors.APIError as error:
        said = str(error.explanation or error)
        raise refusal(error.status_code, said, where) from error
    except requests.exceptions.RequestException as error:
        cause = connection.root_cause(error)
        raise EngineError(
            Problem(f"the engine stopped answering: {cause}", where, "is it still running?")
        ) from error


class Engine:
    """A Docker Engine that answers. One client serves all threads."""

    in_swarm = False  # what labs on a swarm have here is none of this engine's own
    spare_addresses = 0  # of a lab's network, that the engine takes for itself

    def __init__(self, api: Any, quick: Any, *, is_here: bool) -> None:
        self._api = api  # the SDK's stubs leave half of its client untyped
        self._quick = quick
        self._is_here = is_here

    @cached_property
    def facts(self) -> EngineFacts:
        """Tell what the engine is; asked once, and not at all by verbs that needn't know."""
        with asked("info"):
            return _facts(self._quick.info(), is_here=self._is_here)

    @classmethod
    def connect(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Reach the engine that the docker client would reach.

        Raises `EngineError` with the cause's own mend when it doesn't answer or is none.
        """
        endpoint, options = _endpoint(environ)
        try:
            connection.knock(endpoint)
            quick = docker.APIClient(**options, version="auto", timeout=_QUICK)
            try:
                _refuse_podman(quick, endpoint)
            except BaseException:
                quick.close()
                raise
        except (OSError, docker.errors.DockerException) as error:
            raise EngineError(connection.silence(endpoint, connection.root_cause(error))) from error
        api = docker.APIClient(
            **options, version=quick.api_version, timeout=_LONG, max_pool_size=_POOL
        )
        return cls(api, quick, is_here=endpoint.url.startswith("unix://"))

    def watch_requests(self, told: Callable[[str, float], None]) -> None:
        """Tell each request once it is answered, with the seconds until its answer began."""

        def tell(response: requests.Response, *_: object, **__: object) -> None:
            request = response.request
            told(f"{request.method} {request.path_url}", response.elapsed.total_seconds())

        self._api.hooks["response"].append(tell)

    def close(self) -> None:
        """Give the connections up."""
        self._quick.close()
        self._api.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _is_own(self, labels: Mapping[str, str] | None) -> bool:
        return (SWARM in (labels or {})) == self.in_swarm

    # Networks

    def networks(self, label: str = "") -> tuple[SeenNetwork, ...]:
        """List networks, all or those with the label `key=value`."""
        with asked("networks"):
            rows = self._api.networks(filters={"label": label} if label else None)
        return tuple(_network(row) for row in rows if not label or self._is_own(row["Labels"]))

    def create_network(
        self,
        name: str,
        subnet: IPv4Network,
        labels: Mapping[str, str],
        *,
        bridge: str = "",
        dead_end: str = "",
    ) -> str:
        """Create a bridge network and give its id; raises `SubnetTakenError`.

        *bridge* is the engine's own address there. With *dead_end*, an address that nobody has,
        for the containers' gateway, nothing gets out.
        """
        ends = {"DefaultGatewayIPv4": dead_end} if dead_end else None
        row = IPAMPool(subnet=str(subnet), gateway=bridge or None, aux_addresses=ends)
        with asked(f"network {name}"):
            made = self._api.create_network(
                name,
                driver="bridge",
                ipam=IPAMConfig(pool_configs=[row]),
                check_duplicate=True,
                labels=dict(labels),
                internal=bool(dead_end),
            )
        return str(made["Id"])

    def join(self, network: str, container: str, address: str = "") -> None:
        """Put a container into one more network, at *address* if one is told."""
        with asked(f"network {network}"):
            self._api.connect_container_to_network(container, network, ipv4_address=address or None)

    def remove_network(self, network: str) -> None:
        """Remove a network; raises `InUseError` while it has endpoints, `GoneError`."""
        with asked(f"network {network}"):
            self._api.remove_network(network)

    def attached(self, network: str) -> Mapping[str, str]:
        """Give the names of the containers that a network has endpoints of, by their ids."""
        with asked(f"network {network}"):
            row = self._api.inspect_network(network)
        return {id_: each["Name"] for id_, each in (row.get("Containers") or {}).items()}

    # Volumes

    def volumes(self, label: str) -> tuple[SeenVolume, ...]:
        """List the volumes with a label."""
        with asked("volumes"):
            rows = self._api.volumes(filters={"label": label})["Volumes"] or ()
        own = [row for row in rows if self._is_own(row["Labels"])]
        return tuple(SeenVolume(row["Name"], row["Labels"] or {}) for row in own)

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Create a volume; one that exists stays as it is."""
        with asked(f"volume {name}"):
            self._api.create_volume(name, labels=dict(labels))

    def remove_volume(self, name: str) -> None:
        """Remove a volume."""
        with asked(f"volume {name}"):
            self._api.remove_volume(name)

    # Containers

    def containers(self, label: str) -> tuple[SeenContainer, ...]:
        """List the containers with a label, running or not."""
        with asked("containers"):
            rows = self._api.containers(all=True, filters={"label": label})
        return tuple(_listed(row) for row in rows if self._is_own(row["Labels"]))

    def inspect(self, container: str) -> SeenContainer:
        """Look at one container; raises `GoneError`."""
        with asked(f"container {container}"):
            return _inspected(self._api.inspect_container(container))

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

    def stop(self, container: str, grace: int) -> None:
        """Ask a container to end, and kill it after *grace* seconds."""
        with asked(f"container {container}"):
            self._api.stop(container, timeout=grace)

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
            return EventStream(self._api.events(decode=True, filters=filters), _event)

    # Commands in containers

    def open_exec(
        self, container: str, argv: Iterable[str], *, user: str = "", stdin: bool = True
    ) -> tuple[str, ExecStream]:
        """Start a command with its streams attached; give the exec's id and the streams."""
        with asked(f"container {container}"):
            made = self._api.exec_create(container, list(argv), stdin=stdin, user=user)["Id"]
            raw = self._api.exec_start(made, socket=True)
        # Output that came in one packet with the headers lies in the reader above the raw socket,
        # which the SDK's own socket would lose.
        response = raw._response  # noqa: SLF001
        reader = response.raw._fp.fp  # noqa: SLF001
        connection_ = getattr(raw, "_sock", raw)
        connection_.settimeout(None)
        return str(made), ExecStream(connection_, reader, response)

    def exec_exit_code(self, exec_id: str) -> int | None:
        """Give the exit code of an exec'd command; None while it runs."""
        with asked(f"exec {exec_id}"):
            code = self._api.exec_inspect(exec_id)["ExitCode"]
        return None if code is None else int(code)

    def run(
        self, container: str, argv: Iterable[str], *, stdin: bytes = b"", user: str = ""
    ) -> Ran:
        """Run a command in a container to its end."""
        exec_id, stream = self.open_exec(container, argv, user=user)
        pieces: dict[int, bytearray] = {STDOUT: bytearray(), STDERR: bytearray()}
        writer = threading.Thread(target=_feed, args=(stream, stdin), daemon=True)
        writer.start()
        try:
            while (frame := stream.read()) is not None:
                pieces.setdefault(frame[0], bytearray()).extend(frame[1])
        finally:
            stream.close()
            writer.join()
        code = self.exec_exit_code(exec_id)
        return Ran(-1 if code is None else code, bytes(pieces[STDOUT]), bytes(pieces[STDERR]))

    # Images

    def image(self, reference: str) -> SeenImage | None:
        """Look an image up among those that are here."""
        try:
            with asked(f"image {reference}"):
                return _image(self._api.inspect_image(reference))
        except GoneError:
            return None

    def image_environment(self, reference: str) -> Mapping[str, str]:
        """Give the variables that an image sets; raises `GoneError`."""
        with asked(f"image {reference}"):
            words = self._api.inspect_image(reference)["Config"].get("Env") or ()
        return dict(word.split("=", 1) for word in words)

    def images(self, pattern: str) -> tuple[SeenImage, ...]:
        """List the images whose name fits a pattern such as `apim-lab/*`."""
        with asked("images"):
            rows = self._api.images(filters={"reference": pattern})
        return tuple(_image(row) for row in rows)

    def registry_has(self, reference: str) -> bool:
        """Ask the registry for an image through the engine, for a few seconds at most."""
        try:
            self._quick.inspect_distribution(reference)
        except (docker.errors.APIError, requests.exceptions.RequestException):
            return False
        return True

    def pull(self, repository: str, tag: str) -> Iterator[str]:
        """Pull an image and give the engine's progress lines."""
        with asked(f"image {repository}:{tag}"):
            for row in self._api.pull(repository, tag, stream=True, decode=True):
                if "error" in row:
                    raise refusal(None, row["error"], f"image {repository}:{tag}")
                yield str(row.get("status", ""))

    def import_image(self, archive: Path, reference: str, changes: Iterable[str]) -> None:
        """Make an image of one layer out of a tar."""
        repository, _, tag = reference.partition(":")
        with asked(f"image {reference}"):
            said = str(
                self._api.import_image(
                    str(archive), repository=repository, tag=tag, changes=list(changes)
                )
            )
        if '"error"' in said:
            raise refusal(None, said.strip(), f"image {reference}")

    def tag_image(self, image: str, reference: str) -> None:
        """Give an image one more name."""
        repository, _, tag = reference.partition(":")
        with asked(f"image {image}"):
            self._api.tag(image, repository, tag)

    def save_images(self, references: Iterable[str]) -> Iterator[bytes]:
        """Give images with all their layers, each layer once, as one archive in pieces."""
        names = list(references)
        with asked(f"images {', '.join(names)}"):
            url = self._api._url("/images/get")  # noqa: SLF001  # the SDK takes one name only
            answer = self._api._get(url, params={"names": names}, stream=True)  # noqa: SLF001
            yield from self._api._stream_raw_result(answer, 1 << 20, False)  # noqa: SLF001, FBT003

    def load_images(self, archive: Iterator[bytes]) -> None:
        """Take what `save_images` of another engine gives."""
        with asked("images"):
            for row in self._api.load_image(archive):
                if "error" in row:
                    raise refusal(None, row["error"], "images")

    @property
    def workshop(self) -> "Engine":
        """Give the engine that a lab's images are made on."""
        return self

    def bring(self, images: Iterable[str], progress: Callable[[str], None]) -> None:
        """Bring images from the workshop to where containers start from them: they are there."""

    def remove_image(self, reference: str) -> None:
        """Remove an image's name, and the image with its last name; raises `InUseError`."""
        with asked(f"image {reference}"):
            self._api.remove_image(reference)


def _feed(stream: ExecStream, content: bytes) -> None:
    try:
        stream.write(content)
    except OSError:
        return  # the command ended before it had read everything; its exit code tells
    stream.end_input()


def _endpoint(environ: Mapping[str, str]) -> tuple[connection.Endpoint, dict[str, Any]]:
    if environ.get("DOCKER_HOST"):
        options = dict(kwargs_from_env(environment=dict(environ)))
        return connection.endpoint_said(environ, "default", ""), {**options, **_SSH}
    context = ContextAPI.get_context(environ.get("DOCKER_CONTEXT"))
    if context is None:
        name = environ.get("DOCKER_CONTEXT", "")
        raise EngineError(
            Problem(
                f"there is no docker context `{name}`",
                "DOCKER_CONTEXT" if name else "~/.docker/config.json: currentContext",
                "`docker context ls` lists them",
            )
        )
    endpoint = connection.endpoint_said(environ, context.Name, context.Host or "")
    tls: Any = context.TLSConfig
    return endpoint, {"base_url": endpoint.url, "tls": tls or False, **_SSH}


_SSH = {"use_ssh_client": True}


def _refuse_podman(api: Any, endpoint: connection.Endpoint) -> None:
    names = [part.get("Name", "") for part in api.version().get("Components") or ()]
    if any("podman" in name.lower() for name in names):
        raise EngineError(connection.podman(endpoint.url))


def _facts(info: Mapping[str, Any], *, is_here: bool) -> EngineFacts:
    return EngineFacts(
        info["ServerVersion"],
        info["Driver"],
        tuple(info.get("SecurityOptions") or ()),
        info["Architecture"],
        memory=int(info.get("MemTotal") or 0),
        cores=int(info.get("NCPU") or 1),
        root=str(info.get("DockerRootDir") or ""),
        is_here=is_here,
        ahead=_ahead(info.get("SystemTime") or ""),
        swarm=_membership(info.get("Swarm") or {}),
    )


def _ahead(clock: str) -> float:
    """Give how many seconds an engine's clock is before this machine's."""
    if not clock:
        return 0.0
    return datetime.fromisoformat(clock).timestamp() - time.time()


def _membership(row: Mapping[str, Any]) -> Membership:
    return Membership(
        row.get("LocalNodeState", "inactive"),
        row.get("NodeID", ""),
        row.get("NodeAddr", ""),
        is_manager=bool(row.get("ControlAvailable")),
    )


def _network(row: Mapping[str, Any]) -> SeenNetwork:
    pools = (row.get("IPAM") or {}).get("Config") or ()
    subnets = tuple(
        IPv4Network(pool["Subnet"], strict=False)
        for pool in pools
        if "Subnet" in pool and ":" not in pool["Subnet"]
    )
    return SeenNetwork(row["Id"], row["Name"], row["Created"], row.get("Labels") or {}, subnets)


def _listed(row: Mapping[str, Any]) -> SeenContainer:
    name = row["Names"][0].lstrip("/") if row["Names"] else ""
    return SeenContainer(row["Id"], name, row["Labels"] or {}, row["State"], row["Image"])


def _inspected(row: Mapping[str, Any]) -> SeenContainer:
    state = row["State"]
    return SeenContainer(
        id=row["Id"],
        name=row["Name"].lstrip("/"),
        labels=row["Config"]["Labels"] or {},
        status=state["Status"],
        image=row["Config"]["Image"],
        pid=state["Pid"],
        started_at=state["StartedAt"],
        exit_code=state["ExitCode"],
        oom_killed=state["OOMKilled"],
        error=state.get("Error", ""),
        published=_published(row["HostConfig"].get("PortBindings") or {}),
        addresses=_addresses(row["NetworkSettings"].get("Networks") or {}),
    )


def _published(bindings: Mapping[str, Any]) -> dict[int, int]:
    return {
        int(port.partition("/")[0]): int(hosts[0]["HostPort"])
        for port, hosts in bindings.items()
        if hosts
    }


def _addresses(networks: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(one["IPAddress"] for one in networks.values() if one.get("IPAddress"))


def _image(row: Mapping[str, Any]) -> SeenImage:
    labels = row.get("Labels") or (row.get("Config") or {}).get("Labels") or {}
    return SeenImage(row["Id"], tuple(row.get("RepoTags") or ()), labels, row.get("Size", 0))


def _event(row: Mapping[str, Any]) -> SeenEvent:
    actor = row["Actor"]
    return SeenEvent(row["Action"], actor["ID"], actor["Attributes"])
