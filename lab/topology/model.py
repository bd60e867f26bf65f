"""What a topology file may hold: the shape that it is validated against, and the result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lab.products.facts import Role

# The highest port that a profile opens at offset 0 is 11111.
MAX_OFFSET = 65535 - 11111

# An environment's name: it stands in XML, and in lists that bars part.
ENVIRONMENT = r"^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?$"
DEFAULT_ENVIRONMENT = "Default"

# A finding's code, alone or with the node that it is accepted for.
IGNORED = r"^LAB\d{4}(:[a-z0-9-]+)?$"


_Port = Annotated[int, Field(ge=1, le=65535)]
Ports = dict[Annotated[str, Field(pattern=r"^[1-9]\d{0,4}$")], _Port]


class _Section(BaseModel):
    # An input value in a traceback could be a password.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class LabSection(_Section):
    """`[lab]`: which product in which version, the lab's name, and what runs as its nodes.

    *secrets* is the file beside the topology that holds what `{ secret = "NAME" }` stands for;
    *engine* is what it runs on: the one Docker Engine, or the machines of a Docker Swarm.
    """

    product: str = "apim"
    version: str
    name: str | None = None
    nodes: str | None = None  # the kind of nodes that say none themselves
    driver: str | None = None  # of the database, for real nodes
    jdk: str | None = None  # an image
    quick_start: bool = True
    secrets: str | None = None
    engine: Literal["docker", "swarm"] = "docker"


class SuperAdminSection(_Section):
    """`[super_admin]`: the first user of every node, or of one."""

    username: str = Field(default="admin", min_length=1)
    password: str = Field(default="admin", min_length=1, repr=False)


class NodeSection(_Section):
    """`[nodes.NAME]`: one node; *config* is merged last into its deployment.toml.

    A node with a *file*, beside the topology, runs on that file as it is; *addresses* and *ports*
    (the role's → its own, at offset 0), *beside* (the node whose machine it shares) and
    *super_admin* say what the file says. *environments* are what a gateway serves: its labels.
    """

    role: Annotated[Role, Field(strict=False)]
    hostname: str
    aliases: list[str] = []
    offset: int = Field(default=0, ge=0, le=MAX_OFFSET)
    environments: list[Annotated[str, Field(pattern=ENVIRONMENT)]] = Field(default=[], min_length=1)
    databases: dict[str, str] = {}
    kind: str | None = None
    heap: int | None = Field(default=None, ge=256)  # MiB of a real node's JVM
    config: dict[str, Any] = {}
    file: str | None = None
    addresses: list[str] = []
    beside: str | None = None
    ports: Ports = {}
    super_admin: SuperAdminSection | None = None

    @property
    def copied_by(self) -> tuple[Role, tuple[str, ...]]:
        """Give what nodes have in common that do the same work: of gateways the environments."""
        return self.role, tuple(sorted(self.served)) if self.role is Role.GATEWAY else ()

    @property
    def served(self) -> tuple[str, ...]:
        """Give the environments that the node serves; none unless it has a gateway."""
        if not self.role.plays(Role.GATEWAY):
            return ()
        return tuple(dict.fromkeys(self.environments)) or (DEFAULT_ENVIRONMENT,)


class RoleSection(_Section):
    """`[roles.ROLE]`: *config* is merged into the file of every node of the role."""

    config: dict[str, Any] = {}


class BalancerSection(_Section):
    """`[balancers.NAME]`: a load balancer before nodes of one role, all of them if not told.

    *ports* (its own → the members' at offset 0) come on top of what balancers of the role open.
    """

    role: Annotated[Role, Field(strict=False)]
    hostname: str
    aliases: list[str] = []
    members: list[str] = Field(default=[], min_length=1)
    addresses: list[str] = []
    ports: Ports = {}
    tls: Literal["passthrough", "terminate"] = "passthrough"


class DatabaseSection(_Section):
    """`[database]`, `[databases.NAME]`: a MySQL server, and the account that the nodes use.

    *schemas* names the schema of each of the product's databases that lies there; a server that
    names none keeps all that no other one names, each under its own name. *also* are further
    schemas, each made as the database that it names; *accounts* are further accounts.
    """

    hostname: str
    aliases: list[str] = []
    port: int = Field(default=3306, ge=1, le=65535)
    username: str = Field(min_length=1, max_length=32)
    password: str = Field(min_length=1, repr=False)
    schemas: dict[str, str] = {}
    addresses: list[str] = []
    beside: str | None = None
    accounts: list[SuperAdminSection] = []
    also: dict[str, str] = {}


class EncryptionSection(_Section):
    """`[encryption]`: every node has the same key; without one here the lab makes it."""

    key: str | None = Field(default=None, repr=False)
    key_file: str | None = None


class CheckSection(_Section):
    """`[check]`: findings of the static check that are known and accepted."""

    ignore: list[Annotated[str, Field(pattern=IGNORED)]] = []


class TopologyFile(_Section):
    """The whole file."""

    lab: LabSection
    nodes: dict[str, NodeSection] = Field(min_length=1)
    balancers: dict[str, BalancerSection] = {}
    database: DatabaseSection | None = None
    databases: dict[str, DatabaseSection] = {}
    super_admin: SuperAdminSection = SuperAdminSection()
    encryption: EncryptionSection | None = None
    environments: dict[str, dict[str, Any]] = {}
    config: dict[str, Any] = {}
    roles: dict[Annotated[Role, Field(strict=False)], RoleSection] = {}
    check: CheckSection = CheckSection()


@dataclass(frozen=True, slots=True)
class Topology:
    """A valid topology, with the text it was read from.

    *where* is the file as the user typed it; *name* is the lab's unless told otherwise. *servers*
    are the database servers by name, *environments* what is laid over the control plane's record
    of each, *config* what is laid over the files of all nodes, below *roles*' and the node's own.
    """

    lab: LabSection
    nodes: Mapping[str, NodeSection]
    balancers: Mapping[str, BalancerSection]
    servers: Mapping[str, DatabaseSection]
    super_admin: SuperAdminSection
    name: str
    where: str
    text: str = field(repr=False)
    encryption: EncryptionSection | None = None
    environments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)
    roles: Mapping[Role, RoleSection] = field(default_factory=dict, repr=False)
    ignored: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
