"""Judges a server's certificate as the dialling node would: truststore, names and dates."""

import functools
import ipaddress
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any

from probes.address import is_address
from probes.failure import LinkError
from probes.result import Outcome

# X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python has no name for: the dates are judged here,
# because a handshake that OpenSSL ends can't say when the certificate expired.
_NO_CHECK_TIME = 0x200000

_Certificate = Mapping[str, Any]


@functools.lru_cache(maxsize=8)
def client_context(trust: str) -> ssl.SSLContext:
    """Give the TLS context for a truststore (PEM text; empty: this machine's own).

    It checks the chain; names and dates are left to `check_certificate`, which can say what it
    found. Building a context is slow, so it is kept.
    """
    return load_trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust)


def load_trust(context: ssl.SSLContext, trust: str) -> ssl.SSLContext:
    """Put the truststore into *context*, which `client_context` explains."""
    context.check_hostname = False
    context.verify_flags = ssl.VerifyFlags(context.verify_flags | _NO_CHECK_TIME)
    if trust:
        context.load_verify_locations(cadata=trust)
    else:
        context.load_default_certs()
    return context


def check_certificate(context: ssl.SSLContext, certificate: _Certificate, host: str) -> None:
    """Check names and dates of a certificate whose chain *context* has verified.

    An empty *host* leaves the names out. Raises `LinkError`.
    """
    for subject, holder in _dated(context, certificate):
        _check_dates(subject, holder)
    names = list(certificate_names(certificate))
    if host and not any(_covers(name, host) for name in names):
        raise LinkError(
            Outcome.CERTIFICATE_INVALID,
            f"not valid for the name {host}, only for {', '.join(names) or 'no name'}",
        )


def certificate_names(certificate: _Certificate) -> Iterator[str]:
    """Give the DNS names and addresses of the subject alternative names."""
    for kind, value in certificate.get("subjectAltName", ()):
        if kind in ("DNS", "IP Address"):
            yield value


def describe_certificate(certificate: _Certificate) -> str:
    """Give names, issuer and end of a certificate in one line."""
    names = ", ".join(certificate_names(certificate))
    issuer = _common_name(certificate.get("issuer", ()))
    return f"certificate for {names}, issued by {issuer}, until {certificate.get('notAfter')}"


def explain_verification(error: ssl.SSLCertVerificationError) -> str:
    """Say why OpenSSL did not accept a chain."""
    return f"not signed by a CA that the node trusts: {error.verify_message}"


def _dated(context: ssl.SSLContext, leaf: _Certificate) -> Iterator[tuple[str, _Certificate]]:
    yield "the certificate", leaf
    for authority in context.get_ca_certs():
        if authority.get("subject") == leaf.get("issuer"):
            yield "the CA's certificate", authority


def _check_dates(subject: str, certificate: _Certificate) -> None:
    now = time.time()
    if now > _seconds(certificate["notAfter"]):
        raise LinkError(
            Outcome.CERTIFICATE_INVALID, f"{subject} expired on {certificate['notAfter']}"
        )
    if now < _seconds(certificate["notBefore"]):
        raise LinkError(
            Outcome.CERTIFICATE_INVALID, f"{subject} is not valid before {certificate['notBefore']}"
        )


@functools.lru_cache(maxsize=64)
def _seconds(time_of_certificate: str) -> int:
    # Kept, because reading one takes as long as an answer of a server.
    return ssl.cert_time_to_seconds(time_of_certificate)


def _covers(name: str, host: str) -> bool:
    """Compare as RFC 6125 does: a wildcard stands for the whole left-most label."""
    if is_address(host):
        return is_address(name) and ipaddress.ip_address(name) == ipaddress.ip_address(host)
    name, host = name.lower(), host.lower().rstrip(".")
    if name.startswith("*."):
        return "." in host and host.split(".", 1)[1] == name[2:]
    return name == host


def _common_name(distinguished_name: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    parts = [part for relative in distinguished_name for part in relative]
    return next((value for key, value in parts if key == "commonName"), str(parts))
