"""The bytes of keystores and truststores.

They are PKCS#12, which Java reads under the type `JKS` too (measured on 4.1.0, JDK 11),
encrypted with what JDK 8 already knows.
"""

from collections.abc import Iterable, Mapping

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from lab.render.certificates import Pair, pair_of
from lab.render.stores import Store

_ROUNDS = 2000


def keystore_bytes(store: Store, pair: Pair, authority: x509.Certificate) -> bytes:
    """Give a keystore with this key under the store's alias, and its chain."""
    return pkcs12.serialize_key_and_certificates(
        store.alias.encode(), pair.key, pair.certificate, [authority], _encryption(store.password)
    )


def truststore_bytes(store: Store, entries: Mapping[str, x509.Certificate]) -> bytes:
    """Give a truststore with these certificates by alias."""
    return pkcs12.serialize_java_truststore(
        [pkcs12.PKCS12Certificate(entry, alias.encode()) for alias, entry in entries.items()],
        _encryption(store.password),
    )


def read_keystore(store: Store, content: bytes) -> Pair | None:
    """Give the key of a kept keystore, or nothing when it isn't as the store says."""
    try:
        found = pkcs12.load_pkcs12(content, store.password.encode())
    except ValueError:
        return None
    if found.cert is None or found.cert.friendly_name != store.alias.encode():
        return None
    return pair_of(found.key, found.cert.certificate)


def keystore_holds(store: Store, content: bytes, pair: Pair) -> bool:
    """Tell whether a kept keystore has this pair under the store's alias and password."""
    found = read_keystore(store, content)
    return found is not None and found.certificate == pair.certificate


def truststore_holds(store: Store, content: bytes, entries: Mapping[str, x509.Certificate]) -> bool:
    """Tell whether a kept truststore has exactly these certificates."""
    try:
        found = pkcs12.load_pkcs12(content, store.password.encode())
    except ValueError:
        return False
    return _named(found.additional_certs) == entries


def _named(
    certificates: Iterable[pkcs12.PKCS12Certificate],
) -> dict[str, x509.Certificate]:
    return {
        (entry.friendly_name or b"").decode(errors="replace"): entry.certificate
        for entry in certificates
    }


def _encryption(password: str) -> serialization.KeySerializationEncryption:
    return (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303  # what JDK 8 reads
        .build(password.encode())
    )
