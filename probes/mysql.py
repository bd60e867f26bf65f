"""Probes a datasource: the login, the schema, its tables and the pool's validation query."""

import asyncio
import contextlib
import socket
import ssl
import struct
from typing import TYPE_CHECKING, Any

import pymysql
from pymysql.connections import Connection
from pymysql.constants import CR, ER
from pymysql.cursors import Cursor

from probes.connection import explain_handshake
from probes.failure import LinkError
from probes.result import Outcome, Phase
from probes.trial import Trial
from probes.trust import check_certificate, load_trust

_ACCOUNT_LOCKED = 3118
_ACCOUNT_REFUSED = (ER.ACCESS_DENIED_ERROR, ER.HOST_NOT_PRIVILEGED, _ACCOUNT_LOCKED)
_SCHEMA_REFUSED = (ER.DBACCESS_DENIED_ERROR, ER.BAD_DB_ERROR)
# How a client asks for the key of `caching_sha2_password` and of `sha256_password`.
_KEY_REQUESTS = (b"\x02", b"\x01")
_NO_KEY = "Public Key Retrieval is not allowed"  # Connector/J's own words
_LOST = (CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST)

# What PyMySQL stumbles over when a greeting is none.
_MALFORMED = (struct.error, IndexError, ValueError, AssertionError)

_GREETING_HEAD = 5  # length, sequence number, and the first byte of the packet
_PROTOCOL_10, _REFUSAL = b"\x0a", b"\xff"

_COUNT_TABLES = (
    "SELECT COUNT(*) FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
)


async def log_in(trial: Trial) -> str:
    """Log in as the datasource does and ask what it would.

    The driver blocks, so it works in a thread.
    """
    target = trial.target
    sock = await trial.dial(target.host, target.port)
    # TLS takes the socket over; this second handle can always end the thread's waiting.
    handle = sock.dup()
    try:
        return await asyncio.to_thread(_converse, trial, sock)
    finally:
        _hang_up(handle)


def _converse(trial: Trial, sock: socket.socket) -> str:
    trial.phases.enter(Phase.AUTH)
    trial.expected = f"a MySQL login as {trial.target.username}"
    sock.settimeout(trial.target.timeout)
    try:
        _check_greeting(sock)
        connection = _connection(trial)
        _log_in(connection, sock)
        with contextlib.closing(connection):
            return _ask(trial, connection)
    except pymysql.MySQLError as error:
        raise _explain(trial, error) from error
    finally:
        sock.close()


def _check_greeting(sock: socket.socket) -> None:
    """Look at the server's first bytes without taking them: the driver trusts whatever is there."""
    head = sock.recv(_GREETING_HEAD, socket.MSG_PEEK)
    if not head:
        raise LinkError(Outcome.CLOSED, "closed without a greeting")
    if head[3:4] not in (b"", b"\0") or head[4:] not in (b"", _PROTOCOL_10, _REFUSAL):
        raise LinkError(Outcome.WRONG_PROTOCOL, f"a greeting that begins with {head!r}")


if TYPE_CHECKING:
    _PyMySQL = Connection[Cursor]
else:  # at runtime it is no generic class
    _PyMySQL = Connection


class _Driver(_PyMySQL):
    """PyMySQL's connection, which asks for the server's key only where the node's driver would.

    A server that remembers the login needs none: measured on MySQL 9.7 with Connector/J 5.1.
    """

    may_retrieve_key = True

    def write_packet(self, payload: bytes) -> None:
        if payload in _KEY_REQUESTS and not self.may_retrieve_key:
            raise LinkError(Outcome.NO_LOGIN_KEY, _NO_KEY)
        super().write_packet(payload)


def _connection(trial: Trial) -> _Driver:
    target = trial.target
    connection = _Driver(
        host=target.host,
        port=target.port,
        user=target.username,
        password=target.password.encode(),
        database=target.database or None,
        charset="utf8mb4",
        read_timeout=target.timeout,
        write_timeout=target.timeout,
        ssl=_timed_context(trial) if target.use_tls else None,
        ssl_disabled=not target.use_tls,
        defer_connect=True,
    )
    connection.may_retrieve_key = target.may_retrieve_key
    return connection


def _timed_context(trial: Trial) -> ssl.SSLContext:
    context = _TimedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.trial = trial
    return load_trust(context, trial.vantage.trust)


class _TimedContext(ssl.SSLContext):
    """Stamps the phases of a handshake that the driver makes, and checks the certificate."""

    trial: Trial

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        expected, self.trial.expected = self.trial.expected, "TLS with a certificate for the name"
        self.trial.phases.enter(Phase.TLS)
        try:
            sock = super().wrap_socket(*args, **kwargs)
        except OSError as error:
            raise explain_handshake(error) from error
        try:
            check_certificate(self, sock.getpeercert() or {}, self.trial.target.host)
        except LinkError:
            sock.close()
            raise
        self.trial.expected = expected
        self.trial.phases.enter(Phase.AUTH)
        return sock


def _log_in(connection: "Connection[Cursor]", sock: socket.socket) -> None:
    try:
        connection.connect(sock)
    except _MALFORMED as error:
        raise LinkError(Outcome.WRONG_PROTOCOL, f"no MySQL handshake: {error}") from error


def _ask(trial: Trial, connection: "Connection[Cursor]") -> str:
    target = trial.target
    trial.phases.enter(Phase.APP)
    if not target.database:  # the server lets in whoever names none, and answers no query of his
        trial.expected = "a schema"
        raise LinkError(Outcome.WRONG_ANSWER, "logged in, and the URL names no schema")
    seen = ["logged in"]
    with connection.cursor() as cursor:
        if target.validation_query:
            trial.expected = f"an answer to {target.validation_query}"
            cursor.execute(target.validation_query)
            cursor.fetchall()
            seen.append(f"{target.validation_query} answered")
        if target.tables is not None:
            seen.append(_count_tables(trial, cursor))
    return ", ".join(seen)


def _count_tables(trial: Trial, cursor: Cursor) -> str:
    target = trial.target
    trial.expected = f"{target.tables} tables in {target.database}"
    cursor.execute(_COUNT_TABLES)
    ((count,),) = cursor.fetchall()
    seen = f"{count} tables in {target.database}"
    if count != target.tables:
        raise LinkError(Outcome.WRONG_ANSWER, seen)
    return seen


def _explain(trial: Trial, error: pymysql.MySQLError) -> LinkError:
    code = error.args[0] if error.args else 0
    said = " ".join(str(part) for part in error.args)
    if code in _ACCOUNT_REFUSED:
        return LinkError(Outcome.CREDENTIALS_REFUSED, said)
    if code in _LOST or code == CR.CR_CONN_HOST_ERROR:
        return LinkError(Outcome.CLOSED, said)
    if isinstance(error, pymysql.InternalError) and not isinstance(code, int):
        return LinkError(Outcome.WRONG_PROTOCOL, said)
    if code in _SCHEMA_REFUSED:
        trial.phases.enter(Phase.APP)
        trial.expected = f"schema {trial.target.database}"
    return LinkError(Outcome.WRONG_ANSWER, said)


def _hang_up(handle: socket.socket) -> None:
    with contextlib.suppress(OSError), handle:
        handle.shutdown(socket.SHUT_RDWR)
