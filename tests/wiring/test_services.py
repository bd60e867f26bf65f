"""Kubernetes calls one service by several names."""

import pytest

from lab.wiring.services import are_one

SHORT, LONG = "wso2apim", "wso2apim.wso2.svc"


@pytest.mark.parametrize("other", [SHORT, LONG, "WSO2apim.wso2.svc.cluster.local", f"{LONG}."])
def test_names_of_one_service_are_one(other: str) -> None:
    assert are_one(SHORT, other)
    assert are_one(other, LONG)


@pytest.mark.parametrize("other", ["wso2apim.east.svc", "wso2apim.wso2.com", "wso2apim-km"])
def test_of_another_namespace_domain_or_name_they_are_not(other: str) -> None:
    assert not are_one(LONG, other)


def test_a_service_is_not_every_host_of_its_name() -> None:
    assert not are_one(SHORT, "wso2apim.wso2.com")
