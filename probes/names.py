"""Looks a host name up as the dialling node would: its hosts file, then its name servers."""

import asyncio
import ipaddress
import itertools
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.message
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype

from probes.failure import LinkError
from probes.result import Outcome

# An engine's name server answers in a millisecond. A lost datagram is sent again after this time;
# an answer to either counts, so a slow upstream server is heard as well.
_ASK_AGAIN_AFTER = 0.15
_GIVE_UP_AFTER = 1.0

_DEFAULT_SERVERS = ("127.0.0.1",)  # of the C library

# Docker's own name server answers for the names of a network at once, whatever else happens. About
# any other name it asks outside, and on a network without a way out it never answers at all.
_ENGINE = "127.0.0.11"

_KINDS = (dns.rdatatype.A, dns.rdatatype.AAAA)
_KNOWS = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)

for _kind in (*_KINDS, dns.rdatatype.CNAME):
    # dnspython imports these classes on first use; a vantage process must find them loaded.
    dns.rdata.get_rdata_class(dns.rdataclass.IN, _kind)  # type: ignore[no-untyped-call] # dnspython's own


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
        return await _look_up(host, settings, self._port)

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
        for name in (name.lower() for name in names):
            if name not in found or (":" in found[name] and ":" not in address):
                found[name] = address
    return found


async def _look_up(host: str, settings: ResolvConf, port: int) -> str:
    """Ask for each candidate's IPv4, then IPv6 addresses; the first one found wins."""
    answers: list[str] = []
    for name, kind in itertools.product(settings.candidates(host), _KINDS):
        try:
            query = dns.message.make_query(name, kind)
        except dns.exception.DNSException as error:
            raise LinkError(Outcome.NAME_UNKNOWN, f"{host} is no host name: {error}") from error
        answer = await _ask(query, settings.servers, port)
        if addresses := _addresses(answer, kind):
            return addresses[0]
        answers.append(dns.rcode.to_text(answer.rcode()))
    said = next((rcode for rcode in answers if rcode != "NOERROR"), "no address")
    raise LinkError(Outcome.NAME_UNKNOWN, f"{host}: {said}, says {', '.join(settings.servers)}")


def _addresses(answer: dns.message.Message, kind: dns.rdatatype.RdataType) -> list[str]:
    return [
        record.to_text()
        for records in answer.answer
        if records.rdtype == kind
        for record in records
    ]


async def _ask(
    query: dns.message.Message, servers: tuple[str, ...], port: int
) -> dns.message.Message:
    """Ask the servers in turn until one knows; a late answer to an earlier try counts as well.

    Gives a server's failure when none does better. Raises `LinkError` when none answers.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _GIVE_UP_AFTER
    patience = _ASK_AGAIN_AFTER
    useless: dict[str, dns.message.Message | OSError] = {}
    pending: dict[asyncio.Task[dns.message.Message | OSError], str] = {}
    try:
        for turn in itertools.count():
            asked = [server for server in servers if server not in useless]
            if not asked or loop.time() > deadline:
                return _best_failure(query, useless, servers)
            server = asked[turn % len(asked)]
            pending[loop.create_task(_exchange(query, server, port))] = server
            done, _ = await asyncio.wait(
                pending, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                answer = useless[pending.pop(task)] = task.result()
                if not isinstance(answer, OSError) and answer.rcode() in _KNOWS:
                    return answer
            patience = patience if done else patience * 2
    finally:
        for task in pending:
            task.cancel()
    raise AssertionError("itertools.count never ends")


async def _exchange(
    query: dns.message.Message, server: str, port: int
) -> dns.message.Message | OSError:
    """Send one datagram and await its answer for as long as the caller likes."""
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            await loop.sock_connect(sock, (server, port))
            await loop.sock_sendall(sock, query.to_wire())
            while True:
                answer = _parse(await loop.sock_recv(sock, 65535))
                if answer is not None and query.is_response(answer):
                    return answer
    except OSError as error:
        return error


def _parse(wire: bytes) -> dns.message.Message | None:
    try:
        return dns.message.from_wire(wire)
    except dns.exception.DNSException:
        return None


def _best_failure(
    query: dns.message.Message,
    useless: Mapping[str, dns.message.Message | OSError],
    servers: tuple[str, ...],
) -> dns.message.Message:
    for failure in useless.values():
        if not isinstance(failure, OSError):
            return failure
    if set(useless) == set(servers):
        reasons = "; ".join(f"{server}: {failure}" for server, failure in useless.items())
        raise LinkError(Outcome.UNREACHABLE, f"no name server can be reached ({reasons})")
    name = query.question[0].name.to_text(omit_final_dot=True)
    silence = f"{name}: no answer from {', '.join(servers)} in {_GIVE_UP_AFTER:g} s"
    if servers == (_ENGINE,):
        raise LinkError(Outcome.NAME_UNKNOWN, f"{silence}, so no container here has that name")
    raise LinkError(Outcome.TIMED_OUT, silence)
