"""Checks the keystores that lie beside the files: names, expiry, and who trusts whom.

Nothing heavy is imported unless a keystore is there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from lab.products.facts import Line, Protocol
from lab.products.key_tables import StoreKeys
from lab.products.keys_4x import ENVIRONMENT
from lab.wiring.check.case import Case, error, warning
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.finding import Finding
from lab.wiring.link import Link, Position
from lab.wiring.settings import Settings, steps
from lab.wiring.urls import is_host

if TYPE_CHECKING:
    from cryptography import x509

    from lab.wiring.keystores import KeyStore

_OVER_TLS = (Protocol.HTTPS, Protocol.BINARY_TLS, Protocol.WSS, Protocol.SOAP)
_SECURITY = "repository/resources/security"
_OWN_PASSWORD = "wso2carbon"  # noqa: S105  # the product's default, in every document
_OWN_ALIAS = "wso2carbon"
_TRUSTSTORE = "client-truststore.jks"


@dataclass(frozen=True, slots=True)
class _Store:
    """A store that a node's file names: where it lies, how it is opened, who says so."""

    path: Path
    password: str
    alias: str
    at: Position
    key: str


@dataclass(frozen=True, slots=True)
class _Identity:
    """What a node shows to those who dial it."""

    node: str
    chain: "tuple[x509.Certificate, ...]"
    at: Position
    key: str


def check_certificates(case: Case) -> Iterator[Finding]:
    """LAB0138 to LAB0141, LAB0154: what a node shows, to whom, and who believes it."""
    if not case.stores:
        return
    identities: dict[str, _Identity] = {}
    trusted: dict[str, tuple[x509.Certificate, ...]] = {}
    for name, settings in case.cluster.nodes.items():
        keystore, truststore = _keystore(settings), _truststore(settings)
        if keystore is not None:
            opened = _open(keystore)
            finding = _of_keystore(opened, keystore)
            if finding is None and not isinstance(opened, str):
                chain = opened.chains[_alias(keystore.alias, opened)]
                identities[name] = _Identity(name, chain, keystore.at, keystore.key)
            elif finding is not None:
                yield finding
        if truststore is not None:
            opened = _open(truststore)
            if isinstance(opened, str):
                yield _unopened(opened, truststore)
            else:
                trusted[name] = opened.trusted
    shipped = {name: one for name, one in identities.items() if _is_shipped(one.chain[0])}
    for identity in shipped.values():
        yield from _shipped(case, identity)
    own = {name: one for name, one in identities.items() if name not in shipped}
    yield from _judge(case, own, trusted)


def _is_shipped(leaf: "x509.Certificate") -> bool:
    """Tell whether it is the one that WSO2 ships: self-signed, of WSO2, for localhost alone."""
    from cryptography.x509 import NameOID  # noqa: PLC0415  # where one is read

    makers = {one.value for one in leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)}
    return leaf.issuer == leaf.subject and "WSO2" in makers and _names(leaf) == {"localhost"}


def _shipped(case: Case, identity: _Identity) -> Iterator[Finding]:
    """LAB0154: one thing instead of a name and a date that are wrong; alone it may do."""
    ended = identity.chain[0].not_valid_after_utc
    is_over = ended <= datetime.now(UTC)
    called = {reading.link.host for reading in case.readings if reading.link.to == identity.node}
    is_misnamed = not {case.cluster.nodes[identity.node].hostname, *called} <= {*LOCAL_HOSTS}
    if not (is_misnamed or is_over):
        return
    what = f"{identity.node} shows the distribution's own certificate, which is for localhost alone"
    if is_over:
        what += f" and expired on {ended:%Y-%m-%d}"
    tell = error if is_misnamed else warning
    mend = (
        "put a keystore there whose certificate carries the node's names; `lab render` of a"
        " topology writes one a node"
    )
    yield tell("LAB0154", what, identity.at, mend, key=identity.key)


def _judge(
    case: Case,
    identities: "Mapping[str, _Identity]",
    trusted: "Mapping[str, tuple[x509.Certificate, ...]]",
) -> Iterator[Finding]:
    for identity in identities.values():
        yield from _expired(identity)
        hostname = case.cluster.nodes[identity.node].hostname
        is_judged = is_host(hostname) and hostname not in LOCAL_HOSTS
        if is_judged and not _carries(identity.chain[0], hostname):
            yield _nameless(case, identity, hostname)
    for reading in case.readings:
        link = reading.link
        dialled = identities.get(link.to or "")
        if dialled is None or link.protocol not in _OVER_TLS or link.to == link.node:
            continue
        if not _carries(dialled.chain[0], link.host):
            yield _nameless(case, dialled, link.host)
        # Clients call the gateway's addresses; the control plane only tells them.
        is_dialled = reading.row is not None and not reading.row.key.startswith(ENVIRONMENT)
        if is_dialled and link.node in trusted:
            yield from _doubted(case, dialled, link, trusted[link.node])


def _expired(identity: _Identity) -> Iterator[Finding]:
    """LAB0139: those who trust its issuer refuse it; a self-signed one is taken as it is."""
    leaf = identity.chain[0]
    ended = leaf.not_valid_after_utc
    if ended > datetime.now(UTC):
        return
    what = f"the certificate of {identity.node} expired on {ended:%Y-%m-%d}"
    tell = warning if leaf.issuer == leaf.subject else error
    yield tell("LAB0139", what, identity.at, "put a valid one there", key=identity.key)


