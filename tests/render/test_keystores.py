import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from lab.render.certificates import Pair, make_authority, make_pair
from lab.render.key_stock import make_key
from lab.render.keystores import (
    keystore_bytes,
    keystore_holds,
    read_keystore,
    truststore_bytes,
    truststore_holds,
)
from lab.render.stores import Store

STORE = Store("wso2carbon.jks", "wso2carbon", "wso2carbon")
TRUST = Store("client-truststore.jks", "wso2carbon")


@pytest.fixture(scope="module")
def authority() -> Pair:
    return make_authority("test", make_key())


@pytest.fixture(scope="module")
def pair(authority: Pair) -> Pair:
    return make_pair(authority, ("gw.wso2.com",), make_key())


def test_java_s_own_format_holds_the_same(authority: Pair, pair: Pair):
    store, trust = replace(STORE, is_jks=True), replace(TRUST, is_jks=True)
    content = keystore_bytes(store, pair, authority.certificate)
    entries = {"lab-ca": authority.certificate, "Node-GW": pair.certificate}
    trusted = truststore_bytes(trust, entries)
    assert keystore_holds(store, content, pair)
    assert not keystore_holds(store, content, authority)
    assert truststore_holds(trust, trusted, entries)
    assert not truststore_holds(trust, trusted, {"lab-ca": authority.certificate})
    for other in (STORE, replace(store, password="wrong"), replace(store, alias="other")):
        assert read_keystore(other, content) is None
    assert not truststore_holds(TRUST, trusted, entries)
    assert read_keystore(store, keystore_bytes(STORE, pair, authority.certificate)) is None


def test_a_keystore_reads_back_with_its_own_password_and_alias_only(authority: Pair, pair: Pair):
    content = keystore_bytes(STORE, pair, authority.certificate)
    assert keystore_holds(STORE, content, pair)
    assert not keystore_holds(STORE, content, authority)
    assert read_keystore(Store("x", "wrong", "wso2carbon"), content) is None
    assert read_keystore(Store("x", "wso2carbon", "other"), content) is None
    assert read_keystore(STORE, b"no keystore") is None
    assert read_keystore(STORE, truststore_bytes(TRUST, {"a": pair.certificate})) is None


def test_a_truststore_holds_exactly_what_was_put_in(authority: Pair, pair: Pair):
    entries = {"lab-ca": authority.certificate, "wso2carbon": pair.certificate}
    content = truststore_bytes(TRUST, entries)
    assert truststore_holds(TRUST, content, entries)
    assert not truststore_holds(TRUST, content, {"lab-ca": authority.certificate})
    assert not truststore_holds(Store("x", "wrong"), content, entries)
    assert not truststore_holds(TRUST, b"", entries)


def test_openssl_reads_the_key_and_its_chain(authority: Pair, pair: Pair, tmp_path: Path):
    path = tmp_path / "wso2carbon.jks"
    path.write_bytes(keystore_bytes(STORE, pair, authority.certificate))
    argv = ["openssl", "pkcs12", "-in", path, "-passin", "pass:wso2carbon", "-nodes", "-info"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("BEGIN CERTIFICATE") == 2
    assert done.stdout.count("PRIVATE KEY-----") == 2
    assert "friendlyName: wso2carbon" in done.stdout
    # What JDK 8 knows.
    assert "pbeWithSHA1And3-KeyTripleDES-CBC" in done.stderr
    assert "PBES2" not in done.stderr


JDK_IMAGE = "apim-lab-test/jdk:17"


@pytest.fixture(scope="session")
def keytool() -> list[str]:
    """Give the words that run a real JDK's keytool: the host's, or one in a container."""
    if shutil.which("keytool"):
        return ["keytool"]
    if subprocess.run(
        ["docker", "inspect", JDK_IMAGE], capture_output=True, check=False
    ).returncode:
        make_jdk_image()
    return [
        "docker",
        "run",
        "--rm",
        "--network=none",
        "-v",
        "{folder}:{folder}:ro",
        JDK_IMAGE,
        "keytool",
    ]


def make_jdk_image() -> None:
    pulled = subprocess.run(["docker", "pull", "eclipse-temurin:17-jre"], check=False)
    if pulled.returncode == 0:
        subprocess.run(["docker", "tag", "eclipse-temurin:17-jre", JDK_IMAGE], check=True)
        return
    packages = "--include=openjdk-17-jre-headless"
    build = f"mmdebstrap --variant=minbase {packages} bookworm - | docker import - {JDK_IMAGE}"
    subprocess.run(["bash", "-o", "pipefail", "-c", build], check=True)


def listed(keytool: list[str], path: Path) -> str:
    words = [word.format(folder=path.parent) for word in keytool]
    argv = [
        *words,
        "-list",
        "-v",
        "-storetype",
        "JKS",
        "-storepass",
        "wso2carbon",
        "-keystore",
        path,
    ]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.engine
def test_a_real_jdk_reads_the_keystore_under_the_type_jks(
    keytool: list[str], authority: Pair, pair: Pair, tmp_path: Path
):
    path = tmp_path / "wso2carbon.jks"
    path.write_bytes(keystore_bytes(STORE, pair, authority.certificate))
    text = listed(keytool, path)
    assert "Alias name: wso2carbon" in text
    assert "PrivateKeyEntry" in text
    assert "Certificate chain length: 2" in text
    assert "DNSName: gw.wso2.com" in text


@pytest.mark.engine
def test_a_real_jdk_trusts_every_entry_of_the_truststore(
    keytool: list[str], authority: Pair, pair: Pair, tmp_path: Path
):
    path = tmp_path / "client-truststore.jks"
    entries = {"lab-ca": authority.certificate, "gateway_certificate_alias": pair.certificate}
    path.write_bytes(truststore_bytes(TRUST, entries))
    text = listed(keytool, path)
    assert text.count("trustedCertEntry") == 2
    assert "Alias name: gateway_certificate_alias" in text
