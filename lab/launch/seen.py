"""What the engine tells and is told, as plain values instead of the SDK's dictionaries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network


@dataclass(frozen=True, slots=True)
class Definition:
    """A container to be created. Everything that isn't said is as closed as the engine allows."""

    name: str
    image: str
    command: tuple[str, ...]
    labels: Mapping[str, str]
    network: str  # a network's name, or `container:<id>`
    aliases: tuple[str, ...] = ()
    hostname: str = ""
    user: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[int, int] = field(default_factory=dict)  # container port → port of 127.0.0.1
    memory: str = ""
    capabilities: tuple[str, ...] = ()
    host_pid: bool = False
    read_only: bool = False
    tmpfs: Mapping[str, str] = field(default_factory=dict)
    keeps_log: bool = True
    keeps_entrypoint: bool = False
    grace: int = 2  # seconds between SIGTERM and SIGKILL, when it is told to stop
    again_after: int = 1  # seconds until a swarm starts it again that ended; one engine never does
    name_servers: tuple[str, ...] = ()  # asked by the engine's own about names that it doesn't know
    name_options: tuple[str, ...] = ()  # of its resolv.conf


@dataclass(frozen=True, slots=True)
class SeenContainer:
    """A container as a list or an inspection shows it."""

    id: str
    name: str
    labels: Mapping[str, str]
    status: str  # the engine's word: created, running, paused, restarting, removing, exited, dead
    image: str = ""
    pid: int = 0
    started_at: str = ""  # RFC 3339, by the engine's clock
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""  # why the engine could not start it
    published: Mapping[int, int] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()  # IPv4, on its networks; only an inspection shows them
    # its networks, and its names there, which only an inspection shows
    networks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    machine: str = ""  # of a swarm, on which it runs; empty on one engine
    restarts: int = 0  # how often the swarm started it again


@dataclass(frozen=True, slots=True)
class SeenNetwork:
    """A network of the engine."""

    id: str
    name: str
    created: str
    labels: Mapping[str, str]
    subnets: tuple[IPv4Network, ...]


@dataclass(frozen=True, slots=True)
class SeenVolume:
    """A volume of the engine."""

    name: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SeenImage:
    """An image of the engine."""

    id: str
    tags: tuple[str, ...]
    labels: Mapping[str, str]
    size: int = 0  # bytes


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """Something that happened to a container."""

    action: str
    id: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command in a container ended."""

    exit_code: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True, slots=True)
class Membership:
    """What an engine is in a swarm."""

    state: str = "inactive"  # the engine's word: inactive, pending, active, error, locked
    node: str = ""  # its id there
    address: str = ""  # that the other members reach it at
    is_manager: bool = False
    error: str = ""  # what keeps it from its part, in the engine's words

    @property
    def manages(self) -> bool:
        """Tell whether it answers what managers alone know: with its others it has a leader."""
        return self.is_manager and not self.error


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What an engine is."""

    version: str
    storage: str
    security: tuple[str, ...]  # e.g. name=rootless, name=userns
    architecture: str  # e.g. x86_64
    memory: int = 0  # bytes of its machine; 0 when it doesn't say
    cores: int = 1
    root: str = ""  # the folder of its storage, on its machine
    is_here: bool = False  # reached over a socket of this machine
    ahead: float = 0.0  # seconds that its clock is before this machine's
    swarm: Membership = Membership()
