"""A name with a slip in it isn't one that whole words tell apart."""

import pytest

from lab.wiring.likeness import may_be_meant


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("apj.acme.com", "api.acme.com"),
        ("wso2apim-gatway-service", "wso2apim-gateway-service"),
        ("key-manager", "keymanager"),
        ("gw", "gw-1"),
        ("acme-tm-2.acme.com", "acme-tm-1.acme.com"),
    ],
)
def test_a_slip_may_be_the_name(host: str, name: str) -> None:
    assert may_be_meant(host, name)
    assert may_be_meant(name, host)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("wso2apim-service", "wso2apim-km-service"),
        ("wso2apim-worker.wso2.svc", "wso2apim-manager-worker.wso2.svc"),
        ("wso2apim-km.wso2.svc", "wso2apim.wso2.svc"),
        ("wso2apim-tm-service", "wso2apim-km-service"),
    ],
)
def test_another_word_is_another_name(host: str, name: str) -> None:
    assert not may_be_meant(host, name)
    assert not may_be_meant(name, host)
