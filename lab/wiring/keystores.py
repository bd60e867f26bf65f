"""Reads the certificates of keystores and truststores that lie beside a node's file.

Only certificates are taken: no private key is kept.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.utils import CryptographyDeprecationWarning

from lab.jks import is_jks, read_jks

LARGEST = 4 * 1024 * 1024  # bytes; a truststore with every public authority has 200 kilobytes


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
    if is_jks(content):
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


def _read_jks(content: bytes, password: str) -> KeyStore:
    found = read_jks(content, password)
    return KeyStore(
        {alias: tuple(map(_parsed, chain)) for alias, chain in found.chains.items()},
        tuple(certificate for der in found.trusted.values() for certificate in _known(der)),
    )


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
