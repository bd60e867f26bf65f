"""What is read from one node's file: each link with the value and the table's row behind it."""

from dataclasses import dataclass

from lab.products.connection_key import ConnectionKey
from lab.wiring.accounts import Account
from lab.wiring.cluster import Cluster
from lab.wiring.link import Link, Position
from lab.wiring.settings import Settings, Value
from lab.wiring.toml_reader import KeyPath
from lab.wiring.urls import Address

DATABASE_TABLES = ("database", "datasource")
DATASOURCES = "master-datasources"  # the file of the 2.x line


@dataclass(frozen=True, slots=True)
class Reading:
    """A link with what it was read from; *row* is None for a database or an unknown key."""

    link: Link
    path: KeyPath
    value: Value
    row: ConnectionKey | None = None
    address: Address | None = None
    account: Account | None = None

    @property
    def is_database(self) -> bool:
        """Tell whether a database is meant; the links of unknown keys have no row either."""
        return self.path[0] in (*DATABASE_TABLES, DATASOURCES)


@dataclass(frozen=True, slots=True)
class Dialler:
    """The node whose file is read, among the others."""

    cluster: Cluster
    settings: Settings

    def holder_of(self, address: Address | None) -> str | None:
        """Name whom an address leads to from this node."""
        if address is None:
            return None
        return self.cluster.holder_of(address.host, self.settings.name, address.port)


@dataclass(frozen=True, slots=True)
class Place:
    """The key that a URL is read for, where it stands, and the login that goes with it."""

    path: KeyPath
    source: Position
    default_of: str = ""
    account: Account | None = None
