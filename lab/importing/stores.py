"""The databases that the files name: MySQL servers with their schemas and accounts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.importing.customer import Customer, Mention
from lab.importing.held import held_by, script_of
from lab.importing.machines import Machines
from lab.products.facts import Protocol, Release
from lab.topology.addresses import is_usable
from lab.topology.names import is_host_name
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.settings import Settings
from lab.wiring.urls import is_port


@dataclass(slots=True)
class Server:
    """A MySQL server: where it is called, its schemas by what they hold, who logs in."""

    name: str
    port: int
    host: str = ""  # of its own …
    beside: str = ""  # … or the node whose machine it is on
    schemas: dict[str, str] = field(default_factory=dict)  # schema → the database it is made as
    logins: Counter[tuple[str, str]] = field(default_factory=Counter, repr=False)

    @property
    def accounts(self) -> list[tuple[str, str]]:
        """Give each user with the password that most files have for it."""
        found: dict[str, str] = {}
        for (username, password), _ in self.logins.most_common():
            found.setdefault(username, password)
        return list(found.items())


@dataclass(slots=True)
class Stores:
    """All servers, where each node's databases lie, and what the lab has no server for."""

    servers: list[Server] = field(default_factory=list)
    places: dict[str, dict[str, str]] = field(default_factory=dict)  # node → database → server
    reasons: list[str] = field(default_factory=list)


def find_stores(
    customers: Sequence[Customer],
    mentions: Sequence[Mention],
    machines: Machines,
    release: Release,
) -> Stores:
    """Find every server, and put it on a node's machine where the files call it so."""
    kept = {one.name: release.roles[one.role].databases for one in customers}
    settings = {one.name: one.settings for one in customers}
    stores = Stores(places={name: dict.fromkeys(of, "h2") for name, of in kept.items()})
    servers: dict[tuple[str, int], Server] = {}
    for mention in mentions:
        link = mention.reading.link
        if not mention.reading.is_database:
            continue
        if link.protocol is not Protocol.MYSQL:
            what = (
                f"{link.source}: {link.url.split(':')[1]} at {mention.host}: a lab has MySQL alone"
            )
            stores.reasons.append(f"{what}, so this link fails")
            continue
        if not (link.database and is_port(link.port) and _is_place(mention.host)):
            what = f"{link.source}: {link.key} leads to no database that a lab can have"
            stores.reasons.append(f"{what}, so this link fails")
            continue
        node = mention.node if mention.host in LOCAL_HOSTS else machines.holders.get(mention.host)
        beside = machines.first[node] if node else ""
        key = (beside or mention.host, mention.port)
        server = servers.setdefault(key, _server(len(servers), mention, beside))
        _note(server, mention, stores, settings[mention.node], release)
    stores.servers = list(servers.values())
    return stores


def _is_place(host: str) -> bool:
    is_own = host in LOCAL_HOSTS
    return is_own or is_usable(host) or is_host_name(host, of_server=True)


def _server(number: int, mention: Mention, beside: str) -> Server:
    name = f"db-{number + 1}" if number else "db"
    return Server(name, mention.port, host="" if beside else mention.host, beside=beside)


def _note(
    server: Server, mention: Mention, stores: Stores, settings: Settings, release: Release
) -> None:
    link = mention.reading.link
    kind = script_of(settings, mention.reading)
    made = server.schemas.setdefault(link.database, kind)
    scripts = release.scripts
    if scripts[made].script != scripts[kind].script:
        what = f"{link.source}: {link.database} is {made} already, and can't hold {kind} as well"
        stores.reasons.append(f"{what}: the tables of {scripts[kind].script} are missing")
    if link.credentials is not None:
        server.logins[link.credentials.username, link.credentials.password] += 1
    for database in held_by(settings, mention.reading):
        stores.places[mention.node][database] = f"{server.name}/{link.database}"
