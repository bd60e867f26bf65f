"""The servlet `/thriftAuthenticator`: a password in, a session of the thrift services out.

It speaks thrift's compact protocol in the body of a POST (carbon-identity registers it so), of
which only calls and answers made of strings are known here.
"""

import asyncio
import ssl
import time
import uuid

from standin import http_client, log
from standin.accounts import Accounts
from standin.classic.configuration import Service
from standin.http_server import Handler, Request, Response

CONTEXT = "/thriftAuthenticator"
METHOD = "authenticate"

_PROTOCOL, _CALL, _REPLY = 0x82, 0x21, 0x41  # version 1 in the low bits of the second byte
_STRING, _STRUCT = 8, 12
_SESSION_SECONDS = 30 * 60.0
_OK = 200
_CONTENT = "application/x-thrift"
_SERVICE = "org.wso2.carbon.identity.thrift.authentication.ThriftAuthenticatorServiceImpl"


class RefusedError(Exception):
    """No session: the password is wrong, or the body is no call."""


class Sessions:
    """The sessions of one key manager's thrift services."""

    def __init__(self) -> None:
        self._opened: dict[str, float] = {}

    def open(self) -> str:
        """Return a new session's id."""
        session = str(uuid.uuid4())
        self._opened[session] = time.monotonic()
        return session

    def alive(self, session: str) -> bool:
        """Tell whether a session is known and not older than half an hour."""
        since = self._opened.get(session)
        return since is not None and time.monotonic() - since < _SESSION_SECONDS


def authenticator(accounts: Accounts, sessions: Sessions) -> Handler:
    """Return the handler of the servlet."""

    async def handle(request: Request) -> Response:
        try:
            method, number, (username, password) = _read(request.body, _CALL, {1: "", 2: ""})
        except ValueError as fault:
            log.error(_SERVICE, f"TProtocolException: {fault}")
            return Response(500)
        if method != METHOD:
            return Response(500)
        if await asyncio.to_thread(accounts.knows, username, password):
            body = _write(_REPLY, number, _text_field(0, sessions.open()))
        else:
            log.warn(_SERVICE, f"Failed thrift login of '{username}'")
            words = _text_field(1, "User name or password is invalid") + b"\0"
            body = _write(_REPLY, number, bytes((0x10 | _STRUCT,)) + words)
        return Response(200, body, _CONTENT)

    return handle


async def ask_session(service: Service, trust: ssl.SSLContext) -> str:
    """Return a session of the key manager at *service*; raises RefusedError, OSError."""
    base = service.url.partition("/services")[0]
    account = service.account
    called = _text_field(1, account.username) + _text_field(1, account.password)
    answer = await http_client.send(
        "POST",
        base + CONTEXT,
        None,
        trust,
        body=_write(_CALL, 1, called),
        headers={"Content-Type": _CONTENT},
    )
    if answer.status != _OK:
        raise RefusedError(f"{base}{CONTEXT} answered {answer.status}")
    try:
        _, _, (session,) = _read(answer.body, _REPLY, {0: ""})
    except ValueError as fault:
        raise RefusedError("the key manager refuses the user name or password") from fault
    return session


def _write(kind: int, number: int, fields: bytes) -> bytes:
    name = METHOD.encode()
    head = bytes((_PROTOCOL, kind)) + _varint(number) + _varint(len(name)) + name
    return head + fields + b"\0"


def _text_field(step: int, value: str) -> bytes:
    """Return a string field; *step* is its number less the one before, 0 for a return value."""
    content = value.encode()
    # A return value has the number 0, which the short form can't say.
    head = bytes((step << 4 | _STRING,)) if step else bytes((_STRING, 0))
    return head + _varint(len(content)) + content


def _read(body: bytes, kind: int, wanted: dict[int, str]) -> tuple[str, int, list[str]]:
    """Return a message's method, number and wanted string fields; raises ValueError."""
    if body[:2] != bytes((_PROTOCOL, kind)):
        raise ValueError("no message of the compact protocol")
    number, at = _read_varint(body, 2)
    size, at = _read_varint(body, at)
    method, at = body[at : at + size].decode(), at + size
    found, before = dict(wanted), 0
    while at < len(body) and body[at]:
        step, is_long = body[at] >> 4, body[at] >> 4 == 0
        if body[at] & 0x0F != _STRING:
            raise ValueError("a field that is no string")
        identifier, at = _read_varint(body, at + 1) if is_long else (before + step, at + 1)
        before = identifier // 2 if is_long else identifier  # zigzag
        size, at = _read_varint(body, at)
        found[before], at = body[at : at + size].decode(), at + size
    return method, number, [found[each] for each in wanted]


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))


def _read_varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(body) or shift > 28:  # noqa: PLR2004 - five bytes at most
            raise ValueError("a number without its end")
        value |= (body[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if body[at - 1] < 0x80:  # noqa: PLR2004 - the last of its bytes
            return value, at
