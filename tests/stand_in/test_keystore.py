"""Java's own format as keytool writes it, and as the lab does, opens as PKCS#12 does."""

import ssl
from pathlib import Path

import pytest
from standin.configuration import Keystore
from standin.keystore import KeystoreError, load_identity, read_identity, read_trusted

SECURITY = (
    Path(__file__).parents[1]
    / "wiring/check/good/certificates-of-one-authority/cp/repository/resources/security"
)
PASSWORD = "wso2carbon"


def keystore(name: str = "wso2carbon.jks", *, alias: str = "wso2carbon", password: str = PASSWORD):
    return Keystore(SECURITY / name, alias, password)


def test_the_key_and_chain_that_keytool_wrote_serve_tls():
    identity = read_identity(keystore(alias="WSO2Carbon"))
    assert identity.chain.count("BEGIN CERTIFICATE") == 2
    load_identity(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), identity)  # OpenSSL compares both


def test_a_truststore_of_keytool_s_gives_its_authority():
    trusted = read_trusted(keystore("client-truststore.jks"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=trusted)
    assert [entry["subject"] for entry in context.get_ca_certs()] == [((("commonName", "CA"),),)]


def test_a_file_that_can_t_be_read_is_told(monkeypatch: pytest.MonkeyPatch):
    def refused(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(KeystoreError, match=r"wso2carbon\.jks: can't be read: Permission denied"):
        read_identity(keystore())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"password": "other"}, "wrong password"), ({"alias": "other"}, "no key with the alias")],
)
def test_another_password_or_alias_is_told(wrong: dict[str, str], said: str):
    with pytest.raises(KeystoreError, match=said):
        read_identity(keystore(**wrong))
