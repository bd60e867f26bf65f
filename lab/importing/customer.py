"""A customer's nodes as their files describe them: role, ports, and every host that they name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.distributions.version import version_around
from lab.errors import LabError, Problem
from lab.importing.roles import Told, told_together, toml_role, xml_role
from lab.products.connection_key import ConnectionKey
from lab.products.facts import Line, Release, Role
from lab.wiring.cluster import LOCAL_HOSTS, Cluster
from lab.wiring.databases import read_databases
from lab.wiring.datasources import read_datasources
from lab.wiring.reading import Dialler, Reading
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import read_toml
from lab.wiring.written import read_written

_READERS: Mapping[Line, Sequence[Callable[[Dialler], Iterator[Reading]]]] = {
    Line.TOML: (read_written, read_databases),
    Line.XML: (read_written, read_datasources),
}


@dataclass(frozen=True, slots=True)
class Customer:
    """One node: its file, its role and how that is known, and what it opens."""

    name: str
    path: Path  # of the file, relative to the customer's folder
    settings: Settings
    role: Role
    because: str
    ports: Mapping[int, int]  # the role's port at offset 0 → its own
    services: Mapping[str, str] = field(default_factory=dict)  # name → what its service goes by

    @property
    def kept_as(self) -> str:
        """Give what holds its files beside the topology: one file, or a folder of XML files."""
        return f"{self.name}.toml" if self.settings.tables.line is Line.TOML else self.name

    @property
    def own_ports(self) -> frozenset[int]:
        """Give every port that it opens."""
        return frozenset(self.ports.values())

    @property
    def hosts(self) -> tuple[str, ...]:
        """Give the names and addresses that its file has for itself."""
        said = (self.settings.hostname, self.settings.text("server.node_ip"))
        usable = (host.lower() for host in said if host and host.lower() not in LOCAL_HOSTS)
        known = (self.services.get(host, host) for host in usable if "$" not in host)
        return tuple(dict.fromkeys(known))


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


def read_files(
    folder: Path,
    files: Mapping[str, Path],
    roles: Mapping[str, Role],
    version: str | None = None,
) -> tuple[Told, ...]:
    """Read each node's files and tell its role; *roles* and *version* are what somebody told.

    Raises `LabError` with the problems of all files.
    """
    problems: list[Problem] = []
    nodes = []
    for name, path in files.items():
        try:
            told = roles.get(name)
            if path.suffix == ".xml":
                nodes.append(_read_xml(folder, name, path, told))
            else:
                nodes.append(_read_toml(folder, name, path, told, version))
        except LabError as error:
            problems += error.problems
    problems += [
        Problem(f"no node {name!r}", "--role", f"the nodes are {', '.join(files)}")
        for name in roles
        if name not in files
    ]
    if problems:
        raise LabError(*problems)
    return tuple(told_together(nodes))


def customers_of(
    nodes: Sequence[Told], files: Mapping[str, Path], release: Release
) -> tuple[Customer, ...]:
    """Give the nodes as *release* has them; raises `LabError` for roles that it hasn't."""
    problems = [
        Problem(
            f"{release.title} {release.version} has no role {told.role}",
            f"--role {told.settings.name}={told.role}",
            f"use one of {', '.join(release.roles)}",
        )
        for told in nodes
        if told.role not in release.roles
    ]
    if problems:
        raise LabError(*problems)
    return tuple(
        Customer(
            name=(name := told.settings.name),
            path=files[name],
            settings=told.settings,
            role=told.role,
            because=told.because,
            ports={
                served.port: _own(served.port, told.settings)
                for served in release.roles[told.role].ports
            },
        )
        for told in nodes
    )


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
    return [reading for read in _READERS[cluster.line] for reading in read(dialler)]


def _read_toml(folder: Path, name: str, path: Path, told: Role | None, version: str | None) -> Told:
    settings = Settings(name, read_toml(folder / path, str(path)), path=folder / path)
    return toml_role(settings, told, version or version_around(folder / path))


def _read_xml(folder: Path, name: str, path: Path, told: Role | None) -> Told:
    from lab.importing.xml_files import read_whole  # noqa: PLC0415  # the 4.x line needs no lxml

    return xml_role(read_whole(folder, name, path), told)


def _own(port: int, settings: Settings) -> int:
    key = settings.tables.port_keys.get(port)
    return settings.own_port(key, port) if key else port + settings.offset
