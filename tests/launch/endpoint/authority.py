"""Certificates for engines behind TLS, and for who reaches them, by somebody's own authority."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_FOR = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])


class Authority:
    """Signs what it is asked to."""

    def __init__(self, name: str = "CA") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        basic = x509.BasicConstraints(ca=True, path_length=None)
        self.certificate = _begun(self._name, self._name, self._key, 1).add_extension(
            basic, critical=True
        )
        self.pem = _pem(self.certificate.sign(self._key, hashes.SHA256()))

    def write(self, folder: Path, address: str = "127.0.0.1", days: int = 1) -> Path:
        """Write `ca.pem`, and `cert.pem` for an address with its key; *days* may have passed."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        begun = _begun(subject, self._name, key, days)
        begun = begun.add_extension(names, critical=False).add_extension(_FOR, critical=False)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ca.pem").write_bytes(self.pem)
        (folder / "cert.pem").write_bytes(_pem(begun.sign(self._key, hashes.SHA256())))
        (folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return folder


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
