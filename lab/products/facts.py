"""The shape of a product line's facts: roles, ports, databases, and the asks that prove a link.

Tables of these shapes stand in one file a product line (`apim_4x`); nothing here decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """A node's part in the cluster, named the same in every version; its profile's name changes."""

    GATEWAY = "gateway"
    CONTROL_PLANE = "control-plane"
    TRAFFIC_MANAGER = "traffic-manager"
    KEY_MANAGER = "key-manager"
    ALL_IN_ONE = "all-in-one"  # 4.x: the four above in one process
    API_MANAGER = "api-manager"  # 2.x: gateway, store, publisher and traffic manager in one

    def plays(self, part: "Role") -> bool:
        """Tell whether a node of this role can do the work of *part*."""
        return self is part or part in _PARTS.get(self, ())


# A control plane has a key manager and a traffic manager in it, a traffic manager nothing else.
_PARTS: Mapping[Role, tuple[Role, ...]] = {
    Role.CONTROL_PLANE: (Role.TRAFFIC_MANAGER, Role.KEY_MANAGER),
    Role.ALL_IN_ONE: (
        Role.GATEWAY,
        Role.CONTROL_PLANE,
        Role.TRAFFIC_MANAGER,
        Role.KEY_MANAGER,
    ),
}


def players(part: Role, roles: Mapping[str, Role]) -> tuple[str, ...]:
    """Give the nodes that the others go to for *part*: those for it alone, else who plays it."""
    own = tuple(node for node, role in roles.items() if role is part)
    return own or tuple(node for node, role in roles.items() if role.plays(part))


class Protocol(StrEnum):
    """What is spoken on a link.

    The values are those of `probes.target.Protocol`; a test holds them equal.
    """

    HTTPS = "https"
    HTTP = "http"
    AMQP = "amqp"
    BINARY = "binary"
    BINARY_TLS = "binary+tls"
    MYSQL = "mysql"
    LDAP = "ldap"
    WS = "ws"
    WSS = "wss"
    TLS = "tls"
    TCP = "tcp"
    REVOCATION = "revocation"
    THROTTLING = "throttling"
    SOAP = "soap"
    THRIFT = "thrift"
    UNKNOWN = "unknown"


class Line(StrEnum):
    """A product line, told by the files that configure its nodes."""

    TOML = "toml"  # from 3.0 on: one deployment.toml
    XML = "xml"  # up to 2.x: a set of files under repository/conf


@dataclass(frozen=True, slots=True)
class ServedPort:
    """A port that a profile opens, at offset 0."""

    port: int
    protocol: Protocol
    what: str
    shifts: bool = True  # moves with `[server] offset`
    published: bool = False  # people use it from the host

    def at_offset(self, offset: int) -> "ServedPort":
        """Give the port as a node with this offset opens it."""
        if not self.shifts:
            return self
        return replace(self, port=self.port + offset)


@dataclass(frozen=True, slots=True)
class Ask:
    """A harmless HTTP request that proves a link.

    *path* is relative to the URL, or absolute with a leading `/`.
    """

    method: str
    path: str
    expect: tuple[int, ...]
    authenticated: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Front:
    """A port that a balancer opens before a role, and the members' port that stands behind it.

    *also* is another port whose requests the target answers as well. Ports are those at offset 0.
    """

    port: int
    target: int
    protocol: Protocol
    also: int = 0
    published: bool = True  # people use it from the host

    def leads_to(self, port: int) -> bool:
        """Tell whether what is asked of *port* is answered through this front."""
        return port in (self.target, self.also)


class Store(StrEnum):
    """Where a role keeps one of its databases."""

    MYSQL = "mysql"  # the topology's server
    H2 = "h2"  # a file of the node's own


# A service of every API Manager, which asks nobody who he is.
VERSION_SERVICE = Ask("GET", "/services/Version", (200,), contains="Version")


@dataclass(frozen=True, slots=True)
class Start:
    """What a role is started from in one version, and by which words.

    *distribution* is the name that its archive and its image have before the version. *setup* is
    the profile that `bin/profileSetup.sh` prepares it as, *profile* the one that the script starts;
    both are empty where the distribution is the role. *alive* is what its servlet ports answer to
    anybody.
    """

    distribution: str
    script: str  # below the distribution's folder
    setup: str = ""
    profile: str = ""
    alive: Ask = VERSION_SERVICE

    @property
    def setup_arguments(self) -> tuple[str, ...]:
        """Give the arguments of `bin/profileSetup.sh`; none where it isn't run."""
        return (f"-Dprofile={self.setup}",) if self.setup else ()

    @property
    def arguments(self) -> tuple[str, ...]:
        """Give the arguments of the start script."""
        return (f"-Dprofile={self.profile}",) if self.profile else ()

    @property
    def environment(self) -> Mapping[str, str]:
        """Give what the official image's entry point is told, which runs both scripts itself."""
        return {"PROFILE_NAME": self.setup} if self.setup else {}

    @property
    def image_arguments(self) -> tuple[str, ...]:
        """Give what follows the image's name where `PROFILE_NAME` alone starts the wrong profile.

        The entry point puts them behind its own `-Dprofile=`; that the last one counts is inferred.
        """
        return self.arguments if self.profile != self.setup else ()


@dataclass(frozen=True, slots=True)
class Jdk:
    """The Java versions that the start scripts take without a complaint, and the image's own."""

    oldest: int
    newest: int
    image: str


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What one role is in one version."""

    profile: str  # the value of `server_role`
    start: Start
    ports: tuple[ServedPort, ...]
    databases: Mapping[str, Store]  # by their names in `[database.NAME]`
    peers: tuple[Role, ...]  # roles that its configuration must name
    after: tuple[Role, ...]  # roles that must answer before it starts; its MySQL always must
    fronts: tuple[Front, ...] = ()  # what a balancer before a pair of it opens
    is_sticky: bool = False  # its web applications keep a session in one member
    version: str = ""  # of its distribution, where that isn't the release's


@dataclass(frozen=True, slots=True)
class SchemaFacts:
    """How a database is created, and the dbscript that fills it."""

    script: str  # relative to the dbscripts folder
    charset: str
    collation: str
    h2_url: str = ""  # of a node that keeps it in a file of its own
    session: str = ""  # SQL without which MySQL refuses the script


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a product, a row of its line's table.

    *uid* is the user's and the group's number in the official images. *connector* is the version
    of MySQL's JDBC driver in the official compose files; no image holds one.
    """

    product: str
    title: str
    version: str
    roles: Mapping[Role, RoleFacts]
    schemas: Mapping[str, SchemaFacts]  # that roles keep in MySQL
    further: Mapping[str, SchemaFacts]  # that a node keeps in a file unless its own file says where
    jdk: Jdk
    uid: int
    connector: str
    mysql: str  # the server of the official compose files
    needs_key: bool = False  # its nodes encrypt by a key that all must share
    line: Line = Line.TOML

    @property
    def scripts(self) -> Mapping[str, SchemaFacts]:
        """Give all databases that a dbscript of the release makes."""
        return {**self.schemas, **self.further}

    def image(self, role: Role) -> str:
        """Give the official image of a role, without updates."""
        return f"wso2/{self.roles[role].start.distribution}:{self.version}"

    def folder(self, role: Role) -> str:
        """Give the folder that a role's archive holds, and that an image has in its home."""
        return f"{self.roles[role].start.distribution}-{self.version}"
