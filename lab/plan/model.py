"""What shall exist: names, containers, ports, databases. Values only; `make_plan` fills them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from lab.products.facts import Front, Line, Role, ServedPort, Start, players

STAND_IN = "stand-in"  # the kind of node that the lab itself brings


def starts_alone(kind: str, line: Line) -> bool:
    """Tell whether a node of this kind may be started before anybody answers.

    Of the 2.x line none may: without its directory an API Manager never opens a port, and neither
    does what stands in for it.
    """
    return kind == STAND_IN and line is Line.TOML


@dataclass(frozen=True, slots=True)
class Account:
    """A user name with its password, which never shows in a `repr`."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SchemaPlace:
    """The schema that keeps one of a node's databases, and the server that it lies on."""

    server: str  # the server's name
    schema: str


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """One node: its container, its names on the network, and the ports its profile opens."""

    name: str
    role: Role
    profile: str  # the value of `server_role`
    start: Start  # of the real product's node in this role
    version: str
    kind: str  # `STAND_IN`, or "home", "zip" or "image" of the product
    container: str
    hostname: str
    aliases: tuple[str, ...]  # every name the network knows it by, host name first
    offset: int
    ports: tuple[ServedPort, ...]  # with the offset applied
    super_admin: Account
    # by their names in `[database.NAME]`; None is a file of the node's own (H2)
    databases: Mapping[str, SchemaPlace | None]
    # the topology's free tables for this node, merged last; a customer's may hold secrets
    config: Mapping[str, Any] = field(repr=False)
    starts_after: tuple[str, ...] = ()  # members that must answer before it starts
    environments: tuple[str, ...] = ()  # what a gateway serves: its labels
    line: Line = Line.TOML
    place: str = ""  # of the distribution: absolute path, or an image's name
    heap: int = 0  # MiB of a JVM
    uid: int = 802  # the user, and the group, that it runs as
    file: Path | None = None  # it runs on this file as it is, instead of a generated one
    addresses: tuple[str, ...] = ()  # fixed ones, by which files call it
    machine: str = ""  # the container whose network it shares with others; empty: its own

    @property
    def is_real(self) -> bool:
        """Tell whether the product runs in it, and no stand-in."""
        return self.kind != STAND_IN

    def opens(self, port: int) -> bool:
        """Tell whether its role opens this port."""
        return any(served.port == port for served in self.ports)

    @property
    def starts_alone(self) -> bool:
        """Tell whether it may be started before anybody answers.

        The product gives up or falls into pauses of 20 s. A stand-in asks again within moments,
        or does nothing with what it missed (a traffic manager's policies), and two of them write a
        database's first rows side by side without harm.
        """
        return starts_alone(self.kind, self.line)


@dataclass(frozen=True, slots=True)
class PlannedSchema:
    """One database, as `CREATE DATABASE` makes it, with the dbscript that fills it."""

    name: str
    charset: str
    collation: str
    script: str  # relative to the dbscripts folder, e.g. `apimgt/mysql.sql`
    session: str = ""  # SQL that goes before it, on its first line


@dataclass(frozen=True, slots=True)
class PlannedServer:
    """One MySQL server with its schemas and the accounts that may use them from any host."""

    name: str
    container: str
    hostname: str
    aliases: tuple[str, ...]
    port: int
    schemas: tuple[PlannedSchema, ...]
    accounts: tuple[Account, ...]  # each is granted all on every schema of this server
    addresses: tuple[str, ...] = ()
    machine: str = ""

    def opens(self, port: int) -> bool:
        """Tell whether it is the server's port."""
        return port == self.port


@dataclass(frozen=True, slots=True)
class PlannedBalancer:
    """One load balancer with its names, its members and the ports that it opens before them."""

    name: str
    role: Role
    container: str
    hostname: str
    aliases: tuple[str, ...]
    members: tuple[str, ...]  # names of the nodes of its role
    fronts: tuple[Front, ...]
    is_sticky: bool  # one client stays with one member
    terminates: bool  # it opens the TLS itself, else it passes it through
    addresses: tuple[str, ...] = ()

    @property
    def machine(self) -> str:
        """Give the container whose network it shares: none."""
        return ""

    def opens(self, port: int) -> bool:
        """Tell whether it stands before this port."""
        return any(front.port == port for front in self.fronts)


@dataclass(frozen=True, slots=True)
class PlannedMachine:
    """A network that several members share as processes on one machine do, and its names."""

    container: str
    hostname: str
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedSubnet:
    """A network of its own for fixed addresses; every container in it has one, by its name."""

    name: str
    subnet: IPv4Network
    bridge: str  # the address of the engine's end
    gateway: str  # where nobody is: whatever isn't in the lab has no way out
    addresses: Mapping[str, str]  # container → its address


