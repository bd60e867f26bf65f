"""Turns the node's keystore and truststore into TLS contexts: PKCS#12 by the program `openssl`."""

import base64
import os
import re
import ssl
import subprocess
from dataclasses import dataclass

from standin.configuration import Keystore
from standin.jks import MAGIC, Jks, JksError, read_jks

_BAG = re.compile(
    r"(?P<attributes>(?:(?!-----BEGIN)[^\n]*\n)*)"
    r"(?P<pem>-----BEGIN (?P<kind>[A-Z ]+)-----\n.*?-----END (?P=kind)-----\n)",
    re.DOTALL,
)
_FRIENDLY_NAME = re.compile(r"friendlyName: *(?P<name>[^\n]*)")


class KeystoreError(Exception):
    """A keystore can't be read, or lacks the alias that the configuration names."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key with its certificate chain, as PEM text."""

    key: str
    chain: str


def read_identity(keystore: Keystore) -> Identity:
    """Return the key and chain under the keystore's alias; raises KeystoreError."""
    store = _java(keystore)
    if store is not None:
        return _identity_of(store, keystore)
    text = _openssl(keystore, "-nodes")
    key, leaf, others = "", "", []
    for attributes, pem, kind in _bags(text):
        named = _FRIENDLY_NAME.search(attributes)
        # Java compares aliases without case.
        mine = named is not None and named["name"].strip().lower() == keystore.alias.lower()
        if kind.endswith("PRIVATE KEY"):
            key = pem if mine else key
        elif mine and not leaf:
            leaf = pem
        elif named is None:
            others.append(pem)
    if not key or not leaf:
        raise KeystoreError(f"{keystore.path}: no key with the alias {keystore.alias!r}")
    return Identity(key, leaf + "".join(others))


def read_trusted(truststore: Keystore) -> str:
    """Return every certificate of the truststore as PEM text; raises KeystoreError."""
    store = _java(truststore)
    if store is not None:
        return "".join(map(ssl.DER_cert_to_PEM_cert, store.trusted))
    text = _openssl(truststore, "-nokeys")
    return "".join(pem for _, pem, kind in _bags(text) if kind == "CERTIFICATE")


def server_context(identity: Identity, *, newest: ssl.TLSVersion) -> ssl.SSLContext:
    """Return a server's context up to the TLS version *newest*, without client certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = newest
    load_identity(context, identity)
    return context


def client_context(trusted: str) -> ssl.SSLContext:
    """Return a client's context that trusts *trusted* and compares no host names.

    The stock start scripts switch host name verification off, and the data agent never does it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # A Java truststore may hold a node's own certificate as an anchor.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if trusted:
        context.load_verify_locations(cadata=trusted)
    return context


def load_identity(context: ssl.SSLContext, identity: Identity) -> None:
    """Give *context* the key and chain; the key touches no disk on its way."""
    descriptor = os.memfd_create("identity")
    try:
        os.write(descriptor, (identity.key + identity.chain).encode())
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _java(keystore: Keystore) -> Jks | None:
    """Return a store in Java's own format, `None` for any other file; raises KeystoreError."""
    content = _content(keystore)
    if not content.startswith(MAGIC):
        return None
    try:
        return read_jks(content, keystore.password)
    except JksError as fault:
        raise KeystoreError(f"{keystore.path}: keystore can't be opened: {fault}") from fault


def _identity_of(store: Jks, keystore: Keystore) -> Identity:
    alias = keystore.alias.lower()
    if alias not in store.keys:
        raise KeystoreError(f"{keystore.path}: no key with the alias {keystore.alias!r}")
    key = base64.encodebytes(store.keys[alias]).decode()
    chain = "".join(map(ssl.DER_cert_to_PEM_cert, store.chains[alias]))
    return Identity(f"-----BEGIN PRIVATE KEY-----\n{key}-----END PRIVATE KEY-----\n", chain)


def _content(keystore: Keystore) -> bytes:
    if not keystore.path.is_file():
        raise KeystoreError(f"{keystore.path}: no such file")
    try:
        return keystore.path.read_bytes()
    except OSError as fault:
        raise KeystoreError(f"{keystore.path}: can't be read: {fault.strerror}") from fault


def _bags(text: str) -> list[tuple[str, str, str]]:
    return [(match["attributes"], match["pem"], match["kind"]) for match in _BAG.finditer(text)]


def _openssl(keystore: Keystore, *options: str) -> str:
    done = _pkcs12(keystore, *options)
    if done.returncode != 0 and b"unsupported" in done.stderr:
        # RC2 and other old ciphers live in a provider of their own.
        done = _pkcs12(keystore, *options, "-legacy")
    if done.returncode != 0:
        reason = "wrong password" if b"mac verify" in done.stderr.lower() else "not PKCS#12"
        raise KeystoreError(f"{keystore.path}: keystore can't be opened: {reason}")
    return done.stdout.decode("utf-8", "replace")


def _pkcs12(keystore: Keystore, *options: str) -> subprocess.CompletedProcess[bytes]:
    # Through a pipe: arguments and environments of a process can be read by others.
    read, write = os.pipe()
    try:
        os.write(write, keystore.password.encode() + b"\n")
        os.close(write)
        return subprocess.run(
            ["openssl", "pkcs12", "-in", keystore.path, "-passin", f"fd:{read}", *options],
            pass_fds=(read,),
            capture_output=True,
            check=False,
        )
    finally:
        os.close(read)
