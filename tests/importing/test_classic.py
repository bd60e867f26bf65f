"""A customer's XML files of API Manager 2.1 and its key manager become a topology."""

import shutil
from pathlib import Path

import pytest

from lab.errors import LabError, UsageError
from lab.importing.folder import find_node_files
from lab.importing.write import Imported, import_folder
from lab.plan.make import make_plan
from lab.plan.model import SchemaPlace
from lab.products.facts import Role
from lab.products.releases import PRODUCTS
from lab.render.write import render
from lab.topology.read import read_topology
from lab.wiring.read import read_links

CUSTOMER = Path(__file__).parent / "customers" / "classic"
AM, KM = "wso2am-2.1.0", "wso2is-km-5.3.0"
CONF = "repository/conf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CUSTOMER, tmp_path / "given"))


def imported(folder: Path, version: str | None = None, **roles: Role) -> Imported:
    output = folder.parent / "acme.toml"
    return import_folder(folder, output, PRODUCTS["apim"], version, roles)


def edit(path: Path, old: str, new: str) -> int:
    """Replace a text that is there once; give its line."""
    text = path.read_bytes().decode()
    assert text.count(old) == 1
    path.write_bytes(text.replace(old, new).encode())
    return text[: text.index(old)].count("\n") + 1


def findings(made: Imported) -> list[tuple[str, str]]:
    plan = make_plan(read_topology(made.topology))
    rendered = made.topology.parent / "rendered"
    render(plan, rendered)
    return [(one.code, str(one.where)) for one in read_links(rendered / "nodes", plan).findings]


def refused(folder: Path, version: str | None = None, **roles: Role) -> list[tuple[str, str]]:
    with pytest.raises(LabError) as caught:
        imported(folder, version, **roles)
    assert list(folder.parent.iterdir()) == [folder]
    return [(problem.what, problem.where) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "place",
    ["am/repository/conf", "am/conf", "am", "site/am/config", "am/carbon/repository/conf"],
)
def test_a_node_is_found_in_every_layout_and_named_after_its_folder(
    tmp_path: Path, place: str
) -> None:
    shutil.copytree(CUSTOMER / AM / CONF, tmp_path / place)
    assert list(find_node_files(tmp_path)) == ["am"]


def test_files_side_by_side_are_a_node_too_whatever_its_folder_is_called(tmp_path: Path) -> None:
    for path in (CUSTOMER / KM / CONF).rglob("*.xml"):
        (tmp_path / "identity").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / "identity" / path.name)
    assert list(find_node_files(tmp_path)) == ["identity"]


def test_synapse_s_registry_is_no_node(folder: Path) -> None:
    synapse = folder / AM / "repository/deployment/server/synapse-configs/default"
    synapse.mkdir(parents=True)
    (synapse / "registry.xml").write_text("<registry/>")
    assert len(find_node_files(folder)) == 2


def test_the_files_tell_version_roles_machine_and_databases(folder: Path) -> None:
    plan = make_plan(read_topology(imported(folder).topology))
    am, km = plan.nodes
    assert (plan.version, am.role, km.role) == ("2.1.0", Role.API_MANAGER, Role.KEY_MANAGER)
    assert (am.version, km.version, am.offset, km.offset) == ("2.1.0", "5.3.0", 0, 1)
    (machine,) = plan.machines
    assert machine.members == ("wso2am-2-1-0", "wso2is-km-5-3-0", "db")
    assert {schema.name: schema.script for schema in plan.server("db").schemas} == {
        "acme_am": "apimgt/mysql5.7.sql",
        "acme_shared": "mysql5.7.sql",
    }
    assert am.databases["regdb"] == am.databases["userdb"] == SchemaPlace("db", "acme_shared")
    assert am.starts_after == ("db", "wso2is-km-5-3-0")
    assert am.super_admin.password == "Cla-Sup3r-21"
    assert plan.is_closed


