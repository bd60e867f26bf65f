"""Looking names up: hosts files, and name servers on the loopback that lose, refuse and delay."""

import asyncio
import contextlib
import socket

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from probes.failure import LinkError
from probes.names import ResolvConf, Resolver, parse_resolv_conf
from probes.result import Outcome

HOSTS = """
127.0.0.1 localhost
::1       localhost ip6-localhost
fd00::7   both.lab
10.1.2.3  CP.wso2.com cp  # the control plane
10.1.2.9  cp.wso2.com
10.1.2.7  both.lab
# 10.9.9.9 gone.lab
"""


def resolver(hosts: str = "", resolv_conf: str = "", port: int = 53) -> Resolver:
    return Resolver({"hosts": hosts, "resolv.conf": resolv_conf}.__getitem__, port=port)


class NameServer(asyncio.DatagramProtocol):
    """Answers from *records* (name and kind → data lines, or an rcode) and keeps the questions."""

    def __init__(self, records, *, losing: int = 0, delay: float = 0) -> None:
        self.records = records
        self.losing = losing
        self.delay = delay
        self.asked: list[tuple[str, str]] = []

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, client) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), str(question.rdtype.name)
        self.asked.append((name, kind))
        if len(self.asked) <= self.losing:
            return
        answer = dns.message.make_response(query)
        match self.records.get((name, kind), dns.rcode.NXDOMAIN):
            case dns.rcode.Rcode() as rcode:
                answer.set_rcode(rcode)
            case lines:
                answer.answer += [dns.rrset.from_text(*line) for line in lines]
        wire = answer.to_wire()
        loop = asyncio.get_running_loop()
        loop.call_later(self.delay, lambda: self.transport.sendto(wire, client))


@contextlib.asynccontextmanager
async def name_server(server: NameServer, host: str = "127.0.0.1", port: int = 0):
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=(host, port))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def a(name: str, address: str, kind: str = "A"):
    return (f"{name}.", 60, "IN", kind, address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("localhost", "127.0.0.1"),
        ("cp.wso2.com", "10.1.2.3"),
        ("CP", "10.1.2.3"),
        ("both.lab", "10.1.2.7"),
        ("ip6-localhost", "::1"),
        ("192.0.2.1", "192.0.2.1"),
        ("fd00::1", "fd00::1"),
    ],
)
async def test_the_hosts_file_and_addresses_need_no_server(host, address):
    assert await resolver(HOSTS).resolve(host) == address


async def test_localhost_is_known_without_a_hosts_file():
    assert await resolver().resolve("localhost") == "127.0.0.1"


async def test_a_given_address_comes_before_the_hosts_file():
    given = Resolver(lambda _name: HOSTS, {"cp.wso2.com": "127.0.0.1"})
    assert await given.resolve("cp.wso2.com") == "127.0.0.1"


async def test_a_name_server_is_asked_for_what_the_hosts_file_lacks():
    server = NameServer({("tm.wso2.com", "A"): [a("tm.wso2.com", "10.1.2.4")]})
    async with name_server(server) as port:
        found = await resolver(HOSTS, "nameserver 127.0.0.1", port).resolve("tm.wso2.com")
    assert found == "10.1.2.4"
    assert server.asked == [("tm.wso2.com", "A")]


async def test_an_alias_is_followed_within_the_answer():
    lines = [("tm.lab.", 60, "IN", "CNAME", "node.lab."), a("node.lab", "10.1.2.4")]
    async with name_server(NameServer({("tm.lab", "A"): lines})) as port:
        assert await resolver("", "nameserver 127.0.0.1", port).resolve("tm.lab") == "10.1.2.4"


async def test_a_name_with_only_an_ipv6_address_is_found():
    records = {("six.lab", "A"): [], ("six.lab", "AAAA"): [a("six.lab", "fd00::6", "AAAA")]}
    server = NameServer(records)
    async with name_server(server) as port:
        assert await resolver("", "nameserver 127.0.0.1", port).resolve("six.lab") == "fd00::6"
    assert server.asked == [("six.lab", "A"), ("six.lab", "AAAA")]