def _nameless(case: Case, dialled: _Identity, host: str) -> Finding:
    # The start script of the 2.x line switches the comparison off for calls between nodes.
    tell = warning if case.cluster.line is Line.XML else error
    what = f"the certificate of {dialled.node} doesn't carry {host}, as others call it"
    mend = f"give it a certificate with the alternative name {host}"
    return tell("LAB0138", what, dialled.at, mend, key=dialled.key)


def _doubted(
    case: Case, dialled: _Identity, link: Link, trusted: "tuple[x509.Certificate, ...]"
) -> Iterator[Finding]:
    if _is_trusted(dialled.chain, trusted):
        return
    settings = case.cluster.nodes[link.node]
    what = f"the truststore of {link.node} holds neither {dialled.node}'s certificate nor its CA"
    at = settings.document.position(steps(settings.tables.truststore.file))
    yield error(
        "LAB0140", what, at, f"import it into {_truststore_name(settings)}", key="truststore"
    )


def _is_trusted(
    chain: "tuple[x509.Certificate, ...]", trusted: "tuple[x509.Certificate, ...]"
) -> bool:
    leaf, *others = chain
    seen: list[x509.Certificate] = []
    waiting = [leaf]
    while waiting:
        certificate = waiting.pop()
        if certificate in trusted or any(_issued(certificate, anchor) for anchor in trusted):
            return True
        seen.append(certificate)
        waiting += [one for one in others if one not in seen and _issued(certificate, one)]
    return False


def _issued(certificate: "x509.Certificate", issuer: "x509.Certificate") -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # where one is read

    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _carries(leaf: "x509.Certificate", host: str) -> bool:
    return any(_fits(name, host) for name in _names(leaf))


def _names(leaf: "x509.Certificate") -> set[str]:
    """Give the alternative names; of a certificate without any, the common one."""
    from cryptography import x509  # noqa: PLC0415  # where one is read

    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        attributes = leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return {str(attribute.value) for attribute in attributes}
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    return {*names.get_values_for_type(x509.DNSName), *addresses}


def _fits(name: str, host: str) -> bool:
    """Tell whether a certificate's name covers *host*; a `*` stands for one label."""
    name, host = name.lower(), host.lower()
    if name.startswith("*."):
        return name[1:] == f".{host.partition('.')[2]}"
    return name == host


def _of_keystore(opened: "KeyStore | str", store: _Store) -> Finding | None:
    if isinstance(opened, str):
        return _unopened(opened, store)
    if _alias(store.alias, opened) in opened.chains:
        return None
    what = f"{store.path.name} holds no key under the alias {store.alias}"
    mend = f"use one of {', '.join(sorted(opened.chains)) or 'a keystore with a key'}"
    return error("LAB0141", what, store.at, mend, key=store.key)


def _unopened(why: str, store: _Store) -> Finding:
    mend = "give the password of the file, which is JKS or PKCS#12"
    return error(
        "LAB0141", f"{store.path.name} can't be opened: {why}", store.at, mend, key=store.key
    )


def _alias(alias: str, opened: "KeyStore") -> str:
    """Give the alias as the store spells it; Java compares them without case."""
    return next((name for name in opened.chains if name.lower() == alias.lower()), alias)


def _open(store: _Store) -> "KeyStore | str":
    from lab.wiring.keystores import read_keystore  # noqa: PLC0415  # imports cryptography

    try:
        return read_keystore(store.path, store.password)
    except (OSError, ValueError) as error_:
        return str(error_).rstrip(".")


def _keystore(settings: Settings) -> _Store | None:
    """Give the keystore of TLS; what it leaves out is the primary one's, then the product's."""
    return _store(settings, settings.tables.keystores, "wso2carbon.jks")


def _truststore(settings: Settings) -> _Store | None:
    return _store(settings, (settings.tables.truststore,), _TRUSTSTORE)


def _truststore_name(settings: Settings) -> str:
    return _written(settings, [settings.tables.truststore.file], _TRUSTSTORE)


def _store(settings: Settings, described: Sequence[StoreKeys], otherwise: str) -> _Store | None:
    files = [one.file for one in described]
    name = _written(settings, files, otherwise).removeprefix(settings.tables.store_folder)
    password = _written(settings, [one.password for one in described], _OWN_PASSWORD)
    alias = _written(settings, [one.alias for one in described], _OWN_ALIAS)
    path = _beside(settings, name)
    if path is None or "$" in password:
        return None
    key = next((one for one in files if settings.written(one)), files[0])
    return _Store(path, password, alias, settings.document.position(steps(key)), key)


def _written(settings: Settings, keys: Sequence[str], otherwise: str) -> str:
    """Give the effective text of the first key that is written; a folder's property stays."""
    for key in keys:
        value = settings.value(key) if settings.written(key) is not None else None
        if value is not None:
            folder = settings.tables.store_folder
            return value.raw if folder and value.raw.startswith(folder) else value.text
    return otherwise


def _beside(settings: Settings, name: str) -> Path | None:
    """Give a store's path when it is a file beside the node's own, never one outside."""
    if settings.path is None or PurePosixPath(name).name != name:
        return None
    conf = settings.path.parent
    places = [conf / name]
    if conf.name == "conf":
        places.append(conf.parent / _SECURITY.removeprefix("repository/") / name)
    return next((place for place in places if place.is_file()), None)
