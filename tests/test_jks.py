"""JKS as keytool writes and reads it; `good` holds stores that keytool made."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_private_key

from lab.jks import Jks, disguised, is_jks, read_jks, undisguised, write_jks

KEYTOOL_S = (
    Path(__file__).parent
    / "wiring/check/good/certificates-of-one-authority/cp/repository/resources/security"
    / "wso2carbon.jks"
)
PASSWORD = "wso2carbon"


def test_a_key_that_keytool_hid_belongs_to_its_certificate() -> None:
    store = read_jks(KEYTOOL_S.read_bytes(), PASSWORD)
    key = load_der_private_key(undisguised(store.keys["wso2carbon"], PASSWORD), None)
    leaf = x509.load_der_x509_certificate(store.chains["wso2carbon"][0])
    assert key.public_key() == leaf.public_key()


def test_what_keytool_wrote_is_written_alike_but_for_its_dates() -> None:
    content = KEYTOOL_S.read_bytes()
    store = read_jks(content, PASSWORD)
    written = write_jks(store, PASSWORD)
    assert read_jks(written, PASSWORD) == store
    at = 12 + 4 + 2 + len("wso2carbon")  # head, kind, alias; then eight bytes of date
    body = slice(at + 8, -20)
    assert (written[:at], written[body]) == (content[:at], content[body])


@pytest.mark.parametrize("size", [1, 20, 1217])
def test_a_hidden_key_comes_back_with_its_own_password_only(size: int) -> None:
    key = bytes(number % 251 for number in range(size))
    hidden = disguised(key, PASSWORD)
    assert key not in hidden or size == 1
    assert undisguised(hidden, PASSWORD) == key
    with pytest.raises(ValueError, match="isn't the key's"):
        undisguised(hidden, "another")


def test_an_alias_is_written_as_java_looks_for_it() -> None:
    written = write_jks(Jks(trusted={"Lab-CA": b"\x30\x00"}), PASSWORD)
    assert is_jks(written)
    assert read_jks(written, PASSWORD).trusted == {"lab-ca": b"\x30\x00"}
