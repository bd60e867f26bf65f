"""The bytes of keystores and truststores.

They are PKCS#12, which Java reads under the type `JKS` too (measured on 4.1.0, JDK 11),
encrypted with what JDK 8 already knows; or JKS, where a program of the product's own reads them
(Jaggery in 2.1, measured).
"""

from collections.abc import Iterable, Mapping

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from lab.jks import Jks, disguised, is_jks, read_jks, undisguised, write_jks
from lab.render.certificates import Pair, pair_of
from lab.render.stores import Store

_ROUNDS = 2000
_DER = serialization.Encoding.DER
_PKCS8 = serialization.PrivateFormat.PKCS8
_PLAIN = serialization.NoEncryption()


def keystore_bytes(store: Store, pair: Pair, authority: x509.Certificate) -> bytes:
    """Give a keystore with this key under the store's alias, and its chain."""
    if store.is_jks:
        chain = [certificate.public_bytes(_DER) for certificate in (pair.certificate, authority)]
        key = disguised(pair.key.private_bytes(_DER, _PKCS8, _PLAIN), store.password)
        return write_jks(Jks({store.alias: chain}, {}, {store.alias: key}), store.password)
    return pkcs12.serialize_key_and_certificates(
        store.alias.encode(), pair.key, pair.certificate, [authority], _encryption(store.password)
    )


def truststore_bytes(store: Store, entries: Mapping[str, x509.Certificate]) -> bytes:
    """Give a truststore with these certificates by alias."""
    if store.is_jks:
        trusted = {alias: entry.public_bytes(_DER) for alias, entry in entries.items()}
        return write_jks(Jks({}, trusted), store.password)
    return pkcs12.serialize_java_truststore(
        [pkcs12.PKCS12Certificate(entry, alias.encode()) for alias, entry in entries.items()],
        _encryption(store.password),
    )


def read_keystore(store: Store, content: bytes) -> Pair | None:
    """Give the key of a kept keystore, or nothing when it isn't as the store says."""
    if store.is_jks != is_jks(content):
        return None
    try:
        return _read_jks(store, content) if store.is_jks else _read_pkcs12(store, content)
    except ValueError:
        return None


def _read_jks(store: Store, content: bytes) -> Pair | None:
    found, alias = read_jks(content, store.password), store.alias.lower()
    if alias not in found.keys:
        return None
    key = undisguised(found.keys[alias], store.password)
    certificate = x509.load_der_x509_certificate(found.chains[alias][0])
    return pair_of(serialization.load_der_private_key(key, None), certificate)


def _read_pkcs12(store: Store, content: bytes) -> Pair | None:
    found = pkcs12.load_pkcs12(content, store.password.encode())
    if found.cert is None or found.cert.friendly_name != store.alias.encode():
        return None
    return pair_of(found.key, found.cert.certificate)


def keystore_holds(store: Store, content: bytes, pair: Pair) -> bool:
    """Tell whether a kept keystore has this pair under the store's alias and password."""
    found = read_keystore(store, content)
    return found is not None and found.certificate == pair.certificate


def truststore_holds(store: Store, content: bytes, entries: Mapping[str, x509.Certificate]) -> bool:
    """Tell whether a kept truststore has exactly these certificates."""
    if store.is_jks != is_jks(content):
        return False
    try:
        if store.is_jks:
            wanted = {alias.lower(): entry.public_bytes(_DER) for alias, entry in entries.items()}
            return read_jks(content, store.password).trusted == wanted
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
