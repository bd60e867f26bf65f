"""Looks a host name up as the dialling node would: its hosts file, then its name servers."""

import asyncio
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from probes.address import is_address
from probes.name_servers import look_up

_DEFAULT_SERVERS = ("127.0.0.1",)  # of the C library


class Resolver:
    """The name service of one node.

    *read_etc* gives the text of a file under the node's `/etc`, "" when there is none.
    *addresses* come before everything else: for the host, which reaches nodes on published ports.
    *port* is that of the name servers.
    """

    def __init__(
        self,
        read_etc: Callable[[str], str],
        addresses: Mapping[str, str] | None = None,
        port: int = 53,
    ) -> None:
        self.addresses = addresses or {}
        self._read_etc = read_etc
        self._port = port
        self._under_way: dict[str, asyncio.Task[str]] = {}

    async def resolve(self, host: str) -> str:
        """Give the first address of *host*. Raises `LinkError`.

        Attempts at the same moment share one look-up: a node's links lead to few names.
        """
        if host in self.addresses:
            return self.addresses[host]
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            pass
        task = self._under_way.get(host)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._resolve(host.lower()))
            self._under_way[host] = task
            task.add_done_callback(lambda done: self._forget(host, done))
        return await asyncio.shield(task)

    async def _resolve(self, host: str) -> str:
        known = _hosts(self._read_etc("hosts"))
        if host in known:
            return known[host]
        if host == "localhost":
            return "127.0.0.1"
        settings = parse_resolv_conf(self._read_etc("resolv.conf"))
        return await look_up(host, settings.candidates(host), settings.servers, self._port)

    def _forget(self, host: str, done: asyncio.Task[str]) -> None:
        del self._under_way[host]
        if not done.cancelled():
            done.exception()  # whoever asked may have given up meanwhile


def read_own_etc(name: str) -> str:
    """Give the text of a file under this process's own `/etc`."""
    try:
        return Path("/etc", name).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """What a `resolv.conf` says, with the C library's defaults."""

    servers: tuple[str, ...] = _DEFAULT_SERVERS
    search: tuple[str, ...] = ()
    ndots: int = 1

    def candidates(self, host: str) -> Iterator[str]:
        """Give the full names to ask for, in the C library's order."""
        if host.endswith("."):
            yield host
            return
        searched = [f"{host}.{domain}" for domain in self.search]
        if host.count(".") >= self.ndots:
            yield from (host, *searched)
        else:
            yield from (*searched, host)


def parse_resolv_conf(text: str) -> ResolvConf:
    """Read the lines that matter to a look-up; the last `search` or `domain` wins."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    ndots = 1
    for line in text.splitlines():
        match line.split():
            case ["nameserver", address, *_]:
                servers.append(address)
            case ["search" | "domain", *domains]:
                search = tuple(domain.rstrip(".") for domain in domains if domain != ".")
            case ["options", *options]:
                ndots = _ndots(options, ndots)
    return ResolvConf(tuple(servers) or _DEFAULT_SERVERS, search, ndots)


def _ndots(options: list[str], default: int) -> int:
    values = [option.removeprefix("ndots:") for option in options if option.startswith("ndots:")]
    return int(values[-1]) if values and values[-1].isdigit() else default


def _hosts(text: str) -> dict[str, str]:
    """Give name → address of a hosts file; the first line wins, and IPv4 goes before IPv6."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if not is_address(address):
            continue
        for name in (name.lower() for name in names):
            if name not in found or (":" in found[name] and ":" not in address):
                found[name] = address
    return found
