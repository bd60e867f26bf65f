"""The LDAP probe against a server that answers message by message."""

import pytest

from probes import ldap_messages
from probes.attempt import attempt
from probes.result import Outcome, Phase
from probes.target import Protocol, Target

HOST = "cp.wso2.com"
BASE = "ou=Users,dc=wso2,dc=org"
# What OpenLDAP 2.5.13's `ldapsearch -x -D uid=admin,ou=system -w admin` sends first, and, with
# `-b ou=Users,dc=wso2,dc=org -s base -z 1 '(objectClass=*)' 1.1`, then.
BIND = bytes.fromhex("3024020101601f02010304137569643d61646d696e2c6f753d73797374656d800561646d696e")
FIND = bytes.fromhex(
    "3041020102633c0417"
    "6f753d55736572732c64633d77736f322c64633d6f7267"
    "0a01000a0100020101020100010100870b"
    "6f626a656374436c617373"
    "30050403312e31"
)


def result(number: int, kind: int, code: int, text: str = "") -> bytes:
    """A result as RFC 4511 writes it, with short lengths only."""
    words = text.encode()
    inner = bytes((0x0A, 1, code, 0x04, 0, 0x04, len(words))) + words
    operation = bytes((kind, len(inner))) + inner
    return bytes((0x30, 3 + len(operation), 0x02, 1, number)) + operation


BOUND = result(1, ldap_messages.BIND_ANSWER, 0)
DONE = result(2, ldap_messages.SEARCH_DONE, 0)
ENTRY = bytes((0x30, 0x0A, 0x02, 1, 2, 0x64, 5, 0x04, 1, 0x61, 0x30, 0))
REFERENCE = bytes((0x30, 0x08, 0x02, 1, 2, 0x73, 3, 0x04, 1, 0x61))


def target(port: int, **fields: object) -> Target:
    values = {"username": "uid=admin,ou=system", "password": "admin", "use_tls": False, **fields}
    return Target("a link", Protocol.LDAP, HOST, port, timeout=0.5, **values)


def directory(*answers: bytes, heard: list[bytes]):
    """Answer each message with the next bytes; then wait for the client to leave."""

    async def handler(reader, writer):
        for answer in answers:
            head = await reader.readexactly(2)
            heard.append(head + await reader.readexactly(head[1]))
            writer.write(answer)
        heard.append(await reader.read(-1))

    return handler


async def ask(serve, vantage, *answers: bytes, **fields: object):
    heard: list[bytes] = []
    async with serve(directory(*answers, heard=heard)) as port:
        return await attempt(target(port, **fields), vantage), heard


async def test_the_bind_is_what_openldaps_client_sends(serve, vantage):
    found, heard = await ask(serve, vantage, BOUND)
    assert (found.outcome, found.seen) == (Outcome.OK, "bound")
    assert list(found.phases) == [Phase.DNS, Phase.TCP, Phase.AUTH]
    assert heard == [BIND, bytes.fromhex("30050201034200")]


async def test_the_base_is_looked_for_after_the_bind(serve, vantage):
    found, heard = await ask(serve, vantage, BOUND, ENTRY + DONE, search_base=BASE)
    assert (found.outcome, found.seen) == (Outcome.OK, f"bound, {BASE} is there")
    assert list(found.phases) == [Phase.DNS, Phase.TCP, Phase.AUTH, Phase.APP]
    assert heard[:2] == [BIND, FIND]


async def test_an_entry_and_its_end_may_come_in_pieces(serve, vantage):
    pieces = [bytes((each,)) for each in BOUND]

    async def handler(reader, writer):
        await reader.readexactly(len(BIND))
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        await reader.read(-1)

    async with serve(handler) as port:
        found = await attempt(target(port), vantage)
    assert found.outcome is Outcome.OK


@pytest.mark.parametrize("code", [48, 49, 53])
async def test_a_refused_bind_is_wrong_credentials(serve, vantage, code):
    refused = result(1, ldap_messages.BIND_ANSWER, code, "ERR_229 Cannot authenticate user")
    found, _ = await ask(serve, vantage, refused, search_base=BASE)
    assert found.outcome is Outcome.CREDENTIALS_REFUSED
    assert found.seen.endswith(f"({code}): ERR_229 Cannot authenticate user")
    assert list(found.phases)[-1] is Phase.AUTH


@pytest.mark.parametrize(("code", "meaning"), [(34, "invalid DN syntax"), (52, "unavailable")])
async def test_another_answer_to_the_bind_is_told_as_it_is(serve, vantage, code, meaning):
    found, _ = await ask(serve, vantage, result(1, ldap_messages.BIND_ANSWER, code))
    assert (found.outcome, found.seen) == (Outcome.WRONG_ANSWER, f"{meaning} ({code})")


async def test_a_missing_base_is_no_such_object(serve, vantage):
    missing = result(2, ldap_messages.SEARCH_DONE, 32)
    found, _ = await ask(serve, vantage, BOUND, missing, search_base=BASE)
    assert (found.outcome, found.seen) == (Outcome.WRONG_ANSWER, "no such object (32)")
    assert found.expected == f"the entry {BASE}"


@pytest.mark.parametrize(
    ("answer", "seen"),
    [(DONE, f"no entry {BASE}"), (REFERENCE, f"{BASE} is said to be on another server")],
)
async def test_a_search_that_finds_nothing_is_a_wrong_answer(serve, vantage, answer, seen):
    found, _ = await ask(serve, vantage, BOUND, answer, search_base=BASE)
    assert (found.outcome, found.seen) == (Outcome.WRONG_ANSWER, seen)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        bytes.fromhex("3084ffffffff"),  # larger than any answer
        bytes.fromhex("3080"),  # an indefinite length
        bytes.fromhex("3003020101"),  # a number and no operation
        bytes.fromhex("30050201016100"),  # a result without a code
        bytes.fromhex("300702010161820aff"),  # reaches beyond its end
        result(7, ldap_messages.BIND_ANSWER, 0),  # another question's
        ENTRY,
    ],
)
async def test_nonsense_is_another_protocol(serve, vantage, answer):
    found, _ = await ask(serve, vantage, answer)
    assert found.outcome is Outcome.WRONG_PROTOCOL


async def test_a_notice_of_disconnection_is_a_closed_connection(serve, vantage):
    found, _ = await ask(serve, vantage, result(0, ldap_messages.EXTENDED_ANSWER, 52))
    assert found.outcome is Outcome.CLOSED


async def test_without_a_name_nothing_is_said(serve, vantage):
    found, heard = await ask(serve, vantage, username="", password="", search_base=BASE)
    assert (found.outcome, found.seen) == (Outcome.OK, "connected, without a name to bind with")
    assert heard in ([], [b""])


async def test_ldaps_looks_at_the_certificate(serve, vantage, authority):
    heard: list[bytes] = []
    async with serve(directory(BOUND, heard=heard), authority.server("other.wso2.com")) as port:
        found = await attempt(target(port, use_tls=True), vantage)
    assert found.outcome is Outcome.CERTIFICATE_INVALID
    assert BIND not in heard


async def test_long_names_get_long_lengths(serve, vantage):
    name = "cn=" + "a" * 300

    async def handler(reader, writer):
        assert (await reader.readexactly(4))[:2] == bytes.fromhex("3082")
        writer.write(BOUND)
        await reader.read(-1)

    async with serve(handler) as port:
        found = await attempt(target(port, username=name), vantage)
    assert found.outcome is Outcome.OK
