"""The embedded LDAP server of a key manager: simple binds and searches, as ApacheDS answers them.

It has a loop and a thread of its own: the node it lives in logs in at it, too.
"""

import asyncio
import threading
from collections.abc import Sequence

from standin import log
from standin.acceptor import Acceptor, Listener
from standin.classic.configuration import EmbeddedLdap
from standin.classic.ldap import ber
from standin.classic.ldap.directory import (
    BadNameError,
    Directory,
    Entry,
    knows_password,
    matches,
    parse_name,
)

_SUCCESS, _PROTOCOL_ERROR, _SIZE_LIMIT, _METHOD = 0, 2, 4, 7
_NO_SUCH_OBJECT, _BAD_NAME, _BAD_CREDENTIALS, _NO_ACCESS, _UNWILLING = 32, 34, 49, 50, 53
_BIND, _UNBIND, _SEARCH, _ABANDON, _EXTENDED = 0x60, 0x42, 0x63, 0x50, 0x77
_BIND_ANSWER, _ENTRY, _DONE, _EXTENDED_ANSWER = 0x61, 0x64, 0x65, 0x78
# Modify, add, delete, rename, compare: request → the tag of its answer.
_WRITES = {0x66: 0x67, 0x68: 0x69, 0x4A: 0x6B, 0x6C: 0x6D, 0x6E: 0x6F}
_SIMPLE = 0x80
_SERVER = "org.wso2.carbon.ldap.server.DirectoryActivator"


class LdapServer:
    """The server of one node, listening from `open` on until the process ends."""

    def __init__(self, settings: EmbeddedLdap) -> None:
        self._directory = Directory(settings)
        self._acceptor = Acceptor(Listener(settings.port, self._serve))
        self._listening = threading.Event()

    def open(self) -> None:
        """Listen, in a thread of the server's own."""
        threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True).start()
        self._listening.wait()
        log.info(_SERVER, "LDAP server started. (stand-in)")

    async def _run(self) -> None:
        self._acceptor.open()
        self._listening.set()
        await asyncio.Event().wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self._directory)
        try:
            while True:
                number, operation = _opened(await ber.read_message(reader))
                if operation[0] == _UNBIND:
                    return
                for answer in session.answer(*operation):
                    writer.write(ber.element(ber.SEQUENCE, ber.integer(number), answer))
                await writer.drain()
        except ber.BerError as fault:
            # ApacheDS drops a connection whose bytes it can't decode.
            log.warn(_SERVER, f"stand-in LDAP: {fault}")


def _opened(parts: Sequence[ber.Element]) -> tuple[int, ber.Element]:
    if len(parts) < 2 or parts[0][0] != ber.INTEGER:  # noqa: PLR2004 - number and operation
        raise ber.BerError("a message without number or operation")
    return ber.number(parts[0][1]), parts[1]


class _Session:
    """One connection: who is bound, and the answers to its operations."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._bound = False

    def answer(self, tag: int, content: bytes) -> list[bytes]:
        """Return the answers of one operation, in their order; raises BerError."""
        if tag == _BIND:
            return [self._bind(ber.elements(content))]
        if tag == _SEARCH:
            return self._search(ber.elements(content))
        if tag in _WRITES:
            return [_result(_WRITES[tag], _UNWILLING, "the stand-in only reads")]
        if tag == _EXTENDED:
            return [_result(_EXTENDED_ANSWER, _PROTOCOL_ERROR, "unsupported extended operation")]
        if tag == _ABANDON:
            return []
        raise ber.BerError(f"an operation {tag:#x}")

    def _bind(self, parts: Sequence[ber.Element]) -> bytes:
        if len(parts) != 3:  # noqa: PLR2004 - version, name, password
            raise ber.BerError("a bind without its three parts")
        self._bound = False
        text, (method, password) = parts[1][1].decode("utf-8", "replace"), parts[2]
        if method != _SIMPLE:
            return _result(_BIND_ANSWER, _METHOD, "the stand-in knows simple binds only")
        try:
            name = parse_name(text)
        except BadNameError:
            return _result(_BIND_ANSWER, _BAD_NAME, f"Bad DN syntax: {text}")
        code, words = self._judge(name, text, password)
        self._bound = code == _SUCCESS
        return _result(_BIND_ANSWER, code, words)

    def _judge(self, name: tuple[str, ...], text: str, password: bytes) -> tuple[int, str]:
        if not name or not password:
            return _BAD_CREDENTIALS, "Anonymous binds have been disabled!"
        entry = self._directory.entry(name)
        if entry is None:
            return _BAD_CREDENTIALS, "cannot bind the principalDn."
        if not knows_password(entry, password):
            return _BAD_CREDENTIALS, f"ERR_229 Cannot authenticate user {text}"
        return _SUCCESS, ""

    def _search(self, parts: Sequence[ber.Element]) -> list[bytes]:
        if len(parts) != 8:  # noqa: PLR2004 - RFC 4511 section 4.5.1
            raise ber.BerError("a search without its eight parts")
        if not self._bound:
            return [_result(_DONE, _NO_ACCESS, "anonymous access is not allowed")]
        text = parts[0][1].decode("utf-8", "replace")
        try:
            base = parse_name(text)
        except BadNameError:
            return [_result(_DONE, _BAD_NAME, f"Bad DN syntax: {text}")]
        if self._directory.entry(base) is None:
            return [_result(_DONE, _NO_SUCH_OBJECT, f"Attempt to search under {text}")]
        limit = ber.number(parts[3][1])
        wanted = [each.decode("utf-8", "replace") for _, each in ber.elements(parts[7][1])]
        found = [
            _entry(each, wanted, types_only=parts[5][1] != b"\0")
            for each in self._directory.under(base, ber.number(parts[1][1]))
            if matches(each, parts[6])
        ]
        if 0 < limit < len(found):
            return [*found[:limit], _result(_DONE, _SIZE_LIMIT, "")]
        return [*found, _result(_DONE, _SUCCESS, "")]


def _result(tag: int, code: int, words: str) -> bytes:
    return ber.element(tag, ber.integer(code, ber.ENUMERATED), ber.octets(""), ber.octets(words))


def _entry(entry: Entry, wanted: Sequence[str], *, types_only: bool) -> bytes:
    names = {each.lower() for each in wanted}
    everything = not names or "*" in names
    attributes = [
        ber.element(
            ber.SEQUENCE,
            ber.octets(name),
            ber.element(ber.SET, *([] if types_only else [ber.octets(each) for each in values])),
        )
        for name, values in entry.attributes.items()
        if everything or name.lower() in names
    ]
    return ber.element(_ENTRY, ber.octets(entry.name), ber.element(ber.SEQUENCE, *attributes))
