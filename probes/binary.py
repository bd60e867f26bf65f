"""Probes the data publisher's receiver as a node's agent uses it: log in, publish, log out."""

import struct

from probes import binary_frames
from probes.binary_frames import Reply
from probes.connection import Connection
from probes.failure import LinkError
from probes.result import Outcome, Phase
from probes.trial import Trial

# Class names and messages of an error are a few hundred bytes; more is not this protocol.
_TEXT_LIMIT = 1 << 16


async def log_in(trial: Trial) -> str:
    """Log in and out on an `ssl://` port."""
    target = trial.target
    connection = await connect_login(trial, target.host, target.port)
    session = await open_session(trial, connection)
    trial.phases.enter(Phase.APP)
    await close_session(trial, connection, session)
    return "logged in and out"


async def publish_nothing(trial: Trial) -> str:
    """Log in at the `ssl://` partner, then publish zero events on the `tcp://` port.

    Without a partner the login goes to the port itself, which takes it as well.
    """
    target = trial.target
    if not target.login_host:
        receiver = await trial.connect(target.host, target.port)
        session = await open_session(trial, receiver)
    else:
        partner = await connect_login(trial, target.login_host, target.login_port)
        session = await open_session(trial, partner)
        receiver = await trial.connect(target.host, target.port)
    trial.phases.enter(Phase.APP)
    trial.expected = "the session accepted for publishing"
    await receiver.send(binary_frames.publish(session))
    await expect_ok(receiver, session)
    await close_session(trial, receiver, session)
    return "logged in, published no event, logged out"


async def connect_login(trial: Trial, host: str, port: int) -> Connection:
    """Open a TLS connection as the agent does, to an `ssl://` port. Raises `LinkError`."""
    # The agent checks the chain and never the name (carbon-analytics-common
    # BinarySecureClientPoolFactory).
    return await trial.connect_tls(host, port, check_name=False)


async def open_session(trial: Trial, connection: Connection) -> str:
    """Log in as the target's user and give the session's id. Raises `LinkError`."""
    trial.phases.enter(Phase.AUTH)
    trial.expected = f"a session for {trial.target.username}"
    try:
        request = binary_frames.login(trial.target.username, trial.target.password)
    except UnicodeEncodeError as error:
        raise LinkError(
            Outcome.CREDENTIALS_REFUSED,
            "not sent: the data publisher breaks on credentials that are not ASCII",
        ) from error
    await connection.send(request)
    reply = await _reply(connection)
    if reply is Reply.ERROR:
        raise LinkError(Outcome.CREDENTIALS_REFUSED, await _error(connection))
    if reply is not Reply.SESSION:
        raise LinkError(Outcome.WRONG_ANSWER, "an answer without a session")
    (length,) = await _lengths(connection, 1)
    return (await connection.reader.readexactly(length)).decode(errors="replace")


async def close_session(trial: Trial, connection: Connection, session: str) -> None:
    """Give a session back. Raises `LinkError`."""
    trial.expected = "a logout"
    await connection.send(binary_frames.logout(session))
    await expect_ok(connection, session)


async def expect_ok(connection: Connection, session: str) -> None:
    """Await the answer to a publish or a logout. Raises `LinkError`, without the session's id."""
    reply = await _reply(connection)
    if reply is Reply.ERROR:
        said = (await _error(connection)).replace(session, "<session>")
        raise LinkError(Outcome.WRONG_ANSWER, said)
    if reply is not Reply.OK:
        raise LinkError(Outcome.WRONG_ANSWER, "a session where none was asked for")


async def _reply(connection: Connection) -> Reply:
    first = await connection.reader.read(1)
    if not first:
        raise LinkError(Outcome.CLOSED, "closed without an answer")
    try:
        return Reply(first[0])
    except ValueError as error:
        begin = f"an answer that begins with {first!r}"
        raise LinkError(Outcome.WRONG_PROTOCOL, begin) from error


async def _error(connection: Connection) -> str:
    lengths = await _lengths(connection, 2)
    name, message = [
        (await connection.reader.readexactly(length)).decode(errors="replace") for length in lengths
    ]
    return f"{name.rpartition('.')[2]}: {message}"


async def _lengths(connection: Connection, count: int) -> tuple[int, ...]:
    lengths: tuple[int, ...] = struct.unpack(
        f">{count}i", await connection.reader.readexactly(4 * count)
    )
    if not all(0 <= length <= _TEXT_LIMIT for length in lengths):
        raise LinkError(Outcome.WRONG_PROTOCOL, f"an answer with the lengths {lengths}")
    return lengths
