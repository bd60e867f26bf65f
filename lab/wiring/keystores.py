"""Reads the certificates of keystores and truststores that lie beside a node's file.

Only certificates are taken: no private key is kept. PKCS#12 is read with `cryptography`; the
certificates of Java's own JKS format aren't encrypted, and its layout is sun.security.provider's
JavaKeyStore.
"""

import hashlib
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.utils import CryptographyDeprecationWarning

LARGEST = 4 * 1024 * 1024  # bytes; a truststore with every public authority has 200 kilobytes
_JKS = 0xFEEDFEED
_KEY, _TRUSTED = 1, 2
_WHITENER = b"Mighty Aphrodite"
_DIGEST = hashlib.sha1(usedforsecurity=False).digest_size


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The chains of its keys by alias, leaf first, and the certificates that it trusts."""

    chains: dict[str, tuple[x509.Certificate, ...]]
    trusted: tuple[x509.Certificate, ...]


def read_keystore(path: Path, password: str) -> KeyStore:
    """Read a JKS or PKCS#12 file.

    Raises `ValueError` for another format and for a wrong password, `OSError` when it can't be
    read.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError("it is larger than any keystore")
    content = path.read_bytes()
    if content[:4] == struct.pack(">I", _JKS):
        return _read_jks(content, password)
    return _read_pkcs12(content, password)


def _read_pkcs12(content: bytes, password: str) -> KeyStore:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        found = pkcs12.load_pkcs12(content, password.encode())
    others = tuple(entry.certificate for entry in found.additional_certs)
    if found.cert is None:
        return KeyStore({}, others)
    alias = (found.cert.friendly_name or b"").decode(errors="replace")
    return KeyStore({alias: (found.cert.certificate, *others)}, others)


class _Bytes:
    """A JKS file's bytes, taken from the front in the units that Java's DataInput has."""

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


def _read_jks(content: bytes, password: str) -> KeyStore:
    # Java spells the password in UTF-16, and signs the whole file with it.
    keyed = password.encode("utf-16-be") + _WHITENER + content[:-_DIGEST]
    if hashlib.sha1(keyed, usedforsecurity=False).digest() != content[-_DIGEST:]:
        raise ValueError("the password isn't the keystore's, or the file is damaged")
    taken = _Bytes(content[:-_DIGEST])
    taken.number()
    version, count = taken.number(), taken.number()
    chains: dict[str, tuple[x509.Certificate, ...]] = {}
    trusted: list[x509.Certificate] = []
    for _ in range(count):
        kind, alias = taken.number(), taken.text()
        taken.take(8)  # when the entry was made
        if kind == _KEY:
            taken.take(taken.number())
            chains[alias] = tuple(_certificates(taken, version))
        elif kind == _TRUSTED:
            trusted += _known(taken.certificate(version))
        else:
            raise ValueError(f"entry {alias} is neither a key nor a certificate")
    return KeyStore(chains, tuple(trusted))


def _certificates(taken: _Bytes, version: int) -> Iterator[x509.Certificate]:
    for _ in range(taken.number()):
        yield _parsed(taken.certificate(version))


def _known(der: bytes) -> Iterator[x509.Certificate]:
    """Give a trusted certificate; one too odd to be read signs no node's certificate."""
    try:
        yield _parsed(der)
    except ValueError:
        return


def _parsed(der: bytes) -> x509.Certificate:
    with warnings.catch_warnings():
        # Old public authorities have serial numbers that were allowed when they were made.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return x509.load_der_x509_certificate(der)
