"""The shape of a product line's facts: roles, ports, web apps, databases, and the keys that name a connection.

Tables of these shapes stand in one file a product line (`apim_4x`); nothing here decides anything.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A node's part in the cluster, named the same in every version; its profile's name changes."""

    GATEWAY = "gateway"
    CONTROL_PLANE = "control-plane"
    TRAFFIC_MANAGER = "traffic-manager"
    KEY_MANAGER = "key-manager"


class Protocol(StrEnum):
    """What is spoken on a link. The values are those of `probes.target.Protocol`; a test holds them equal."""

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
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ServedPort:
    """A port that a profile opens, at offset 0."""

    port: int
    protocol: Protocol
    what: str
    shifts: bool = True  # moves with `[server] offset`

    def at_offset(self, offset: int) -> "ServedPort":
        """Give the port as a node with this offset opens it."""
        if not self.shifts:
            return self
        return ServedPort(self.port + offset, self.protocol, self.what, self.shifts)


@dataclass(frozen=True, slots=True)
class Ask:
    """A harmless HTTP request that proves a link; *path* is relative to the URL, or absolute with a leading `/`."""

    method: str
    path: str
    expect: tuple[int, ...]
    authenticated: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    contains: str = ""
