"""A customer's nodes as their files describe them: role, ports, and every host that they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError, Problem
from lab.importing.roles import role_told
from lab.products.connection_key import ConnectionKey
from lab.products.defaults_4x import PORT_KEYS
from lab.products.facts import Release, Role
from lab.wiring.cluster import LOCAL_HOSTS, Cluster
from lab.wiring.databases import read_databases
from lab.wiring.reading import Dialler, Reading
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import NotTomlError, read_toml
from lab.wiring.written import read_written


@dataclass(frozen=True, slots=True)
class Customer:
    """One node: its file, its role and how that is known, and what it opens."""

    name: str
    path: Path  # of the file, relative to the customer's folder
    settings: Settings
    role: Role
    because: str
    ports: Mapping[int, int]  # the role's port at offset 0 → its own

    @property
    def own_ports(self) -> frozenset[int]:
        """Give every port that it opens."""
        return frozenset(self.ports.values())

    @property
    def hosts(self) -> tuple[str, ...]:
        """Give the names and addresses that its file has for itself."""
        said = (self.settings.hostname, self.settings.text("server.node_ip"))
        usable = (host.lower() for host in said if host and host.lower() not in LOCAL_HOSTS)
        return tuple(dict.fromkeys(host for host in usable if "$" not in host))


@dataclass(frozen=True, slots=True)
class Mention:
    """A host that a node's file names, and what it wants there."""

    node: str
    host: str
    port: int
    reading: Reading

    @property
    def row(self) -> ConnectionKey | None:
        """Give the key's row; None for a database or an unknown key."""
        return self.reading.row

    @property
    def target(self) -> int:
        """Give the port, at offset 0, that answers what is asked; 0 when no role's does."""
        address, row = self.reading.address, self.reading.row
        return row.listens.get(address.scheme, 0) if row and address else 0


def read_customers(
    folder: Path, files: Mapping[str, Path], release: Release, roles: Mapping[str, Role]
) -> tuple[Customer, ...]:
    """Read each file; *roles* are those that somebody told.

    Raises `LabError` with the problems of all files.
    """
    problems: list[Problem] = []
    customers = []
    for name, path in files.items():
        try:
            customers.append(_read(folder, name, path, release, roles))
        except NotTomlError as error:
            problems += _of_template(folder, path) or error.problems
        except LabError as error:
            problems += error.problems
    problems += [
        Problem(f"no node {name!r}", "--role", f"the nodes are {', '.join(files)}")
        for name in roles
        if name not in files
    ]
    if problems:
        raise LabError(*problems)
    return tuple(customers)


def _of_template(folder: Path, path: Path) -> list[Problem]:
    """Say of a file with a template's marks that it is one: its first bad line means little."""
    text = (folder / path).read_bytes()
    mark = next((mark for mark in (b"{{", b"<%") if mark in text), b"")
    if not mark:
        return []
    line = text[: text.index(mark)].count(b"\n") + 1
    what = f"a template, not a configuration: `{mark.decode()}` is for Helm, Puppet or their like"
    mend = "let them write the file, and import what they have written"
    return [Problem(what, f"{path}:{line}", mend)]


def read_mentions(customers: Sequence[Customer]) -> tuple[Mention, ...]:
    """Give every host that the files name, one mention for each line of each file."""
    cluster = Cluster({one.name: one.settings for one in customers})
    return tuple(
        Mention(name, reading.link.host.lower(), reading.link.port, reading)
        for name in cluster.nodes
        for reading in _readings(cluster, name)
        if reading.link.host and not reading.value.troubles
    )


def _readings(cluster: Cluster, name: str) -> list[Reading]:
    dialler = Dialler(cluster, cluster.nodes[name])
    return [*read_written(dialler), *read_databases(dialler)]


def _read(
    folder: Path, name: str, path: Path, release: Release, roles: Mapping[str, Role]
) -> Customer:
    document = read_toml(folder / path, str(path))
    role, because = role_told(name, document, roles.get(name))
    settings = Settings(name, document, role, folder / path)
    ports = {served.port: _own(served.port, settings) for served in release.roles[role].ports}
    return Customer(name, path, settings, role, because, ports)


def _own(port: int, settings: Settings) -> int:
    key = PORT_KEYS.get(port)
    return settings.own_port(key, port) if key else port + settings.offset
