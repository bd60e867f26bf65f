"""The keystore and truststore files of a node, as its own configuration names them.

They are PKCS#12, which Java reads under the type `JKS` too (measured on 4.1.0, JDK 11),
encrypted with what JDK 8 already knows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from lab.errors import Problem
from lab.render.certificates import Pair, pair_of

_PASSWORD = "wso2carbon"  # noqa: S105  # the product's default, on files of the lab's own
_KEYSTORE = {"file_name": "wso2carbon.jks", "password": _PASSWORD, "alias": "wso2carbon"}
_TRUSTSTORE = {"file_name": "client-truststore.jks", "password": _PASSWORD, "alias": ""}
_ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Store:
    """A store's file name, password and the alias of its key; a truststore has no alias."""

    file_name: str
    password: str = field(repr=False)
    alias: str = ""


def keystores(values: Mapping[str, Any]) -> tuple[Store, ...]:
    """Give the keystores that a deployment.toml names; tls and internal follow the primary one."""
    sections = _mapping(values.get("keystore"))
    primary = _KEYSTORE | dict(_mapping(sections.get("primary")))
    stores = (
        _store(primary | dict(_mapping(sections.get(name))))
        for name in ("primary", "tls", "internal")
    )
    return tuple(dict.fromkeys(stores))


def truststore(values: Mapping[str, Any]) -> Store:
    """Give the truststore that a deployment.toml names."""
    return _store(_TRUSTSTORE | dict(_mapping(values.get("truststore"))) | {"alias": ""})


def store_problems(values: Mapping[str, Any], where: str) -> list[Problem]:
    """Give what keeps the lab from writing the stores that a `config` asks for, at *where*."""
    problems = []
    stores = (*keystores(values), truststore(values))
    for name in dict.fromkeys(store.file_name for store in stores):
        if PurePath(name).name != name or name in ("", ".", "..", "deployment.toml"):
            problems.append(_problem(f"{name!r} can't be a store's file name", where))
        elif len([store for store in stores if store.file_name == name]) > 1:
            problems.append(_problem(f"{name!r} has two passwords or two aliases", where))
    for section, table in _mapping(values.get("keystore")).items():
        password = _mapping(table).get("password", _PASSWORD)
        if _mapping(table).get("key_password", password) != password:
            problems.append(
                Problem(
                    "the key's password differs from its store's, and PKCS#12 has one for both",
                    f"{where}.keystore.{section}.key_password",
                    "give both the same value",
                )
            )
    return problems


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


def _store(values: Mapping[str, Any]) -> Store:
    return Store(str(values["file_name"]), str(values["password"]), str(values["alias"]))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _problem(what: str, where: str) -> Problem:
    return Problem(
        what,
        where,
        "name each file of [keystore.*] and [truststore] without a folder, with one password",
    )