STORE = """
        <datasource>
            <name>WSO2_MB_STORE_DB</name>
            <jndiConfig><name>WSO2MBStoreDB</name></jndiConfig>
            <definition type="RDBMS">
                <configuration>
                    <url>jdbc:mysql://localhost:3306/acme_mb</url>
                    <username>apim</username>
                    <password>Cla-Db-6</password>
                    <driverClassName>com.mysql.jdbc.Driver</driverClassName>
                </configuration>
            </definition>
        </datasource>
    </datasources>"""


def test_the_broker_s_store_is_made_by_its_own_script(folder: Path) -> None:
    edit(folder / AM / CONF / "datasources/master-datasources.xml", "</datasources>", STORE)
    plan = make_plan(read_topology(imported(folder).topology))
    scripts = {schema.name: schema.script for schema in plan.server("db").schemas}
    assert scripts["acme_mb"] == "mb-store/mysql-mb.sql"


def test_stores_are_made_as_carbon_xml_names_them(folder: Path) -> None:
    made = imported(folder)
    assert findings(made) == []
    nodes = made.topology.parent / "rendered" / "nodes"
    assert {path.name for path in (nodes / "wso2am-2-1-0").glob("*.jks")} == {
        "acme.jks",
        "client-truststore.jks",
    }
    assert (nodes / "wso2is-km-5-3-0" / "wso2carbon.jks").is_file()


def test_names_of_two_machines_are_told_by_who_is_asked_for_what(folder: Path) -> None:
    for place, names in ((AM, ("km.acme.example", "db.acme.example")), (KM, ("", ""))):
        conf = folder / place / CONF
        for path in conf.rglob("*.xml"):
            text = path.read_bytes().decode()
            for port in ("9444", "10390"):
                text = text.replace(f"localhost:{port}", f"km.acme.example:{port}")
            for port in ("9443/services", "8243/revoke"):
                text = text.replace(f"localhost:{port}", f"am.acme.example:{port}")
            text = text.replace("localhost:3306", "db.acme.example:3306")
            path.write_bytes(text.encode())
        assert names
    made = imported(folder)
    assert made.unknown == ()
    assert findings(made) == []
    plan = make_plan(read_topology(made.topology))
    assert {one.name: one.hostname for one in plan.members} == {
        "wso2am-2-1-0": "am.acme.example",
        "wso2is-km-5-3-0": "km.acme.example",
        "db": "db.acme.example",
    }


def test_a_company_s_own_directory_is_no_node_of_the_cluster(folder: Path) -> None:
    old, new = "localhost:10390", "ldap.acme.example:389"
    edit(folder / AM / CONF / "user-mgt.xml", old, new)
    made = imported(folder)
    assert [one.partition(" at ")[0] for one in made.unknown] == ["ldap.acme.example"]


def test_a_mistake_stays_one_and_is_found_at_its_line(folder: Path) -> None:
    line = edit(folder / AM / CONF / "user-mgt.xml", "localhost:10390", "localhost:10389")
    assert findings(imported(folder)) == [("LAB0109", f"wso2am-2-1-0/user-mgt.xml:{line}")]


def test_an_offset_that_only_the_start_command_gives_is_told(folder: Path) -> None:
    made = imported(folder)
    assert made.reasons == ()
    made.topology.unlink()
    shutil.rmtree(made.files)
    edit(folder / KM / CONF / "carbon.xml", "<Offset>1<", "<Offset>0<")
    (told,) = (text for text in imported(folder).reasons if text.startswith("wso2am-2-1-0 asks"))
    assert "localhost at 9444, 10390, as at" in told
    assert "wso2is-km-5-3-0 is started there with -DportOffset=1" in told


def test_missing_files_are_told_at_once(folder: Path) -> None:
    (folder / AM / CONF / "registry.xml").unlink()
    (folder / KM / CONF / "datasources/master-datasources.xml").unlink()
    told = refused(folder)
    assert [what.partition(",")[0] for what, _ in told] == [
        "wso2am-2-1-0 has no registry.xml",
        "wso2is-km-5-3-0 has no master-datasources.xml",
    ]


