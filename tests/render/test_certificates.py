import subprocess
from pathlib import Path

import pytest

from lab.render import certificates
from lab.render.certificates import (
    Pair,
    authority_fits,
    make_authority,
    make_pair,
    pair_fits,
    read_pair,
)
from lab.render.key_stock import make_key

NAMES = ("gw.wso2.com", "api.wso2.com")


@pytest.fixture(scope="module")
def authority() -> Pair:
    return make_authority("test", make_key())


@pytest.fixture(scope="module")
def pair(authority: Pair) -> Pair:
    return make_pair(authority, NAMES, make_key())


@pytest.mark.parametrize("name", [*NAMES, "localhost"])
def test_openssl_verifies_the_certificate_for_each_of_its_names(
    name: str, authority: Pair, pair: Pair, tmp_path: Path
):
    assert verified(tmp_path, authority, pair, "-verify_hostname", name)


@pytest.mark.parametrize("purpose", ["sslserver", "sslclient"])
def test_openssl_takes_it_on_both_sides_of_a_connection(
    purpose: str, authority: Pair, pair: Pair, tmp_path: Path
):
    assert verified(tmp_path, authority, pair, "-x509_strict", "-purpose", purpose)


def test_openssl_verifies_it_for_the_loopback_address(authority: Pair, pair: Pair, tmp_path: Path):
    assert verified(tmp_path, authority, pair, "-verify_ip", "127.0.0.1")


def test_openssl_refuses_another_name(authority: Pair, pair: Pair, tmp_path: Path):
    assert not verified(tmp_path, authority, pair, "-verify_hostname", "cp.wso2.com")


def test_openssl_refuses_another_authority(pair: Pair, tmp_path: Path):
    assert not verified(tmp_path, make_authority("test", make_key()), pair)


def verified(folder: Path, authority: Pair, pair: Pair, *options: str) -> bool:
    (folder / "ca.pem").write_bytes(authority.certificate_pem())
    (folder / "node.pem").write_bytes(pair.certificate_pem())
    argv = ["openssl", "verify", *options, "-CAfile", "ca.pem", "node.pem"]
    done = subprocess.run(argv, cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def test_a_pair_fits_its_own_authority_and_names_only(authority: Pair, pair: Pair):
    assert authority_fits(authority)
    assert pair_fits(pair, authority, NAMES)
    assert not pair_fits(pair, authority, NAMES[:1])
    assert not pair_fits(pair, authority, (*NAMES, "more.wso2.com"))
    assert not pair_fits(pair, make_authority("test", make_key()), NAMES)
    assert not authority_fits(pair)


def test_what_ends_within_a_month_does_not_fit(authority: Pair, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(certificates, "_CERTIFICATE_DAYS", 29)
    monkeypatch.setattr(certificates, "_AUTHORITY_DAYS", 29)
    assert not pair_fits(make_pair(authority, NAMES, make_key()), authority, NAMES)
    assert not authority_fits(make_authority("test", make_key()))


def test_pem_reads_back(pair: Pair):
    assert read_pair(pair.key_pem(), pair.certificate_pem()) is not None


def test_pem_that_doesn_t_belong_together_or_is_none_is_no_pair(authority: Pair, pair: Pair):
    assert read_pair(authority.key_pem(), pair.certificate_pem()) is None
    assert read_pair(b"", b"") is None
    assert read_pair(pair.key_pem(), b"-----BEGIN CERTIFICATE-----\n") is None
