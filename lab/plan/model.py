"""What shall exist: names, containers, ports, databases. Values only; `make_plan` fills them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.products.facts import Front, Line, Role, ServedPort, Start

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

    @property
    def is_real(self) -> bool:
        """Tell whether the product runs in it, and no stand-in."""
        return self.kind != STAND_IN

    @property
    def starts_alone(self) -> bool:
        """Tell whether it may be started before anybody answers.

        The product gives up or falls into pauses of 20 s; a stand-in asks again within moments,
        and two of them write a database's first rows side by side without harm.
        """
        return starts_alone(self.kind, self.line)


@dataclass(frozen=True, slots=True)
class PlannedSchema:
    """One database, as `CREATE DATABASE` makes it, with the dbscript that fills it."""

    name: str
    charset: str
    collation: str
    script: str  # relative to the dbscripts folder, e.g. `apimgt/mysql.sql`


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

    key: str | None = field(repr=False)
    file: Path | None


Member = PlannedNode | PlannedBalancer | PlannedServer


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one lab consists of. `str(plan)` is what `lab plan` prints."""

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

    def __str__(self) -> str:
        """Tell in lines what will exist; no password."""
        from lab.plan.text import plan_text  # noqa: PLC0415  # it reads this module's types

        return plan_text(self)

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
        work = {node.name: (node.role, frozenset(node.environments)) for node in self.nodes}
        return tuple(other for other in work if other != name and work[other] == work.get(name))

    def nodes_of(self, role: Role) -> tuple[PlannedNode, ...]:
        """Give the nodes of this role, in the topology's order."""
        return tuple(node for node in self.nodes if node.role is role)

    def holder_of(self, host: str) -> str | None:
        """Give the name of the member that the network knows by *host*, if any."""
        for member in self.members:
            if host.lower() in (alias.lower() for alias in member.aliases):
                return member.name
        return None
