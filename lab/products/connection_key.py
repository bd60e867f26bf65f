"""The shape of a row in the tables of configuration keys that name a connection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lab.products.facts import Ask, Protocol, Role


class Base(StrEnum):
    """Where an `Ask`'s path starts."""

    HOST = "host"  # the port's root
    SERVICES = "services"  # the URL cut at `/services`, as the product cuts it
    URL = "url"  # the URL itself; the ask's path follows after a slash
    TEXT = "text"  # the URL's text, which the product lengthens by a name and nothing else


class Form(StrEnum):
    """How a value names its peers."""

    URL = "url"  # one URL
    GROUP = "group"  # the agent's grammar: `{url|url},{url,url}`
    FACTORY = "factory"  # a JMS connection URL with a brokerlist


@dataclass(frozen=True, slots=True)
class ConnectionKey:
    """One key that names a connection.

    *speaks* maps a URL's scheme to what is spoken there. *accounts* are pairs of keys: the first
    pair that is defined logs in; a leading dot means "in the same table". *peers* are the roles
    that can answer; none means any. *inert* tells for which roles the value changes nothing, and
    why; *role_switch* is the key by which a role does so. *switch* is the key that turns the whole
    block on or off. *needed_by* are the roles that can't start well without it. *listens* maps a
    scheme to the port, at offset 0, that answers it. *whys* are the reasons of roles that use the
    connection for something else, whatever the role's switch says. *dialled_by* are the roles that
    read the key at all; none means all. A host that *may_be_outside* needs no node of the cluster.
    A value that *may_be_empty*, as official files and charts have it, names nothing then. *path* is
    where a peer answers, if that is one.
    """

    key: str
    why: str
    speaks: Mapping[str, Protocol]
    accounts: tuple[tuple[str, str], ...] = ()
    asks: tuple[Ask, ...] = ()
    base: Base = Base.HOST
    form: Form = Form.URL
    peers: frozenset[Role] = frozenset()
    inert: Mapping[Role, str] = field(default_factory=dict)
    switch: str = ""
    needed_by: frozenset[Role] = frozenset()
    tls_switch: str = ""  # AMQP: the key that turns TLS on, which no probe can speak
    partner: str = ""  # data publisher: the array of the same group that holds the login URLs
    whys: Mapping[Role, str] = field(default_factory=dict)
    role_switch: str = ""
    listens: Mapping[str, int] = field(default_factory=dict)
    dialled_by: frozenset[Role] = frozenset()
    may_be_outside: bool = False
    may_be_empty: bool = False
    path: str = ""
    base_key: str = ""  # LDAP: the key beside it whose value must be an entry
    kind_key: str = ""  # the key whose text chooses another row, in small letters, of *kinds*
    kinds: Mapping[str, "ConnectionKey"] = field(default_factory=dict)

    def is_answered_by(self, role: Role) -> bool:
        """Tell whether a node of *role* is among its peers."""
        return any(map(role.plays, self.peers))


@dataclass(frozen=True, slots=True)
class FallBack:
    """What stands in for a key that a file leaves out: another key, and at last the node itself.

    *instead_of* and *accounts* are empty where only the node itself is left. *root* is the key
    whose presence switches the fall-back off. *roles* are those that use the connection.
    """

    key: str
    root: str
    local: str
    roles: frozenset[Role]
    instead_of: str = ""
    accounts: tuple[tuple[str, str], ...] = ()

    def is_used_by(self, role: Role | None) -> bool:
        """Tell whether a node of *role* has the connection; one that nobody told may have it."""
        return role is None or any(map(role.plays, self.roles))