async def test_a_lost_answer_is_asked_for_again():
    server = NameServer({("tm.lab", "A"): [a("tm.lab", "10.1.2.4")]}, losing=1)
    async with name_server(server) as port:
        assert await resolver("", "nameserver 127.0.0.1", port).resolve("tm.lab") == "10.1.2.4"
    assert len(server.asked) == 2


async def test_a_server_slower_than_the_second_try_is_heard():
    server = NameServer({("tm.lab", "A"): [a("tm.lab", "10.1.2.4")]}, delay=0.3)
    async with name_server(server) as port:
        assert await resolver("", "nameserver 127.0.0.1", port).resolve("tm.lab") == "10.1.2.4"


async def test_a_server_that_fails_leaves_the_next_one_its_turn():
    failing = NameServer({("tm.lab", "A"): dns.rcode.SERVFAIL})
    knowing = NameServer({("tm.lab", "A"): [a("tm.lab", "10.1.2.4")]})
    settings = "nameserver 127.0.0.1\nnameserver 127.0.0.2"
    async with name_server(failing) as port, name_server(knowing, "127.0.0.2", port):
        assert await resolver("", settings, port).resolve("tm.lab") == "10.1.2.4"


class Terse(NameServer):
    """Refuses without repeating the question, as RFC 1035 lets a server that can't read it."""

    def datagram_received(self, data, client) -> None:
        refusal = dns.message.Message(id=int.from_bytes(data[:2], "big"))
        refusal.flags = dns.flags.QR
        refusal.set_rcode(dns.rcode.REFUSED)
        self.transport.sendto(refusal.to_wire(), client)


async def test_a_refusal_without_the_question_leaves_the_next_one_its_turn_at_once():
    knowing = NameServer({("tm.lab", "A"): [a("tm.lab", "10.1.2.4")]})
    settings = "nameserver 127.0.0.1\nnameserver 127.0.0.2"
    async with name_server(Terse({})) as port, name_server(knowing, "127.0.0.2", port):
        async with asyncio.timeout(0.12):  # the silence of a server is waited for longer
            assert await resolver("", settings, port).resolve("tm.lab") == "10.1.2.4"


async def test_a_server_that_nobody_runs_leaves_the_next_one_its_turn():
    knowing = NameServer({("tm.lab", "A"): [a("tm.lab", "10.1.2.4")]})
    settings = "nameserver 127.0.0.3\nnameserver 127.0.0.2"
    async with name_server(knowing, "127.0.0.2") as port:
        assert await resolver("", settings, port).resolve("tm.lab") == "10.1.2.4"


async def failure(resolver: Resolver, host: str) -> LinkError:
    with pytest.raises(LinkError) as caught:
        await resolver.resolve(host)
    return caught.value


@pytest.mark.parametrize("rcode", [dns.rcode.NXDOMAIN, dns.rcode.SERVFAIL, dns.rcode.REFUSED])
async def test_a_name_that_no_server_knows_is_unknown_with_the_servers_word(rcode):
    records = {("no.lab", "A"): rcode, ("no.lab", "AAAA"): rcode}
    async with name_server(NameServer(records)) as port:
        error = await failure(resolver("", "nameserver 127.0.0.1", port), "no.lab")
    assert error.outcome is Outcome.NAME_UNKNOWN
    assert error.seen == f"no.lab: {dns.rcode.to_text(rcode)}, says 127.0.0.1"


async def test_a_name_without_addresses_is_unknown():
    async with name_server(NameServer({("no.lab", "A"): [], ("no.lab", "AAAA"): []})) as port:
        error = await failure(resolver("", "nameserver 127.0.0.1", port), "no.lab")
    assert (error.outcome, error.seen) == (
        Outcome.NAME_UNKNOWN,
        "no.lab: no address, says 127.0.0.1",
    )


async def test_what_can_be_no_name_is_unknown_and_never_asked():
    error = await failure(resolver(), "a..b")
    assert error.outcome is Outcome.NAME_UNKNOWN


