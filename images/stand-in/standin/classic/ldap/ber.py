"""The few BER values that LDAP messages are made of (RFC 4511 section 5.1: definite lengths)."""

import asyncio

SEQUENCE, SET = 0x30, 0x31
BOOLEAN, INTEGER, OCTETS, ENUMERATED = 0x01, 0x02, 0x04, 0x0A
MESSAGE_LIMIT = 1 << 20

Element = tuple[int, bytes]


class BerError(ValueError):
    """Bytes that are no BER value as LDAP writes them."""


def element(tag: int, *parts: bytes) -> bytes:
    """Return one value: tag, length, and *parts* as its content."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 - the short form's limit
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def octets(value: str | bytes, tag: int = OCTETS) -> bytes:
    """Return an OCTET STRING."""
    return element(tag, value.encode() if isinstance(value, str) else value)


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Return an INTEGER or, with its tag, an ENUMERATED."""
    return element(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def elements(content: bytes) -> list[Element]:
    """Return the values that stand in *content*, one after another; raises BerError."""
    found, at = [], 0
    while at < len(content):
        size, start = _length(content, at + 1)
        if start + size > len(content):
            raise BerError("a value reaches beyond its end")
        found.append((content[at], content[start : start + size]))
        at = start + size
    return found


def number(content: bytes) -> int:
    """Return the value of an INTEGER's or ENUMERATED's content."""
    return int.from_bytes(content, "big", signed=True)


async def read_message(reader: asyncio.StreamReader) -> list[Element]:
    """Return the parts of the next LDAPMessage; raises BerError, IncompleteReadError."""
    head = await reader.readexactly(2)
    if head[0] != SEQUENCE:
        raise BerError(f"a message that begins with {head[:1].hex()}")
    size = head[1]
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4:  # noqa: PLR2004 - indefinite, or larger than any message
            raise BerError("a length that LDAP doesn't use")
        size = int.from_bytes(await reader.readexactly(count), "big")
    if size > MESSAGE_LIMIT:
        raise BerError(f"a message of {size} bytes")
    return elements(await reader.readexactly(size))


def _length(content: bytes, at: int) -> tuple[int, int]:
    """Return a value's length, and where its content begins."""
    if at >= len(content):
        raise BerError("a value without a length")
    first = content[at]
    if first < 0x80:  # noqa: PLR2004 - the short form's limit
        return first, at + 1
    count = first & 0x7F
    if not 1 <= count <= 4 or at + 1 + count > len(content):  # noqa: PLR2004 - as above
        raise BerError("a length that LDAP doesn't use")
    return int.from_bytes(content[at + 1 : at + 1 + count], "big"), at + 1 + count
