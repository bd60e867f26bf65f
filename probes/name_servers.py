"""Asks name servers for a host's address, from the network that the process stands in."""

import asyncio
import itertools
import socket
from collections.abc import Iterable, Mapping

import dnslib

from probes.failure import LinkError
from probes.result import Outcome

# An engine's name server answers in a millisecond. A lost datagram is sent again after this time;
# an answer to either counts, so a slow upstream server is heard as well.
_ASK_AGAIN_AFTER = 0.15
_GIVE_UP_AFTER = 1.0

# Docker's own name server answers for the names of a network at once, whatever else happens. About
# any other name it asks outside, and on a network without a way out it never answers at all.
_ENGINE = "127.0.0.11"

_KINDS = ("A", "AAAA")
_KNOWS = (dnslib.RCODE.NOERROR, dnslib.RCODE.NXDOMAIN)


async def look_up(host: str, candidates: Iterable[str], servers: tuple[str, ...], port: int) -> str:
    """Ask for each candidate's IPv4, then IPv6 addresses; the first one found wins.

    Raises `LinkError` when *host* has none, or no server tells.
    """
    answers: list[str] = []
    for name, kind in itertools.product(candidates, _KINDS):
        try:
            query = dnslib.DNSRecord.question(name, kind)
            query.pack()
        except (dnslib.DNSError, UnicodeError) as error:
            raise LinkError(Outcome.NAME_UNKNOWN, f"{host} is no host name: {error}") from error
        answer = await _ask(query, servers, port)
        if addresses := _addresses(answer, kind):
            return addresses[0]
        answers.append(dnslib.RCODE.get(answer.header.rcode))
    said = next((rcode for rcode in answers if rcode != "NOERROR"), "no address")
    raise LinkError(Outcome.NAME_UNKNOWN, f"{host}: {said}, says {', '.join(servers)}")


def _addresses(answer: dnslib.DNSRecord, kind: str) -> list[str]:
    return [str(row.rdata) for row in answer.rr if dnslib.QTYPE.get(row.rtype) == kind]


async def _ask(query: dnslib.DNSRecord, servers: tuple[str, ...], port: int) -> dnslib.DNSRecord:
    """Ask the servers in turn until one knows; a late answer to an earlier try counts as well.

    Gives a server's failure when none does better. Raises `LinkError` when none answers.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _GIVE_UP_AFTER
    patience = _ASK_AGAIN_AFTER
    useless: dict[str, dnslib.DNSRecord | OSError] = {}
    pending: dict[asyncio.Task[dnslib.DNSRecord | OSError], str] = {}
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
                if not isinstance(answer, OSError) and answer.header.rcode in _KNOWS:
                    return answer
            patience = patience if done else patience * 2
    finally:
        for task in pending:
            task.cancel()
    raise AssertionError("itertools.count never ends")


async def _exchange(query: dnslib.DNSRecord, server: str, port: int) -> dnslib.DNSRecord | OSError:
    """Send one datagram and await its answer for as long as the caller likes."""
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            await loop.sock_connect(sock, (server, port))
            await loop.sock_sendall(sock, query.pack())
            while True:
                answer = _parse(await loop.sock_recv(sock, 65535))
                if answer is not None and _answers(answer, query):
                    return answer
    except OSError as error:
        return error


def _parse(wire: bytes) -> dnslib.DNSRecord | None:
    try:
        return dnslib.DNSRecord.parse(wire)
    except (dnslib.DNSError, ValueError):
        return None


def _answers(answer: dnslib.DNSRecord, query: dnslib.DNSRecord) -> bool:
    """Tell whether it is this very question's answer, and not somebody's guess."""
    if answer.header.qr != 1 or answer.header.id != query.header.id:
        return False
    # A server that refuses or fails may leave the question out.
    left_out = not answer.questions and answer.header.rcode not in _KNOWS
    return bool(left_out or answer.questions == query.questions)


def _best_failure(
    query: dnslib.DNSRecord,
    useless: Mapping[str, dnslib.DNSRecord | OSError],
    servers: tuple[str, ...],
) -> dnslib.DNSRecord:
    for failure in useless.values():
        if not isinstance(failure, OSError):
            return failure
    if set(useless) == set(servers):
        reasons = "; ".join(f"{server}: {failure}" for server, failure in useless.items())
        raise LinkError(Outcome.UNREACHABLE, f"no name server can be reached ({reasons})")
    name = str(query.q.qname).rstrip(".")
    silence = f"{name}: no answer from {', '.join(servers)} in {_GIVE_UP_AFTER:g} s"
    if servers == (_ENGINE,):
        raise LinkError(Outcome.NAME_UNKNOWN, f"{silence}, so no container here has that name")
    raise LinkError(Outcome.TIMED_OUT, silence)
