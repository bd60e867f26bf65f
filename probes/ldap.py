"""Probes a user store as the product's start does: its own bind, then the entry of its base."""

from probes import ldap_messages
from probes.connection import Connection
from probes.failure import LinkError
from probes.ldap_messages import MalformedError, Message
from probes.result import Outcome, Phase
from probes.trial import Trial

# An answer to a bind or to a search for one entry is a few hundred bytes.
_MESSAGE_LIMIT = 1 << 16
_SEQUENCE = b"\x30"


async def find_base(trial: Trial) -> str:
    """Bind with the configured name and password, and look for the search base.

    Without a name nothing is said: what the store would bind with isn't known.
    """
    target = trial.target
    connect = trial.connect_tls if target.use_tls else trial.connect
    connection = await connect(target.host, target.port)
    if not target.username:
        return "connected, without a name to bind with"
    await _bind(trial, connection)
    seen = "bound"
    if target.search_base:
        await _find(trial, connection)
        seen = f"bound, {target.search_base} is there"
    await connection.send(ldap_messages.unbind(3))
    return seen


async def _bind(trial: Trial, connection: Connection) -> None:
    trial.phases.enter(Phase.AUTH)
    trial.expected = f"a bind as {trial.target.username}"
    await connection.send(ldap_messages.bind(1, trial.target.username, trial.target.password))
    answer = await _answer(connection, ldap_messages.BIND_ANSWER, 1)
    if answer.code in ldap_messages.REFUSALS:
        raise LinkError(Outcome.CREDENTIALS_REFUSED, str(answer))
    if answer.code != ldap_messages.SUCCESS:
        raise LinkError(Outcome.WRONG_ANSWER, str(answer))


async def _find(trial: Trial, connection: Connection) -> None:
    base = trial.target.search_base
    trial.phases.enter(Phase.APP)
    trial.expected = f"the entry {base}"
    await connection.send(ldap_messages.find_entry(2, base))
    found = await _answer(connection, ldap_messages.ENTRY, 2)
    if found.kind == ldap_messages.ENTRY:
        await _answer(connection, ldap_messages.SEARCH_DONE, 2)
        return
    if found.kind == ldap_messages.REFERENCE:
        raise LinkError(Outcome.WRONG_ANSWER, f"{base} is said to be on another server")
    # A search without result is a success to an LDAP server: rights may hide the entry.
    seen = str(found) if found.code != ldap_messages.SUCCESS else f"no entry {base}"
    raise LinkError(Outcome.WRONG_ANSWER, seen)


async def _answer(connection: Connection, kind: int, number: int) -> Message:
    """Give the next answer: of that kind, or one that ends what was asked."""
    try:
        message = ldap_messages.read(await _content(connection))
    except MalformedError as error:
        raise LinkError(Outcome.WRONG_PROTOCOL, f"no LDAP answer: {error}") from error
    if message.number == 0 and message.kind == ldap_messages.EXTENDED_ANSWER:
        raise LinkError(Outcome.CLOSED, f"notice of disconnection: {message}")
    ends = (ldap_messages.SEARCH_DONE, ldap_messages.REFERENCE)
    if message.number != number or (message.kind != kind and message.kind not in ends):
        raise LinkError(Outcome.WRONG_PROTOCOL, "an LDAP answer to another question")
    return message


async def _content(connection: Connection) -> bytes:
    reader = connection.reader
    first = await reader.read(1)
    if not first:
        raise LinkError(Outcome.CLOSED, "closed without an answer")
    if first != _SEQUENCE:
        raise MalformedError(f"an answer that begins with {first!r}")
    size = (await reader.readexactly(1))[0]
    if count := ldap_messages.length_of_length(size):
        size = int.from_bytes(await reader.readexactly(count), "big")
    if size > _MESSAGE_LIMIT:
        raise MalformedError(f"an answer of {size} bytes")
    return await reader.readexactly(size)
