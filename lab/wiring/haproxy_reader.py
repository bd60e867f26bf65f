"""Reads a balancer's haproxy.cfg back: the ports that it opens and the servers behind each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab.errors import Problem, TopologyError
from lab.wiring.link import Position

FILE_NAME = "haproxy.cfg"
_SECTIONS = ("global", "defaults", "resolvers", "frontend", "backend", "listen")


@dataclass(frozen=True, slots=True)
class Server:
    """One `server` line: a member as the balancer dials it."""

    backend: str
    name: str
    host: str
    port: int
    position: Position


@dataclass(frozen=True, slots=True)
class BalancerFile:
    """What a balancer's file says: backend → its servers, and port → the backend behind it."""

    servers: tuple[Server, ...]
    backends: Mapping[int, str] = field(default_factory=dict)

    def behind(self, port: int) -> tuple[Server, ...]:
        """Give the servers that a port leads to; none when it isn't opened."""
        backend = self.backends.get(port)
        return tuple(server for server in self.servers if server.backend == backend)


def read_haproxy(folder: Path, name: str) -> BalancerFile:
    """Read `NAME/haproxy.cfg` below *folder*; raises `TopologyError` when it can't be read."""
    try:
        text = (folder / name / FILE_NAME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        mend = "write all files again with `lab render`"
        problem = Problem(
            f"the balancer's file can't be read: {error}", f"{name}/{FILE_NAME}", mend
        )
        raise TopologyError(problem) from error
    servers: list[Server] = []
    binds: dict[str, list[int]] = {}
    backends: dict[str, str] = {}
    for line, section, words in _words(text):
        match words:
            case ["server", server, address, *_]:
                host, _, port = address.rpartition(":")
                place = Position(f"{name}/{FILE_NAME}", line)
                if port.isdigit():
                    servers.append(Server(section, server, host, int(port), place))
            case ["bind", address, *_]:
                port = address.rpartition(":")[2]
                if port.isdigit():
                    binds.setdefault(section, []).append(int(port))
            case ["default_backend", backend]:
                backends[section] = backend
    # A `listen` section is its own backend.
    ports = {port: backends.get(section, section) for section in binds for port in binds[section]}
    return BalancerFile(tuple(servers), ports)


def _words(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Give each line's number, the name of the section it stands in, and its words."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words and words[0] in _SECTIONS:
            section = words[1] if len(words) > 1 else words[0]
        elif words:
            yield number, section, words
