"""The URLs of a configuration: `tcp://host:port` endpoints and their groups."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_PORTS = {"https": 443, "http": 80, "tcp": 5672, "ssl": 9711}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one connection goes: scheme, host name and port."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Return the URL as a configuration writes it."""
        return f"{self.scheme}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Group:
    """One receiver group of the data publisher: every event goes to each group, once."""

    receivers: tuple[Endpoint, ...]
    authenticators: tuple[Endpoint, ...]


def endpoint(url: str) -> Endpoint:
    """Return the endpoint of *url*; raises ValueError for a host or port that is none."""
    parts = urlsplit(url.strip())
    if not parts.hostname:
        raise ValueError(f"{url!r} names no host")
    port = parts.port or _PORTS.get(parts.scheme, 0)
    return Endpoint(parts.scheme, parts.hostname, port)


def endpoints(urls: Any) -> tuple[Endpoint, ...]:
    """Return the endpoints of a list of URLs, or of one text with commas or bars between them."""
    if isinstance(urls, str):
        urls = urls.replace("|", ",").split(",")
    return tuple(endpoint(str(url)) for url in urls or ())


def groups(tables: Any, receivers: str, authenticators: str) -> tuple[Group, ...]:
    """Return the groups of an array of `url_group` tables; the two names are its keys.

    Without authentication URLs the agent derives them: the same host, port + 100, TLS
    (carbon-analytics-common DataPublisherUtil).
    """
    found = []
    for table in tables or ():
        receive = endpoints(table.get(receivers))
        derived = tuple(Endpoint("ssl", each.host, each.port + 100) for each in receive)
        found.append(Group(receive, endpoints(table.get(authenticators)) or derived))
    return tuple(found)