@dataclass(frozen=True, slots=True)
class Java:
    """What real nodes need beside their distribution."""

    image: str = ""  # that a JDK comes from; empty: the lab's own for the version
    driver: str = ""  # of the database: a path, or `group:artifact:version`; empty: the usual one
    quick_start: bool = True  # a quick start at the cost of steady speed and checks
    maven_url: str = field(default="", repr=False)  # of a repository; may hold a password


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the nodes' encryption key comes from: a text, a file, or else the lab makes it."""

    key: str | None = field(default=None, repr=False)
    file: Path | None = None


Member = PlannedNode | PlannedBalancer | PlannedServer


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one lab consists of."""

    lab: str
    product: str
    version: str
    network: str
    nodes: tuple[PlannedNode, ...]
    servers: tuple[PlannedServer, ...]
    prober: str  # container name
    balancers: tuple[PlannedBalancer, ...] = ()
    dbscripts: Path | None = None  # the user's folder; None: the kind's own
    topology_path: str = ""  # as the user typed it
    topology_text: str = field(default="", repr=False)
    ignored: tuple[str, ...] = ()  # findings that nobody wants: `LAB0116`, or `LAB0116:gw`
    java: Java = Java()
    encryption: KeySource | None = None  # None: the files name no key
    # what is laid over a control plane's record of each environment
    environments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    machines: tuple[PlannedMachine, ...] = ()
    subnets: tuple[PlannedSubnet, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)  # of the topology, by name
    engine: str = "docker"  # or `swarm`

    @property
    def line(self) -> Line:
        """Give the product line, by which the files of all nodes are written and read."""
        return self.nodes[0].line

    def node(self, name: str) -> PlannedNode:
        """Give the node of this name; raises `KeyError` when there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)

    @property
    def real_nodes(self) -> tuple[PlannedNode, ...]:
        """Give the nodes that the product runs in."""
        return tuple(node for node in self.nodes if node.is_real)

    @property
    def members(self) -> tuple[Member, ...]:
        """Give everything that has a container and names on the network."""
        return (*self.nodes, *self.balancers, *self.servers)

    def server(self, name: str) -> PlannedServer:
        """Give the database server of this name; raises `KeyError` when there is none."""
        for server in self.servers:
            if server.name == name:
                return server
        raise KeyError(name)

    def balancer_before(self, node: str) -> PlannedBalancer | None:
        """Give the balancer before this node, if there is one."""
        return next((one for one in self.balancers if node in one.members), None)

    def balancer(self, name: str | None) -> PlannedBalancer | None:
        """Give the balancer of this name, if there is one."""
        return next((one for one in self.balancers if one.name == name), None)

    def others_of(self, name: str) -> tuple[str, ...]:
        """Give the nodes that do the same work as node *name*; nothing when it is no node."""
        work = {node.name: _work_of(node) for node in self.nodes}
        return tuple(other for other in work if other != name and work[other] == work.get(name))

    def nodes_of(self, role: Role) -> tuple[PlannedNode, ...]:
        """Give who does a role's work, in the topology's order: its nodes, else who plays it."""
        found = players(role, {node.name: node.role for node in self.nodes})
        return tuple(node for node in self.nodes if node.name in found)

    @property
    def is_closed(self) -> bool:
        """Tell whether the lab has no way out: it runs on somebody's own files."""
        return any(node.file is not None for node in self.nodes)

    def holder_of(self, host: str, port: int = 0) -> str | None:
        """Give the name of the member that the network knows by *host*, if any.

        Of several on one machine it is the one that opens *port*, else the first.
        """
        known = [member for member in self.members if _is_called(member, host.lower())]
        found = [one.name for one in known if one.opens(port)] or [one.name for one in known]
        return found[0] if found else None

    def neighbour_of(self, name: str, port: int) -> str:
        """Give who answers *port* of `localhost` as seen from member *name*: mostly itself."""
        own = next((one for one in self.members if one.name == name), None)
        if own is None or not own.machine or own.opens(port):
            return name
        beside = (one for one in self.members if one.machine == own.machine)
        return next((one.name for one in beside if one.opens(port)), name)


def _work_of(node: PlannedNode) -> tuple[Role, frozenset[str]]:
    served = node.environments if node.role is Role.GATEWAY else ()
    return node.role, frozenset(served)


def _is_called(member: Member, host: str) -> bool:
    names = (*member.aliases, *member.addresses)
    return host in (name.lower() for name in names)