async def test_no_server_at_all_is_unreachable():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    error = await failure(resolver("", "nameserver 127.0.0.1", port), "tm.lab")
    assert error.outcome is Outcome.UNREACHABLE
    assert "no name server can be reached" in error.seen


async def test_a_server_that_never_answers_times_out():
    server = NameServer({}, losing=100)
    async with name_server(server) as port:
        error = await failure(resolver("", "nameserver 127.0.0.1", port), "tm.lab")
    assert error.outcome is Outcome.TIMED_OUT
    assert len(server.asked) > 2


async def test_the_search_list_is_asked_in_the_c_librarys_order():
    server = NameServer({("tm.b.lab", "A"): [a("tm.b.lab", "10.1.2.4")]})
    async with name_server(server) as port:
        settings = "nameserver 127.0.0.1\nsearch a.lab b.lab"
        assert await resolver("", settings, port).resolve("tm") == "10.1.2.4"
    assert [name for name, kind in server.asked if kind == "A"] == ["tm.a.lab", "tm.b.lab"]


async def test_attempts_at_the_same_moment_share_one_look_up():
    server = NameServer({("tm.lab", "A"): [a("tm.lab", "10.1.2.4")]})
    async with name_server(server) as port:
        shared = resolver("", "nameserver 127.0.0.1", port)
        assert await asyncio.gather(*(shared.resolve("tm.lab") for _ in range(5))) == (
            ["10.1.2.4"] * 5
        )
        assert len(server.asked) == 1
        await shared.resolve("tm.lab")
    assert len(server.asked) == 2


async def test_one_attempt_that_gives_up_leaves_the_shared_look_up_to_the_others():
    server = NameServer({("tm.lab", "A"): [a("tm.lab", "10.1.2.4")]}, delay=0.05)
    async with name_server(server) as port:
        shared = resolver("", "nameserver 127.0.0.1", port)
        impatient = asyncio.create_task(shared.resolve("tm.lab"))
        patient = asyncio.create_task(shared.resolve("tm.lab"))
        await asyncio.sleep(0.01)
        impatient.cancel()
        assert await patient == "10.1.2.4"


def test_a_resolv_conf_is_read_as_the_c_library_reads_it():
    text = """
# made by the engine
domain old.lab
nameserver 127.0.0.11
nameserver fd00::53
search a.lab. b.lab
options edns0 ndots:0 timeout:1
"""
    assert parse_resolv_conf(text) == ResolvConf(("127.0.0.11", "fd00::53"), ("a.lab", "b.lab"), 0)


def test_without_a_resolv_conf_the_defaults_count():
    assert parse_resolv_conf("") == ResolvConf(("127.0.0.1",), (), 1)


@pytest.mark.parametrize(
    ("host", "ndots", "names"),
    [
        ("tm", 1, ["tm.a.lab", "tm"]),
        ("tm", 0, ["tm", "tm.a.lab"]),
        ("tm.lab", 1, ["tm.lab", "tm.lab.a.lab"]),
        ("tm.lab", 5, ["tm.lab.a.lab", "tm.lab"]),
        ("tm.lab.", 5, ["tm.lab."]),
    ],
)
def test_the_number_of_dots_decides_what_is_asked_first(host, ndots, names):
    assert list(ResolvConf(search=("a.lab",), ndots=ndots).candidates(host)) == names


async def test_the_silence_of_the_engines_name_server_means_an_unknown_name():
    async with name_server(NameServer({}, losing=100), "127.0.0.11") as port:
        error = await failure(resolver("", "nameserver 127.0.0.11", port), "tm.lab")
    assert error.outcome is Outcome.NAME_UNKNOWN
    assert "no container here has that name" in error.seen


async def test_a_line_of_the_hosts_file_without_an_address_is_passed_over():
    text = "cp.example 10.0.0.1\n10.0.0.2 cp.example\n"
    assert await Resolver(lambda name: text if name == "hosts" else "").resolve("cp.example") == (
        "10.0.0.2"
    )
