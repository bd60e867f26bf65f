"""The lab's own authority and what it signs; pairs of an earlier render are kept if they fit."""

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_DAYS = 3650
_CERTIFICATE_DAYS = 825
_LEFT_DAYS = 30  # with less time left it is made again
_SKEW = dt.timedelta(days=1)  # for hosts whose clocks differ
_LONGEST_COMMON_NAME = 64


@dataclass(frozen=True, slots=True)
class Pair:
    """A private key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def key_pem(self) -> bytes:
        """Give the key as PKCS#1, the one form that every MySQL reads."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )

    def certificate_pem(self) -> bytes:
        """Give the certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def read_pair(key: bytes, certificate: bytes) -> Pair | None:
    """Give the pair of two PEM texts, or nothing when they are none."""
    try:
        loaded = serialization.load_pem_private_key(key, password=None)
        return pair_of(loaded, x509.load_pem_x509_certificate(certificate))
    except (ValueError, TypeError):
        return None


def pair_of(key: object, certificate: x509.Certificate | None) -> Pair | None:
    """Give the pair if the key is RSA and the certificate's own."""
    if not isinstance(key, rsa.RSAPrivateKey) or certificate is None:
        return None
    if certificate.public_key() != key.public_key():
        return None
    return Pair(key, certificate)


def make_authority(lab: str, key: rsa.RSAPrivateKey) -> Pair:
    """Make the lab's authority of this key."""
    name = _name(f"{lab} lab CA")
    builder = (
        _builder(name, name, key.public_key(), _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Pair(key, builder.sign(key, hashes.SHA256()))


def make_pair(authority: Pair, names: Iterable[str], key: rsa.RSAPrivateKey) -> Pair:
    """Certify this key for these names, on both sides of a connection."""
    names = tuple(names)
    issuer = authority.certificate.subject
    builder = (
        _builder(_name(names[0]), issuer, key.public_key(), _CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        # A node shows its server certificate to MySQL as a client's.
        .add_extension(
            x509.ExtendedKeyUsage(
                [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            ),
            critical=False,
        )
        .add_extension(_alternatives(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
    )
    return Pair(key, builder.sign(authority.key, hashes.SHA256()))


def authority_fits(authority: Pair) -> bool:
    """Tell whether an authority kept from an earlier render can go on."""
    try:
        constraints = authority.certificate.extensions.get_extension_for_class(
            x509.BasicConstraints
        )
    except x509.ExtensionNotFound:
        return False
    return constraints.value.ca and _lasts(authority.certificate)


def pair_fits(pair: Pair, authority: Pair, names: Iterable[str]) -> bool:
    """Tell whether a kept certificate is this authority's, for exactly these names, and lasts."""
    certificate = pair.certificate
    try:
        alternatives = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
    except x509.ExtensionNotFound:
        return False
    return (
        alternatives == _alternatives(names)
        and _signed_by(certificate, authority)
        and _lasts(certificate)
    )


def _signed_by(certificate: x509.Certificate, authority: Pair) -> bool:
    try:
        authority.key.public_key().verify(
            certificate.signature,
            certificate.tbs_certificate_bytes,
            padding.PKCS1v15(),
            hashes.SHA256(),
        )
    except Exception:  # noqa: BLE001  # InvalidSignature, or an algorithm that isn't the lab's
        return False
    return certificate.issuer == authority.certificate.subject


def _lasts(certificate: x509.Certificate) -> bool:
    left = certificate.not_valid_after_utc - dt.datetime.now(dt.UTC)
    return left > dt.timedelta(days=_LEFT_DAYS)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:_LONGEST_COMMON_NAME])])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, days: int
) -> x509.CertificateBuilder:
    start = dt.datetime.now(dt.UTC).replace(microsecond=0) - _SKEW
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _SKEW + dt.timedelta(days=days))
    )


def _alternatives(names: Iterable[str]) -> x509.SubjectAlternativeName:
    hosts = (*names, "localhost")
    return x509.SubjectAlternativeName(
        [
            *(_alternative(host) for host in dict.fromkeys(hosts)),
            x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")),
        ]
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.IPv4Address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
