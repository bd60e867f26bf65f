"""What shall exist: names, containers, ports, databases. Values only; `make_plan` fills them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.products.facts import Role, ServedPort


@dataclass(frozen=True, slots=True)
class Account:
    """A user name with its password, which never shows in a `repr`."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """One node: its container, its names on the network, and the ports its profile opens."""

    name: str
    role: Role
    profile: str  # the value of `server_role` and `-Dprofile=`
    version: str
    kind: str  # "stand-in"
    container: str
    hostname: str
    aliases: tuple[str, ...]  # every name the network knows it by, host name first
    offset: int
    ports: tuple[ServedPort, ...]  # with the offset applied
    super_admin: Account
    databases: Mapping[str, str]  # deployment.toml name (`apim_db`) → schema name, or "h2"
    # the topology's free `[nodes.NAME.config]`, merged last; a customer's may hold secrets
    config: Mapping[str, Any] = field(repr=False)
    starts_after: tuple[str, ...] = ()  # members that must answer before it starts


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
class Plan:
    """Everything that one lab consists of. `str(plan)` is what `lab plan` prints."""

    lab: str
    product: str
    version: str
    network: str
    nodes: tuple[PlannedNode, ...]
    servers: tuple[PlannedServer, ...]
    prober: str  # container name
    dbscripts: Path | None = None  # the user's folder; None: the kind's own
    topology_path: str = ""  # as the user typed it
    topology_text: str = field(default="", repr=False)
    ignored: tuple[str, ...] = ()  # findings that nobody wants: `LAB0116`, or `LAB0116:gw`

    def __str__(self) -> str:
        """Tell in lines what will exist; no password."""
        from lab.plan.text import plan_text  # noqa: PLC0415  # it reads this module's types

        return plan_text(self)

    def node(self, name: str) -> PlannedNode:
        """Give the node of this name; raises `KeyError` when there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)

    def nodes_of(self, role: Role) -> tuple[PlannedNode, ...]:
        """Give the nodes of this role, in the topology's order."""
        return tuple(node for node in self.nodes if node.role is role)

    def holder_of(self, host: str) -> str | None:
        """Give the name of the node or server that the network knows by *host*, if any."""
        members: tuple[PlannedNode | PlannedServer, ...] = (*self.nodes, *self.servers)
        for member in members:
            if host.lower() in (alias.lower() for alias in member.aliases):
                return member.name
        return None
