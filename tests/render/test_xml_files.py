from pathlib import Path

import pytest
from lxml import etree

from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.render.write import render
from lab.render.xml_files import xml_files
from lab.topology.read import parse_topology, read_topology

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "is-key-manager.toml"
SERVICES = "https://km.wso2.com:9444/services/"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(read_topology(TOPOLOGY))


def root(plan: Plan, node: str, file: str, given: dict[str, bytes] | None = None):
    return etree.fromstring(xml_files(plan, plan.node(node), given)[file])


def texts(element, *paths: str) -> list[str]:
    return [element.findtext(path) for path in paths]


def test_api_manager_asks_the_key_manager_and_not_over_thrift(plan):
    made = root(plan, "am", "api-manager.xml")
    assert texts(
        made,
        "AuthManager/ServerURL",
        "APIKeyValidator/ServerURL",
        "APIKeyValidator/KeyValidatorClientType",
        "APIKeyValidator/EnableThriftServer",
        "OAuthConfigurations/RevokeAPIURL",
    ) == [SERVICES, SERVICES, "WSClient", "false", "https://localhost:${https.nio.port}/revoke"]


def test_the_key_manager_knows_the_gateway_by_literal_ports(plan):
    made = root(plan, "km", "api-manager.xml")
    assert texts(
        made,
        "APIGateway/Environments/Environment/ServerURL",
        "OAuthConfigurations/RevokeAPIURL",
        "ThrottlingConfigurations/DataPublisher/Enabled",
    ) == ["https://am.wso2.com:9443/services/", "https://am.wso2.com:8243/revoke", "false"]


@pytest.mark.parametrize("node", ["am", "km"])
def test_both_nodes_have_the_three_datasources_beside_their_own(plan, node):
    made = root(plan, node, "master-datasources.xml")
    found = {
        one.findtext("jndiConfig/name"): one.findtext("definition/configuration/url")
        for one in made.iter("datasource")
    }
    assert {name: url.partition("?")[0] for name, url in found.items() if "mysql" in url} == {
        "jdbc/WSO2AM_DB": "jdbc:mysql://db.wso2.com:3306/apimgtdb",
        "jdbc/WSO2UM_DB": "jdbc:mysql://db.wso2.com:3306/userdb",
        "jdbc/WSO2REG_DB": "jdbc:mysql://db.wso2.com:3306/regdb",
    }
    assert found["jdbc/WSO2CarbonDB"].startswith("jdbc:h2:")
    assert all(
        url.endswith("allowPublicKeyRetrieval=true") for url in found.values() if "mysql" in url
    )


@pytest.mark.parametrize("node", ["am", "km"])
def test_both_nodes_mount_the_shared_registry_beside_their_own(plan, node):
    made = root(plan, node, "registry.xml")
    assert made.findtext("currentDBConfig") == "wso2registry"
    assert [one.get("name") for one in made.findall("dbConfig")] == ["wso2registry", "govregistry"]
    instance = made.find("remoteInstance")
    assert texts(instance, "id", "cacheId", "dbConfig") == [
        "gov",
        "root@jdbc:mysql://db.wso2.com:3306/regdb",
        "govregistry",
    ]
    assert [(one.get("path"), one.findtext("instanceId")) for one in made.findall("mount")] == [
        ("/_system/governance", "gov"),
        ("/_system/config", "gov"),
    ]


def stores(plan: Plan, node: str) -> dict[str, str | None]:
    (store,) = root(plan, node, "user-mgt.xml").iter("UserStoreManager")
    return {one.get("name"): one.text for one in store}


def test_both_nodes_have_the_document_s_user_store_by_their_own_way(plan):
    here, there = stores(plan, "am"), stores(plan, "km")
    assert here.pop("ConnectionURL") == "ldap://km.wso2.com:10390"
    assert there.pop("ConnectionURL") == "ldap://localhost:${Ports.EmbeddedLDAP.LDAPServerPort}"
    assert here == there
    assert len(here) == 41
    assert "".join(value or "" for value in here.values()).isascii()
    for node in ("am", "km"):
        users = root(plan, node, "user-mgt.xml")
        (source,) = users.xpath("//Configuration/Property[@name='dataSource']")
        assert source.text == "jdbc/WSO2UM_DB"


def test_the_directory_s_port_and_every_url_follow_the_offsets():
    text = TOPOLOGY.read_text(encoding="utf-8").replace("offset = 1", "offset = 5")
    text = text.replace('hostname = "am.wso2.com"', 'hostname = "am.wso2.com"\noffset = 2')
    plan = make_plan(parse_topology(text))
    assert stores(plan, "am")["ConnectionURL"] == "ldap://km.wso2.com:10394"
    made = root(plan, "km", "api-manager.xml")
    assert made.findtext("OAuthConfigurations/RevokeAPIURL") == "https://am.wso2.com:8245/revoke"
    made = root(plan, "am", "api-manager.xml")
    assert made.findtext("AuthManager/ServerURL") == "https://km.wso2.com:9448/services/"
    assert b"<Offset>2</Offset>" in xml_files(plan, plan.node("am"))["carbon.xml"]


GIVEN = b"""<APIManager>
    <!-- the file of a product, with what nobody edits -->
    <AuthManager>
        <ServerURL>https://localhost/</ServerURL>
        <Unknown a="1">kept</Unknown>
    </AuthManager>
    <!--APIKeyManager><ServerURL>no</ServerURL></APIKeyManager-->
    <APIKeyValidator>
        <ServerURL>https://localhost/</ServerURL>
        <KeyValidatorClientType>ThriftClient</KeyValidatorClientType>
        <EnableThriftServer>true</EnableThriftServer>
    </APIKeyValidator>
</APIManager>
"""


def test_a_product_s_own_file_keeps_its_comments_and_its_order(plan):
    made = xml_files(plan, plan.node("am"), {"api-manager.xml": GIVEN})["api-manager.xml"]
    expected = GIVEN.decode().replace("https://localhost/", SERVICES)
    expected = expected.replace("ThriftClient", "WSClient").replace(">true<", ">false<")
    assert made.decode().partition("?>\n")[2] == expected


def test_a_product_s_own_carbon_xml_keeps_the_product_s_name(plan):
    given = b"<Server>\n    <Name>Mine</Name>\n    <Version>9</Version>\n</Server>\n"
    made = root(plan, "km", "carbon.xml", {"carbon.xml": given})
    assert texts(made, "Name", "Version", "HostName", "Ports/Offset") == [
        "Mine",
        "9",
        "km.wso2.com",
        "1",
    ]


def test_the_folder_holds_every_file_and_a_second_render_changes_none(plan, tmp_path):
    folder = tmp_path / "lab"
    render(plan, folder)
    first = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
    assert {path.name for path in (folder / "nodes" / "km").iterdir()} == {
        *("carbon.xml", "api-manager.xml", "user-mgt.xml", "registry.xml", "embedded-ldap.xml"),
        *("master-datasources.xml", "wso2carbon.jks", "client-truststore.jks"),
    }
    render(plan, folder)
    assert first == {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
    compose = (folder / "compose.yaml").read_text(encoding="utf-8")
    assert "/home/wso2carbon/wso2is-km/repository/conf/identity/embedded-ldap.xml" in compose
