"""What a probe is asked: one connection, with what the dialling node would say on it.

Every target survives a trip through JSON (`to_json`, `target_from_json`), for the session of the
prober container.
"""

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Protocol(StrEnum):
    """What is spoken on a link, named as WSO2's documents name it."""

    HTTPS = "https"
    HTTP = "http"
    AMQP = "amqp"  # the event hub's and the traffic manager's broker, AMQP 0-9-1
    BINARY = "binary"  # data publisher, the receiver's tcp:// port (9611)
    BINARY_TLS = "binary+tls"  # data publisher, the authentication ssl:// port (9711)
    MYSQL = "mysql"
    LDAP = "ldap"
    WS = "ws"
    WSS = "wss"
    TLS = "tls"  # a handshake and nothing more
    TCP = "tcp"  # a connection and nothing more
    REVOCATION = "revocation"  # a flow: posted to notify, must arrive on the event hub
    THROTTLING = "throttling"  # a flow: requests told to a receiver must come to a decision
    SOAP = "soap"  # an admin service: HTTPS whose refusals are faults with status 500
    THRIFT = "thrift"  # key validation of API Manager 2.x
    UNKNOWN = "unknown"  # a URL under a key that no table knows


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request of an HTTP target; *expect* are the statuses that count as healthy."""

    method: str
    path: str
    expect: tuple[int, ...]
    authenticated: bool = False  # sends the target's credentials as Basic
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    contains: str = ""  # a text that the answer's body must hold


@dataclass(frozen=True, slots=True)
class Target:
    """One connection to try. Which of the optional fields count depends on the protocol."""

    id: str
    protocol: Protocol
    host: str
    port: int
    timeout: float = 5.0  # seconds for the whole attempt
    username: str = ""
    password: str = field(default="", repr=False)
    requests: tuple[HttpRequest, ...] = ()  # HTTP(S): asked in this order on one connection
    virtual_host: str = "carbon"  # AMQP
    login_host: str = ""  # BINARY: the ssl:// partner that hands out the session
    login_port: int = 0
    database: str = ""  # MYSQL
    tables: int | None = None  # MYSQL: the count that the dbscripts make
    validation_query: str = ""  # MYSQL
    use_tls: bool = True  # MYSQL: the JDBC driver asks for TLS unless told otherwise; LDAP: ldaps
    may_retrieve_key: bool = True  # MYSQL without TLS: `allowPublicKeyRetrieval`
    search_base: str = ""  # LDAP: an entry that must be there
    hub_host: str = ""  # REVOCATION, THROTTLING: where the message must arrive
    hub_port: int = 0
    hub_username: str = ""
    hub_password: str = field(default="", repr=False)
    tier: str = ""  # THROTTLING: an application policy, and how many requests use it up
    quota: int = 0
    # Host, port, and what alone is spoken there: data receivers, which other bytes bring down.
    spared: tuple[tuple[str, int, str], ...] = ()

    def spoken_at(self, host: str, port: int) -> str:
        """Tell what alone may be said at a place that this target must not talk to, else ""."""
        return next((spoken for *place, spoken in self.spared if place == [host, port]), "")

    def to_json(self) -> dict[str, Any]:
        """Give the plain values of this target, password included: only for the prober's stdin."""
        return dataclasses.asdict(self)


def target_from_json(values: dict[str, Any]) -> Target:
    """Make a target of `Target.to_json`'s values.

    Raises `TypeError` or `ValueError` when they are none.
    """
    requests = tuple(
        HttpRequest(
            **{
                **request,
                "expect": tuple(request["expect"]),
                "headers": tuple((name, value) for name, value in request["headers"]),
            }
        )
        for request in values["requests"]
    )
    spared = tuple((host, port, spoken) for host, port, spoken in values["spared"])
    protocol = Protocol(values["protocol"])
    return Target(**{**values, "protocol": protocol, "requests": requests, "spared": spared})
