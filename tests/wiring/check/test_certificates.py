"""Keystores that the files name oddly: nothing odd ends the check, nothing outside is opened."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from lab.render.key_stock import make_key
from lab.wiring.read import read_links

CASE = Path(__file__).parent / "good" / "certificates-of-one-authority"
FILE = "cp/repository/conf/deployment.toml"
NAME = 'file_name = "wso2carbon.jks"'
PASSWORD = 'password = "wso2carbon"\nalias'


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CASE, tmp_path / "case"))


def edit(case: Path, old: str, new: str) -> None:
    text = (case / FILE).read_text()
    assert text.count(old) == 1
    (case / FILE).write_text(text.replace(old, new))


def codes(case: Path) -> list[str]:
    return [finding.code for finding in read_links(case, None, stores=True).findings]


@pytest.mark.parametrize("value", ["1", "true", "[]", "{}", "''", "'..'", "'a/b.jks'", "'.'"])
def test_a_store_with_an_odd_name_is_not_opened(case: Path, value: str) -> None:
    edit(case, NAME, f"file_name = {value}")
    assert codes(case) == []


def test_a_store_outside_the_node_s_folders_is_not_opened(case: Path) -> None:
    (case / "secret.jks").write_text("no keystore")
    edit(case, NAME, 'file_name = "../../../../secret.jks"')
    assert codes(case) == []


def test_a_store_that_the_home_does_not_hold_is_told_with_those_that_it_does(case: Path) -> None:
    edit(case, NAME, 'file_name = "acme.jks"')
    [finding] = read_links(case, None, stores=True).findings
    assert finding.code == "LAB0141"
    assert finding.what == "repository/resources/security holds no acme.jks"
    assert finding.mend.startswith("put it there, or name one of ")
    assert "wso2carbon.jks" in finding.mend


def test_without_any_store_in_the_home_nobody_can_tell_what_is_missing(case: Path) -> None:
    edit(case, NAME, 'file_name = "acme.jks"')
    shutil.rmtree(case / "cp/repository/resources")
    assert codes(case) == []


def test_a_password_from_the_environment_leaves_the_store_unread(case: Path) -> None:
    edit(case, PASSWORD, 'password = "$env{STORE_PASSWORD}"\nalias')
    assert codes(case) == []


def test_a_store_is_opened_with_what_the_primary_one_says(case: Path) -> None:
    edit(case, PASSWORD, "alias")
    assert codes(case) == []
    with (case / FILE).open("a") as file:
        file.write('\n[keystore.primary]\npassword = "wrong"\n')
    assert codes(case) == ["LAB0141"]


def test_a_wrong_password_is_not_repeated(case: Path) -> None:
    edit(case, PASSWORD, 'password = "hush-hush"\nalias')
    (finding,) = read_links(case, None, stores=True).findings
    assert finding.code == "LAB0141"
    assert "hush-hush" not in repr(finding)


def shipped(*, days_left: int) -> bytes:
    """Make a keystore as WSO2's: self-signed, of WSO2, for localhost alone."""
    key, now = make_key(), dt.datetime.now(dt.UTC)
    parts = [
        (NameOID.COMMON_NAME, "localhost"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "WSO2"),
        (NameOID.ORGANIZATION_NAME, "WSO2"),
        (NameOID.COUNTRY_NAME, "US"),
    ]
    name = x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=400))
        .not_valid_after(now + dt.timedelta(days=days_left))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(b"wso2carbon")
    return pkcs12.serialize_key_and_certificates(b"wso2carbon", key, certificate, None, encryption)


@pytest.mark.parametrize(("days_left", "tells"), [(-5, " and expired on 20"), (5, "")])
def test_the_distributions_own_certificate_is_told_as_what_it_is(
    case: Path, days_left: int, tells: str
) -> None:
    store = case / "cp/repository/resources/security/wso2carbon.jks"
    assert store.is_file()
    store.write_bytes(shipped(days_left=days_left))
    (finding,) = read_links(case, None, stores=True).findings
    assert (finding.code, finding.severity) == ("LAB0154", "error")
    own = "cp shows the distribution's own certificate, which is for localhost alone"
    assert finding.what.startswith(own + tells)
    line = (case / FILE).read_text().splitlines()[finding.where.line - 1]
    assert (finding.where.file, line) == (FILE, NAME)
    assert "carries the node's names" in finding.mend
