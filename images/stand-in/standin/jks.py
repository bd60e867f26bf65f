"""Reads Java's own keystore format, which nodes of the 2.x line are given."""

import hashlib
import io
import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MAGIC = b"\xfe\xed\xfe\xed"
_KEY = 1
_DIGEST = 20  # bytes of SHA-1
_WHITENER = b"Mighty Aphrodite"


class JksError(Exception):
    """The file is damaged, or the password isn't its."""


@dataclass(slots=True)
class Jks:
    """Everything in DER: keys (PKCS#8) and chains, leaf first, by alias; trusted certificates."""

    keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    chains: dict[str, list[bytes]] = field(default_factory=dict)
    trusted: list[bytes] = field(default_factory=list)


def read_jks(content: bytes, password: str) -> Jks:
    """Return a store's entries; raises JksError."""
    spelt = password.encode("utf-16-be")
    body, seal = content[:-_DIGEST], content[-_DIGEST:]
    if _sha1(spelt + _WHITENER + body) != seal:
        raise JksError("wrong password")
    found, stream = Jks(), io.BytesIO(body[8:])
    for _ in range(_number(stream)):
        kind, alias = _number(stream), _text(stream)
        stream.read(8)  # when the entry was made
        if kind == _KEY:
            found.keys[alias] = _revealed(_sized(stream), spelt)
            found.chains[alias] = [_certificate(stream) for _ in range(_number(stream))]
        else:
            found.trusted.append(_certificate(stream))
    return found


def _revealed(hidden: bytes, spelt: bytes) -> bytes:
    """Return a key that Sun's KeyProtector hid: a salt, the key mixed with a stream, a check."""
    _algorithm, octets = _elements(_elements(hidden)[0])
    mixed = octets[_DIGEST:-_DIGEST]
    stream = itertools.chain.from_iterable(_stream(spelt, octets[:_DIGEST]))
    key = bytes(one ^ other for one, other in zip(mixed, stream, strict=False))
    if _sha1(spelt + key) != octets[-_DIGEST:]:
        raise JksError("wrong password of a key")
    return key


def _elements(der: bytes) -> list[bytes]:
    """Return the contents of the DER values that stand one after another."""
    found, at = [], 0
    while at < len(der):
        length, at = der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(der[at : at + count]), at + count
        found.append(der[at : at + length])
        at += length
    return found


def _stream(spelt: bytes, salt: bytes) -> Iterator[bytes]:
    while True:
        salt = _sha1(spelt + salt)
        yield salt


def _sha1(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()


def _certificate(stream: io.BytesIO) -> bytes:
    _text(stream)  # its type, X.509
    return _sized(stream)


def _sized(stream: io.BytesIO) -> bytes:
    return stream.read(_number(stream))


def _text(stream: io.BytesIO) -> str:
    (length,) = struct.unpack(">H", stream.read(2))
    return stream.read(length).decode()


def _number(stream: io.BytesIO) -> int:
    (number,) = struct.unpack(">I", stream.read(4))
    return int(number)