def test_a_node_of_another_product_is_named_and_left_aside(folder: Path) -> None:
    analytics = folder / "apim-analytics-1" / CONF
    shutil.copytree(folder / AM / CONF, analytics)
    (analytics / "api-manager.xml").unlink()
    line = edit(analytics / "carbon.xml", "<ServerKey>AM<", "<ServerKey>AM-Analytics<")
    made = imported(folder)
    assert made.reasons[0] == (
        "apim-analytics-1 is no API Manager, and left aside:"
        f" <ServerKey>AM-Analytics at apim-analytics-1/{CONF}/carbon.xml:{line}"
    )
    assert len(made.customers) == 2
    made.topology.unlink()
    shutil.rmtree(made.files)
    for place in (AM, KM):
        shutil.rmtree(folder / place)
    ((what, _),) = refused(folder)
    assert what == made.reasons[0]


def test_xml_that_is_none_and_entities_are_refused_at_their_line(folder: Path) -> None:
    (folder / AM / CONF / "registry.xml").write_text("<a>\n<b>")
    entity = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    (folder / KM / CONF / "carbon.xml").write_text(entity)
    told = refused(folder)
    assert [where for _, where in told] == [
        f"{AM}/{CONF}/registry.xml:2",
        f"{KM}/{CONF}/carbon.xml:1",
    ]
    assert "entities" in told[1][0]


def test_a_link_that_leads_outside_is_refused(folder: Path, tmp_path: Path) -> None:
    path = folder / AM / CONF / "registry.xml"
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert refused(folder) == [
        ("a symbolic link that leads outside", f"{AM}/{CONF}/registry.xml"),
    ]


def test_a_version_that_nobody_knows_is_refused_unless_another_is_said(folder: Path) -> None:
    old, new = "<Version>2.1.0<", "<Version>2.6.0<"
    line = edit(folder / AM / CONF / "carbon.xml", old, new)
    (problem,) = refused(folder)
    assert problem[0].startswith("wso2am-2-1-0 is version 2.6.0")
    assert problem[1] == f"{AM}/{CONF}/carbon.xml:{line}"
    assert imported(folder, "2.1.0").values["lab"]["version"] == "2.1.0"


def test_files_of_the_other_line_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="configured by other files"):
        imported(folder, "4.2.0")
    (folder / "gw").mkdir()
    (folder / "gw" / "deployment.toml").write_text('[server]\nserver_role = "gateway-worker"\n')
    assert "two product lines" in refused(folder)[0][0]


def test_a_role_is_told_by_the_caller_by_the_name_or_by_nobody(folder: Path) -> None:
    edit(folder / KM / CONF / "carbon.xml", "<ServerKey>IS<", "<ServerKey>AM<")
    made = imported(folder)
    assert [one.because for one in made.customers] == ["<ServerKey>AM", "its name"]
    shutil.rmtree(made.files)
    made.topology.unlink()
    (folder / KM).rename(folder / "second")
    edit(folder / "second" / CONF / "carbon.xml", "<ServerKey>AM<", "<ServerKey>XX<")
    ldap = folder / "second" / CONF / "identity/embedded-ldap.xml"
    ldap.rename(folder / "embedded-ldap.txt")
    (problem,) = refused(folder)
    assert problem[0] == "the role of second can't be told: <ServerKey> is 'XX'"
    assert refused(folder, second=Role.GATEWAY)[0][0].endswith("2.1.0 has no role gateway")
    made = imported(folder, second=Role.KEY_MANAGER)
    assert [one.because for one in made.customers] == ["--role", "<ServerKey>AM"]


def test_several_api_managers_behind_a_balancer_are_taken_as_they_are(folder: Path) -> None:
    for path in folder.rglob("*.xml"):
        text = path.read_bytes().decode()
        for port in ("9443/services", "8243/revoke"):
            text = text.replace(f"localhost:{port}", f"apim.acme.example:{port}")
        path.write_bytes(text.replace("localhost:", "10.9.8.7:").encode())
    shutil.copytree(folder / AM, folder / "second")
    made = imported(folder)
    plan = make_plan(read_topology(made.topology))
    assert [one.role for one in plan.nodes].count(Role.API_MANAGER) == 2
    (balancer,) = plan.balancers
    assert balancer.hostname == "apim.acme.example"
    assert {front.port: front.target for front in balancer.fronts} == {9443: 9443, 8243: 8243}
