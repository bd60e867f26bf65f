"""The LDAP messages that a probe says and understands (RFC 4511, BER with definite lengths)."""

from dataclasses import dataclass

UNBIND = bytes((0x42, 0x00))
BIND_ANSWER, ENTRY, REFERENCE, SEARCH_DONE, EXTENDED_ANSWER = 0x61, 0x64, 0x73, 0x65, 0x78
SUCCESS, NO_SUCH_OBJECT = 0, 32
REFUSALS = (48, 49, 53)  # of a bind: inappropriate, invalid, a DN without password

_SEQUENCE, _INTEGER, _OCTETS, _ENUMERATED, _BOOLEAN = 0x30, 0x02, 0x04, 0x0A, 0x01
_BIND, _SEARCH = 0x60, 0x63
_SIMPLE, _PRESENT = 0x80, 0x87
_SHORT = 0x80  # lengths below it are one byte
_LONGEST_LENGTH = 4

_MEANINGS = {
    1: "operations error",
    2: "protocol error",
    7: "authentication method not supported",
    8: "stronger authentication required",
    13: "confidentiality required",
    32: "no such object",
    34: "invalid DN syntax",
    48: "inappropriate authentication",
    49: "invalid credentials",
    50: "insufficient access rights",
    51: "busy",
    52: "unavailable",
    53: "unwilling to perform",
}


class MalformedError(ValueError):
    """Bytes that are no LDAP message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One answer: what it is, and a result's code and text (0 and "" for an entry)."""

    number: int
    kind: int
    code: int
    text: str

    def __str__(self) -> str:
        """Give the code with its meaning, and what the server said."""
        meaning = _MEANINGS.get(self.code, "LDAP error")
        return f"{meaning} ({self.code})" + (f": {self.text}" if self.text else "")


def bind(number: int, name: str, password: str) -> bytes:
    """Give a simple bind."""
    inner = _integer(3) + _value(_OCTETS, name.encode()) + _value(_SIMPLE, password.encode())
    return _message(number, _value(_BIND, inner))


def find_entry(number: int, name: str) -> bytes:
    """Give a search for the one entry *name*, without its attributes."""
    inner = (
        _value(_OCTETS, name.encode())
        + _value(_ENUMERATED, b"\0")  # the entry itself
        + _value(_ENUMERATED, b"\0")  # aliases as they are
        + _integer(1)
        + _integer(0)
        + _value(_BOOLEAN, b"\0")
        + _value(_PRESENT, b"objectClass")
        + _value(_SEQUENCE, _value(_OCTETS, b"1.1"))
    )
    return _message(number, _value(_SEARCH, inner))


def unbind(number: int) -> bytes:
    """Give the good-bye."""
    return _message(number, UNBIND)


def length_of_length(first: int) -> int:
    """Give how many bytes follow a length's first one; raises `MalformedError`."""
    if first < _SHORT:
        return 0
    count = first - _SHORT
    if not 1 <= count <= _LONGEST_LENGTH:
        raise MalformedError(f"a length that begins with {first:#04x}")
    return count


def read(content: bytes) -> Message:
    """Give the message inside a sequence's *content*; raises `MalformedError`."""
    parts = _split(content)
    if len(parts) < 2 or parts[0][0] != _INTEGER:  # noqa: PLR2004 - number and operation
        raise MalformedError("a message without number or operation")
    kind, inner = parts[1]
    number = int.from_bytes(parts[0][1], "big")
    if kind in (ENTRY, REFERENCE):
        return Message(number, kind, SUCCESS, "")
    result = _split(inner)
    if len(result) < 3 or result[0][0] != _ENUMERATED:  # noqa: PLR2004 - code, name, text
        raise MalformedError("a result without code or text")
    code = int.from_bytes(result[0][1], "big")
    return Message(number, kind, code, result[2][1].decode(errors="replace"))


def _split(content: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(content):
        head = content[at : at + 2]
        if len(head) < 2:  # noqa: PLR2004 - tag and length
            raise MalformedError("a value without a length")
        count = length_of_length(head[1])
        start = at + 2 + count
        size = int.from_bytes(content[at + 2 : start], "big") if count else head[1]
        if start + size > len(content):
            raise MalformedError("a value reaches beyond its end")
        found.append((head[0], content[start : start + size]))
        at = start + size
    return found


def _message(number: int, operation: bytes) -> bytes:
    return _value(_SEQUENCE, _integer(number) + operation)


def _integer(value: int) -> bytes:
    return _value(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _value(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < _SHORT:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(length))) + length + content
