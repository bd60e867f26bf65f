"""The links of the 2.x line, from the generated files and from edited ones."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.products.facts import Protocol, Role
from lab.render.configuration import write_configuration
from lab.topology.read import read_topology
from lab.wiring.link import Link
from lab.wiring.node_files import find_files, read_nodes
from lab.wiring.read import read_links
from lab.wiring.start import plan_start

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "is-key-manager.toml"
VALIDATOR = "am/api-manager.APIKeyValidator.ServerURL"
DIRECTORY = "am/user-mgt.Realm.UserStoreManager[0].ConnectionURL"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(read_topology(TOPOLOGY))


@pytest.fixture(scope="module")
def made(plan, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_configuration(plan, folder)
    return folder / "nodes"


@pytest.fixture
def folder(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "nodes"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} isn't once in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_connection_of_the_document_is_a_link(made, plan):
    wiring = read_links(made, plan, remarks=True)
    assert wiring.findings == ()
    told = {
        (link.node, link.key.rpartition(".")[2] if not link.database else link.database): (
            link.to,
            link.port,
            link.protocol,
        )
        for link in wiring.links
        if link.to != link.node
    }
    assert told == {
        ("am", "ServerURL"): ("km", 9444, Protocol.SOAP),
        ("am", "ConnectionURL"): ("km", 10390, Protocol.LDAP),
        ("am", "apimgtdb"): ("db", 3306, Protocol.MYSQL),
        ("am", "userdb"): ("db", 3306, Protocol.MYSQL),
        ("am", "regdb"): ("db", 3306, Protocol.MYSQL),
        ("km", "ServerURL"): ("am", 9443, Protocol.SOAP),
        ("km", "RevokeAPIURL"): ("am", 8243, Protocol.HTTPS),
        ("km", "apimgtdb"): ("db", 3306, Protocol.MYSQL),
        ("km", "userdb"): ("db", 3306, Protocol.MYSQL),
        ("km", "regdb"): ("db", 3306, Protocol.MYSQL),
    }
    assert {link.id for link in wiring.links} >= {VALIDATOR, "am/api-manager.AuthManager.ServerURL"}


def test_a_link_has_file_line_login_and_question(made, plan):
    link = read_links(made, plan).link(VALIDATOR)
    lines = (made / "am" / "api-manager.xml").read_text(encoding="utf-8").splitlines()
    assert link.source.file == "am/api-manager.xml"
    assert lines[link.source.line - 1].strip() == (
        "<ServerURL>https://km.wso2.com:9444/services/</ServerURL>"
    )
    assert (link.credentials.username, link.credentials.password) == ("admin", "admin")
    assert str(link.credentials.password_at).startswith("am/user-mgt.xml:")
    (ask,) = link.asks
    assert (ask.method, ask.path) == ("POST", "/services/APIKeyValidationService")
    assert ask.authenticated


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://km.wso2.com:9444/", "/APIKeyValidationService"),
        ("https://km.wso2.com:9444/services", "/servicesAPIKeyValidationService"),
    ],
)
def test_a_service_is_asked_for_where_the_product_would_ask(folder, plan, written, asked):
    file = folder / "am" / "api-manager.xml"
    before, validator, after = file.read_text(encoding="utf-8").partition("<APIKeyValidator>")
    after = after.replace("https://km.wso2.com:9444/services/", written, 1)
    file.write_text(before + validator + after, encoding="utf-8")
    (ask,) = read_links(folder, plan).link(VALIDATOR).asks
    assert ask.path == asked


def test_brokers_and_login_in_the_jms_parameters_are_the_links(folder, plan):
    stock = "amqp://${jms.username}:${jms.password}@clientid/carbon?brokerlist='${jms.url}'"
    two = "tcp://am.wso2.com:5672?retries='5'%26connectdelay='50';tcp://km.wso2.com:5672"
    own = f"amqp://jack:s3cret@clientID/carbon?failover='roundrobin'%26brokerlist='{two}'"
    (before,) = subscriptions(folder, plan)
    assert before.key.endswith("JMSConnectionDetails.ServiceURL")
    edit(folder, "am/api-manager.xml", stock, own)
    links = subscriptions(folder, plan)
    assert [(link.host, link.port) for link in links] == [
        ("am.wso2.com", 5672),
        ("km.wso2.com", 5672),
    ]
    assert {link.credentials.username for link in links} == {"jack"}


BROKER = """# the broker of the node itself
connectionfactory.TopicConnectionFactory = amqp://admin:{}@clientid/carbon?brokerlist='tcp://localhost:{}'
#connectionfactory.Other = amqp://admin:admin@clientid/carbon?brokerlist='tcp://other:1'
topic.throttleData = throttleData
"""


@pytest.mark.parametrize(
    ("password", "port", "codes"),
    [
        ("admin", 5672, []),
        ("old", 5672, ["LAB0104"]),
        ("admin", 5673, ["LAB0102"]),
    ],
)
def test_the_broker_s_properties_follow_password_and_offset(folder, plan, password, port, codes):
    (folder / "am" / "jndi.properties").write_text(BROKER.format(password, port))
    wiring = read_links(folder, plan)
    assert [finding.code for finding in wiring.findings] == codes
    (link,) = [one for one in wiring.links if one.why.startswith("publishes throttle decisions")]
    assert (link.to, link.port, str(link.source)) == ("am", port, "am/jndi.properties:2")


def subscriptions(folder: Path, plan: Plan) -> list[Link]:
    links = read_links(folder, plan).links
    return [link for link in links if link.why == "subscribes to throttle decisions"]


def test_a_directory_has_its_login_and_the_entry_below_which_users_are(made, plan):
    link = read_links(made, plan).link(DIRECTORY)
    assert link.credentials.username == "uid=admin,ou=system"
    assert link.search_base == "ou=Users,dc=wso2,dc=org"
    assert not link.use_tls
    assert link.at_start


def test_a_datasource_has_its_validation_query_and_its_line(made, plan):
    link = read_links(made, plan).link("km/master-datasources.WSO2REG_DB")
    assert (link.database, link.validation_query, link.use_tls) == ("regdb", "SELECT 1", False)
    lines = (made / "km" / "master-datasources.xml").read_text(encoding="utf-8").splitlines()
    assert "/regdb?" in lines[link.source.line - 1]


def test_api_manager_waits_for_the_directory_and_the_key_manager_for_nobody(made, plan):
    order = plan_start(read_links(made, plan).links, plan).needs
    assert DIRECTORY in order["am"]
    assert all(id_.startswith("km/master-datasources.") for id_ in order["km"])


def test_the_thrift_client_is_a_link_where_it_is_switched_on(folder, plan):
    edit(folder, "am/api-manager.xml", ">WSClient<", ">ThriftClient<")
    wiring = read_links(folder, plan)
    link = wiring.link("am/api-manager.APIKeyValidator.KeyValidatorClientType")
    # The stock ThriftServerHost counts for the client too, and the node's own offset.
    assert (link.to, link.host, link.port, link.protocol) == (
        "am",
        "localhost",
        10397,
        Protocol.THRIFT,
    )
    assert [one.code for one in wiring.findings] == ["LAB0172"]


@pytest.mark.parametrize(
    ("written", "port"), [("", 10397), ("<ThriftClientPort>10398</ThriftClientPort>", 10398)]
)
def test_without_a_thrift_host_the_key_manager_s_is_dialled(folder, plan, written, port):
    file = "am/api-manager.xml"
    edit(folder, file, ">WSClient<", ">ThriftClient<")
    edit(folder, file, "<ThriftServerHost>localhost</ThriftServerHost>", written)
    link = read_links(folder, plan).link("am/api-manager.APIKeyValidator.KeyValidatorClientType")
    assert (link.to, link.host, link.port) == ("km", "km.wso2.com", port)


def test_a_port_property_follows_the_offset_of_the_node_whose_file_it_is(folder, plan):
    edit(folder, "am/carbon.xml", "<Offset>0</Offset>", "<Offset>3</Offset>")
    links = read_links(folder, plan).links
    own = {link.port for link in links if link.node == "am" and link.to == "am"}
    assert own == {5675, 8246, 9446, 9614, 9714}


def test_the_super_admin_s_password_is_that_of_every_login(folder, plan):
    edit(folder, "km/user-mgt.xml", "<Password>admin</Password>", "<Password>other</Password>")
    found = read_links(folder, plan).findings
    assert {one.code for one in found} == {"LAB0104"}
    assert {one.where.file for one in found} == {"am/user-mgt.xml", "km/user-mgt.xml"}


def test_a_database_that_the_server_lacks_is_found_at_its_line(folder, plan):
    edit(folder, "am/master-datasources.xml", "/regdb?", "/registry?")
    codes = {one.code for one in read_links(folder, plan).findings}
    assert codes == {"LAB0106", "LAB0176"}


def test_nodes_are_found_in_the_product_s_layout_and_side_by_side(tmp_path):
    place = tmp_path / "a" / "repository" / "conf" / "datasources"
    place.mkdir(parents=True)
    (place / "master-datasources.xml").write_text("<d/>")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "user-mgt.xml").write_text("<u/>")
    assert find_files(tmp_path) == {
        "a": "a/repository/conf/datasources/master-datasources.xml",
        "b": "b/user-mgt.xml",
    }
    assert sorted(read_nodes(tmp_path, None)["a"].document.values) == ["master-datasources"]


def test_a_node_with_a_deployment_toml_is_none_of_this_line(tmp_path):
    conf = tmp_path / "cp" / "repository" / "conf"
    conf.mkdir(parents=True)
    (conf / "deployment.toml").write_text("")
    (conf / "carbon.xml").write_text("<Server/>")  # the product makes it of the other
    assert find_files(tmp_path) == {"cp": "cp/repository/conf/deployment.toml"}


def test_nodes_of_two_lines_make_no_cluster(folder):
    (folder / "cp.toml").write_text("")
    with pytest.raises(TopologyError, match="two product lines"):
        read_nodes(folder, None)


def test_without_a_plan_the_server_key_tells_the_role(folder):
    nodes = read_nodes(folder, None)
    assert (nodes["am"].role, nodes["km"].role) == (Role.API_MANAGER, Role.KEY_MANAGER)
    (folder / "am" / "carbon.xml").unlink()
    (folder / "km" / "carbon.xml").unlink()
    nodes = read_nodes(folder, None)
    assert (nodes["am"].role, nodes["km"].role) == (None, Role.KEY_MANAGER)


def test_without_a_plan_the_files_alone_give_the_same_links(folder, plan):
    def told(links: tuple[Link, ...]) -> set[tuple[str, str | None, int]]:
        return {(link.id, link.to, link.port) for link in links if not link.database}

    assert told(read_links(folder, None).links) == told(read_links(folder, plan).links)
    assert read_links(folder, None).findings == ()


def test_an_api_manager_of_the_product_waits_until_the_whole_key_manager_answers(made, plan):
    nodes = tuple(replace(one, kind="home", place="/nowhere") for one in plan.nodes)
    needs = plan_start(read_links(made, plan).links, replace(plan, nodes=nodes)).needs
    assert {DIRECTORY, "am/api-manager.AuthManager.ServerURL"} <= set(needs["am"])
    assert all(id_.startswith("km/master-datasources.") for id_ in needs["km"])
