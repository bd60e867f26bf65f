"""Names and dates of certificates, judged without a handshake."""

import ssl

import pytest

from probes.failure import LinkError
from probes.trust import check_certificate, client_context, describe_certificate

BASE = {
    "subjectAltName": (("DNS", "*.wso2.com"), ("DNS", "cp"), ("IP Address", "10.1.2.3")),
    "issuer": ((("organizationName", "lab"),), (("commonName", "lab CA"),)),
    "notBefore": "Nov 22 00:00:00 2020 GMT",
    "notAfter": "Nov 22 00:00:00 2099 GMT",
}


@pytest.mark.parametrize("host", ["cp.wso2.com", "CP.WSO2.COM", "cp.wso2.com.", "cp", "10.1.2.3"])
def test_a_name_of_the_certificate_is_covered(host):
    check_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), BASE, host)


@pytest.mark.parametrize("host", ["wso2.com", "a.cp.wso2.com", "tm", "10.1.2.4", "cp.wso2.org"])
def test_another_name_is_not_covered(host):
    with pytest.raises(LinkError, match="not valid for the name"):
        check_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), BASE, host)


def test_no_name_is_asked_for_where_the_client_asks_none():
    check_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), BASE, "")


def test_an_expired_ca_is_found_behind_a_valid_certificate(tmp_path_factory, authority):
    old = type(authority)(tmp_path_factory.mktemp("old"), age=60)
    context = client_context(old.pem)
    (issuer,) = context.get_ca_certs()
    with pytest.raises(LinkError, match="the CA's certificate expired on"):
        check_certificate(context, {**BASE, "issuer": issuer["subject"]}, "cp")


def test_a_certificate_is_described_in_one_line():
    assert describe_certificate(BASE) == (
        "certificate for *.wso2.com, cp, 10.1.2.3, issued by lab CA, until Nov 22 00:00:00 2099 GMT"
    )


def test_the_context_of_a_truststore_is_kept(authority):
    assert client_context(authority.pem) is client_context(authority.pem)
