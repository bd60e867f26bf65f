"""The tables of one product line's configuration keys: what its files mean, chosen once a node."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.products.connection_key import ConnectionKey, FallBack
from lab.products.facts import Line, Role


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """The keys of one keystore or truststore: its file, its password, the alias of its key."""

    file: str
    password: str
    alias: str = ""


@dataclass(frozen=True, slots=True)
class KeyTables:
    """What a reader of configuration files must know of a line.

    *port_properties* and *port_keys*: system properties that hold a port, and the keys that move
    one. *key_properties*: system properties that hold a key's value. *account*: the keys of the
    node's first user. *keystores* describe that of TLS: what the first leaves out is the next
    one's. *store_folder* stands before a store's file where a path is written, and *claims* before
    the name of a user's attribute.
    """

    line: Line
    connection_keys: Mapping[str, ConnectionKey]
    not_dialled: frozenset[str]
    not_dialled_tables: tuple[str, ...]
    port_properties: Mapping[str, tuple[str, int]]
    offset: str
    hostname: str
    account: tuple[str, str]
    keystores: tuple[StoreKeys, ...]
    truststore: StoreKeys
    store_folder: str = ""
    claims: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)
    port_keys: Mapping[int, str] = field(default_factory=dict)
    key_properties: Mapping[str, str] = field(default_factory=dict)
    overridden_by: Mapping[str, str] = field(default_factory=dict)
    role_switches: Mapping[Role, Mapping[str, bool]] = field(default_factory=dict)
    fall_backs: tuple[FallBack, ...] = ()
    essential: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
