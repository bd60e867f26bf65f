"""A link: one connection that a node's own configuration names, with the line that names it."""

from dataclasses import dataclass, field

from lab.products.facts import Ask, Protocol


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A line of a configuration file; the file is relative to the folder of all nodes."""

    file: str
    line: int

    def __str__(self) -> str:
        """Give `gw/deployment.toml:31`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the node logs in with, and the lines where these effective values are really written."""

    username: str
    password: str = field(repr=False)
    username_at: Position | None = None
    password_at: Position | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One connection, from the node that dials it.

    *id* is stable and unique in a lab: node, key and index
    (`gw/apim.throttling.url_group[0].traffic_manager_urls[0]`). *to* names the node or database
    server that holds *host*; None means the topology knows no such host. *default_of* is set when
    the URL isn't written but follows from the product's fall-back: the key it falls back to.
    """

    id: str
    node: str
    to: str | None
    host: str
    port: int
    protocol: Protocol
    url: str  # as resolved, without credentials
    key: str
    source: Position
    why: str
    credentials: Credentials | None = None
    asks: tuple[Ask, ...] = ()
    at_start: bool = False  # the node needs it while it starts
    default_of: str = ""
    login_url: str = ""  # binary: the ssl:// partner of the same url_group
    database: str = ""  # mysql
    validation_query: str = ""
    use_tls: bool = True
    may_retrieve_key: bool = True  # mysql without TLS
    search_base: str = ""  # ldap: an entry that must be there
    hub: tuple[str, int] | None = None  # revocation flow: where the message must arrive
    hub_credentials: Credentials | None = None
    spared: tuple[tuple[str, int, Protocol], ...] = ()  # data receivers that it must not talk to
