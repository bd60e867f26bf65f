"""Java's own keystore format JKS, read and written.

Products of before JDK 9 have programs in them that open nothing else. The layout is that of
sun.security.provider's JavaKeyStore, the disguise of a private key that of its KeyProtector: SHA-1
all through, which hides little. No kept library writes it.
"""

import hashlib
import itertools
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_MAGIC = struct.pack(">I", 0xFEEDFEED)
_VERSION = 2
_KEY, _TRUSTED = 1, 2
_WHITENER = b"Mighty Aphrodite"
_DIGEST = hashlib.sha1(usedforsecurity=False).digest_size
# EncryptedPrivateKeyInfo's algorithm: Sun's 1.3.6.1.4.1.42.2.17.1.1, without parameters.
_ALGORITHM = bytes.fromhex("300e060a2b060104012a021101010500")
_SEQUENCE, _OCTETS = 0x30, 0x04


@dataclass(frozen=True, slots=True)
class Jks:
    """A store's entries by alias, everything in DER: chains leaf first, keys still disguised."""

    chains: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    trusted: Mapping[str, bytes] = field(default_factory=dict)
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def is_jks(content: bytes) -> bool:
    """Tell whether a file begins as JKS does."""
    return content.startswith(_MAGIC)


def read_jks(content: bytes, password: str) -> Jks:
    """Read a store; raises `ValueError` for a wrong password, and for what is no JKS."""
    if _signature(content[:-_DIGEST], password) != content[-_DIGEST:]:
        raise ValueError("the password isn't the keystore's, or the file is damaged")
    taken = _Bytes(content[:-_DIGEST])
    taken.number()
    version, count = taken.number(), taken.number()
    chains: dict[str, Sequence[bytes]] = {}
    trusted: dict[str, bytes] = {}
    keys: dict[str, bytes] = {}
    for _ in range(count):
        kind, alias = taken.number(), taken.text()
        taken.take(8)  # when the entry was made
        if kind == _KEY:
            keys[alias] = taken.take(taken.number())
            chains[alias] = [taken.certificate(version) for _ in range(taken.number())]
        elif kind == _TRUSTED:
            trusted[alias] = taken.certificate(version)
        else:
            raise ValueError(f"entry {alias} is neither a key nor a certificate")
    return Jks(chains, trusted, keys)


def write_jks(store: Jks, password: str) -> bytes:
    """Give a store's bytes; its entries have no date."""
    parts = [_MAGIC, _number(_VERSION), _number(len(store.chains) + len(store.trusted))]
    for alias, chain in store.chains.items():
        parts += [_number(_KEY), _alias(alias), bytes(8), _sized(store.keys[alias])]
        parts += [_number(len(chain)), *map(_certificate, chain)]
    for alias, certificate in store.trusted.items():
        parts += [_number(_TRUSTED), _alias(alias), bytes(8), _certificate(certificate)]
    content = b"".join(parts)
    return content + _signature(content, password)


def disguised(key: bytes, password: str) -> bytes:
    """Hide a private key (PKCS#8, in DER) behind a password."""
    spelt, salt = _spelt(password), os.urandom(_DIGEST)
    hidden = salt + _mixed(key, spelt, salt) + _sha1(spelt + key)
    return _der(_SEQUENCE, _ALGORITHM + _der(_OCTETS, hidden))


def undisguised(hidden: bytes, password: str) -> bytes:
    """Give a private key (PKCS#8, in DER) back; raises `ValueError` for a wrong password."""
    _, inside = hidden.split(_ALGORITHM, 1)
    spelt, octets = _spelt(password), inside[_head(inside) :]
    key = _mixed(octets[_DIGEST:-_DIGEST], spelt, octets[:_DIGEST])
    if _sha1(spelt + key) != octets[-_DIGEST:]:
        raise ValueError("the password isn't the key's")
    return key


class _Bytes:
    """A file's bytes, taken from the front in the units that Java's DataInput has."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, count: int) -> bytes:
        piece = self.content[self.at : self.at + count]
        if len(piece) != count:
            raise ValueError("the keystore ends too early")
        self.at += count
        return piece

    def number(self) -> int:
        (number,) = struct.unpack(">I", self.take(4))
        return int(number)

    def text(self) -> str:
        (length,) = struct.unpack(">H", self.take(2))
        return self.take(length).decode("utf-8", errors="replace")

    def certificate(self, version: int) -> bytes:
        if version > 1:
            self.text()  # the certificate's type, which is X.509 wherever Java is
        return self.take(self.number())


def _signature(content: bytes, password: str) -> bytes:
    return _sha1(_spelt(password) + _WHITENER + content)


def _spelt(password: str) -> bytes:
    return password.encode("utf-16-be")


def _sha1(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()


def _mixed(content: bytes, spelt: bytes, salt: bytes) -> bytes:
    stream = itertools.chain.from_iterable(_stream(spelt, salt))
    return bytes(one ^ other for one, other in zip(content, stream, strict=False))


def _stream(spelt: bytes, salt: bytes) -> Iterator[bytes]:
    while True:
        salt = _sha1(spelt + salt)
        yield salt


def _alias(alias: str) -> bytes:
    """Spell an alias as Java looks for it: in small letters, whatever it is asked for."""
    return _text(alias.lower())


def _certificate(certificate: bytes) -> bytes:
    return _text("X.509") + _sized(certificate)


def _sized(content: bytes) -> bytes:
    return _number(len(content)) + content


def _text(text: str) -> bytes:
    spelt = text.encode()
    return struct.pack(">H", len(spelt)) + spelt


def _number(number: int) -> bytes:
    return struct.pack(">I", number)


def _der(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x82]) + struct.pack(">H", len(content)) + content


def _head(octets: bytes) -> int:
    """Give how many bytes stand before a DER value's content: tag, and length in either form."""
    return 2 + (octets[1] & 0x7F if octets[1] & 0x80 else 0)
