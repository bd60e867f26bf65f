"""Keystores as keytool writes them: certificates come out, and nothing odd ends the reading."""

from pathlib import Path

import pytest

from lab.wiring.keystores import KeyStore, read_keystore

GOOD = Path(__file__).parent / "check" / "good"
SECURITY = "repository/resources/security"
PASSWORD = "wso2carbon"
JKS = GOOD / "certificates-of-one-authority" / "cp" / SECURITY
PKCS12 = GOOD / "certificates-of-one-authority" / "tm" / SECURITY


def subjects(store: KeyStore) -> dict[str, list[str]]:
    return {
        alias: [certificate.subject.rfc4514_string() for certificate in chain]
        for alias, chain in store.chains.items()
    }


@pytest.mark.parametrize(("folder", "name"), [(JKS, "cp"), (PKCS12, "tm")])
def test_a_key_s_chain_is_read_leaf_first_in_either_format(folder: Path, name: str) -> None:
    store = read_keystore(folder / "wso2carbon.jks", PASSWORD)
    assert subjects(store) == {"wso2carbon": [f"CN={name}.example", "CN=CA"]}


def test_the_two_formats_hold_the_same_authority() -> None:
    stores = [read_keystore(path / "client-truststore.jks", PASSWORD) for path in (JKS, PKCS12)]
    assert stores[0].trusted == stores[1].trusted
    assert [one.subject.rfc4514_string() for one in stores[0].trusted] == ["CN=CA"]


@pytest.mark.parametrize("folder", [JKS, PKCS12], ids=["jks", "pkcs12"])
def test_a_wrong_password_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="assword"):
        read_keystore(folder / "wso2carbon.jks", "wrong")


@pytest.mark.parametrize("folder", [JKS, PKCS12], ids=["jks", "pkcs12"])
def test_a_file_cut_anywhere_is_refused(folder: Path, tmp_path: Path) -> None:
    content = (folder / "wso2carbon.jks").read_bytes()
    cut = tmp_path / "cut.jks"
    for length in range(0, len(content), 37):
        cut.write_bytes(content[:length])
        with pytest.raises(ValueError, match=r"\S"):
            read_keystore(cut, PASSWORD)


def test_a_file_that_is_no_keystore_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("[server]")
    with pytest.raises(ValueError, match=r"\S"):
        read_keystore(tmp_path / "store", PASSWORD)


def test_a_file_too_large_for_a_keystore_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "store").open("wb") as file:
        file.truncate(5 * 1024 * 1024)
    with pytest.raises(ValueError, match="larger than any keystore"):
        read_keystore(tmp_path / "store", PASSWORD)
