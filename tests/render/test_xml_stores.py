"""The stores of a carbon.xml, in the words of a deployment.toml."""

import pytest

from lab.render.given import given_stores
from lab.render.stores import Store
from lab.render.xml_stores import store_values

HOME = "${carbon.home}/repository/resources/security"
NAMESPACE = "http://wso2.org/projects/carbon/carbon.xml"


def carbon(*stores: str) -> dict[str, bytes]:
    text = f"<Server xmlns='{NAMESPACE}'><Security>{''.join(stores)}</Security></Server>"
    return {"carbon.xml": text.encode()}


def store(element: str, place: str, password: str = "w0rd", alias: str = "") -> str:
    key = f"<KeyAlias>{alias}</KeyAlias>" if alias else ""
    return (
        f"<{element}><Location>{place}</Location><Password>{password}</Password>{key}</{element}>"
    )


def test_stores_are_those_of_carbon_xml() -> None:
    values = store_values(
        carbon(
            store("KeyStore", f"{HOME}/acme.jks", alias="acme"),
            store("RegistryKeyStore", f"{HOME}/registry.jks", alias="reg"),
            store("TrustStore", f"{HOME}/trust.jks", "other"),
        )
    )
    keys, trusted = given_stores(values)
    assert keys == (Store("acme.jks", "w0rd", "acme"), Store("registry.jks", "w0rd", "reg"))
    assert trusted == Store("trust.jks", "other")


def test_a_store_elsewhere_can_t_be_made_and_one_that_isn_t_named_is_the_product_s() -> None:
    keys, trusted = given_stores(store_values(carbon(store("KeyStore", "/etc/acme.jks"))))
    assert keys == (Store("wso2carbon.jks", "wso2carbon", "wso2carbon"),)
    assert trusted == Store("client-truststore.jks", "wso2carbon")


def test_what_is_no_xml_is_no_value_of_its_own() -> None:
    with pytest.raises(ValueError, match=r"registry\.xml"):
        store_values({**carbon(), "registry.xml": b"<a>"})
