"""Customers' sets, written in different styles, become topologies that reproduce them."""

import shutil
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from lab.cli import app
from lab.errors import LabError, UsageError
from lab.importing.write import Imported, import_folder
from lab.plan.make import make_plan
from lab.products.facts import Role
from lab.products.releases import PRODUCTS
from lab.render.write import render
from lab.topology.read import read_topology
from lab.wiring.read import read_links

CUSTOMERS = Path(__file__).parent / "customers"
RELEASES = PRODUCTS["apim"]
SECRETS = {
    "addresses": ("Addr-Sup3r-17", "Addr-Db-42", "Addr-Key-99", "Addr-Trust-5"),
    "balanced": ("Bal-Sup3r-31", "Bal-Db-8!"),
    "one-machine": ("One-Sup3r-77", "One-Db-3"),
    "data-centres": ("Dc-Sup3r-12", "Dc-Db-9"),
    "active-active": ("Act-Sup3r-55", "Act-Db-7"),
    "classic": ("Cla-Sup3r-21", "Cla-Db-6", "Cla-Key-8"),
}


def imported(tmp_path: Path, customer: str | Path, **roles: Role) -> Imported:
    return import_folder(CUSTOMERS / customer, tmp_path / "acme.toml", RELEASES, None, roles)


def changed(tmp_path: Path, customer: str, file: str, old: str, new: str) -> tuple[Path, str]:
    """Copy a customer's folder with one line changed; give it and the line's place."""
    folder = tmp_path / "given"
    shutil.copytree(CUSTOMERS / customer, folder)
    text = (folder / file).read_text()
    before, found, after = text.partition(old)
    assert found
    (folder / file).write_text(before + new + after)
    return folder, f"{before.count(chr(10)) + 1}"


def findings(topology: Path, tmp_path: Path) -> list[tuple[str, str]]:
    plan = make_plan(read_topology(topology))
    render(plan, tmp_path / "rendered")
    wiring = read_links(tmp_path / "rendered" / "nodes", plan)
    return [(finding.code, str(finding.where)) for finding in wiring.findings]


@pytest.mark.parametrize("customer", SECRETS)
def test_every_link_of_a_customer_leads_to_somebody(tmp_path: Path, customer: str) -> None:
    made = imported(tmp_path, customer)
    assert made.unknown == ()
    assert findings(made.topology, tmp_path) == []


@pytest.mark.parametrize("customer", SECRETS)
def test_a_node_s_file_is_the_customer_s_byte_for_byte(tmp_path: Path, customer: str) -> None:
    made = imported(tmp_path, customer)
    render(make_plan(read_topology(made.topology)), tmp_path / "rendered")
    for one in made.customers:
        for place in one.settings.document.files.values() or [one.path]:
            given = CUSTOMERS / customer / place
            name = "deployment.toml" if given.suffix == ".toml" else given.name
            kept = tmp_path / "rendered" / "nodes" / one.name / name
            assert kept.read_bytes() == given.read_bytes()


@pytest.mark.parametrize("customer", SECRETS)
def test_no_verb_tells_a_secret_and_the_topology_holds_none(
    tmp_path: Path, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = ""
    for words in (
        ("import", str(CUSTOMERS / customer), "-o", "acme.toml"),
        ("plan", "acme.toml"),
        ("plan", "acme.toml", "--format", "json"),
        ("check", "acme.toml", "--remarks", "--format", "json"),
        ("render", "acme.toml", "-o", "rendered"),
    ):
        ran = CliRunner().invoke(app, words)
        assert ran.exit_code == 0, ran.output
        told += ran.output
    told += Path("acme.toml").read_text() + Path("rendered/topology.toml").read_text()
    assert [secret for secret in SECRETS[customer] if secret in told] == []


def test_a_login_in_a_database_s_url_is_told_by_no_verb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "jdbc:mysql://10.20.30.20:3306/acme_am"
    with_login = "jdbc:mysql://acme:Addr-Db-42@10.20.30.20:3306/acme_am"
    changed(tmp_path, "addresses", "control-plane/deployment.toml", url, with_login)
    monkeypatch.chdir(tmp_path)
    told = ""
    for words in (
        ("import", "given", "-o", "acme.toml"),
        ("check", "given", "--remarks"),
        ("check", "acme.toml", "--remarks", "--format", "json"),
        ("graph", "given", "--format", "mermaid"),
    ):
        ran = CliRunner().invoke(app, words)
        assert ran.exit_code == 0, ran.output
        told += ran.output
    told += Path("acme.toml").read_text()
    assert "10.20.30.20" in told
    assert "Addr-Db-42" not in told


def test_a_database_that_no_lab_can_have_is_told_with_its_line(tmp_path: Path) -> None:
    url = "jdbc:mysql://10.20.30.20:3306/acme_am"
    place = ("addresses", "control-plane/deployment.toml", url, "jdbc:mysql://10.20.30.20:99999/a")
    folder, line = changed(tmp_path, *place)
    made = import_folder(folder, tmp_path / "acme.toml", RELEASES, None, {})
    at = f"control-plane/deployment.toml:{line}: database.apim_db leads to no database"
    assert [reason.startswith(at) for reason in made.reasons].count(True) == 1
    assert made.values["nodes"]["control-plane"]["databases"]["apim_db"] == "h2"


FURTHER = """
[database.{name}]
type = "mysql"
url = "jdbc:mysql://10.20.30.20:3306/{schema}"
username = "acme"
password = "Addr-Db-42"
"""


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("mb.store_db", "mb-store/mysql-mb.sql"),
        ("sync_runtime_artifacts_db", "apimgt/mysql.sql"),
        ("config", "mysql.sql"),
    ],
)
def test_a_further_database_is_made_by_the_script_that_has_its_tables(
    tmp_path: Path, name: str, script: str
) -> None:
    folder = Path(shutil.copytree(CUSTOMERS / "addresses", tmp_path / "given"))
    with (folder / "control-plane/deployment.toml").open("a") as file:
        file.write(FURTHER.format(name=name, schema="acme_more"))
    made = import_folder(folder, tmp_path / "acme.toml", RELEASES, None, {})
    assert not [reason for reason in made.reasons if "database." in reason]
    plan = make_plan(read_topology(made.topology))
    scripts = {one.name: one.script for server in plan.servers for one in server.schemas}
    assert scripts["acme_more"] == script


def test_artifacts_may_lie_beside_the_apis(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CUSTOMERS / "addresses", tmp_path / "given"))
    with (folder / "control-plane/deployment.toml").open("a") as file:
        file.write(FURTHER.format(name="sync_runtime_artifacts_db", schema="acme_am"))
    made = import_folder(folder, tmp_path / "acme.toml", RELEASES, None, {})
    assert not [reason for reason in made.reasons if "acme_am" in reason]


def test_secrets_and_files_are_the_owner_s_alone(tmp_path: Path) -> None:
    made = imported(tmp_path, "addresses")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.files.iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(made.files.stat().st_mode) == 0o700
    held = tomllib.loads((made.files / "secrets.toml").read_text())
    assert held["db.acme"] == "Addr-Db-42"


def test_addresses_lead_to_the_containers_that_have_them(tmp_path: Path) -> None:
    plan = make_plan(read_topology(imported(tmp_path, "addresses").topology))
    held = {member.name: member.addresses for member in plan.members}
    assert held == {
        "control-plane": ("10.20.30.11",),
        "gateway": ("10.20.30.12",),
        "traffic-manager": ("10.20.30.13",),  # which no file claims
        "key-manager": ("10.20.30.14",),
        "db": ("10.20.30.20",),
    }
    (subnet,) = plan.subnets
    assert str(subnet.subnet) == "10.20.30.0/27"
    assert subnet.addresses["lab-acme-db"] == "10.20.30.20"
    assert {schema.name: schema.script for schema in plan.server("db").schemas} == {
        "acme_am": "apimgt/mysql.sql",
        "acme_shared": "mysql.sql",
    }


def test_hosts_that_no_node_has_become_load_balancers(tmp_path: Path) -> None:
    made = imported(tmp_path, "balanced")
    plan = make_plan(read_topology(made.topology))
    assert {one.hostname: (one.role.value, one.members) for one in plan.balancers} == {
        "gw.acme.example": ("gateway", ("gw1", "gw2")),
        "apim.acme.example": ("control-plane", ("cp1", "cp2")),
    }
    apim = plan.balancer("control-plane-lb")
    assert apim is not None
    assert {front.port: front.target for front in apim.fronts} == {443: 9443, 80: 9763, 9443: 9443}


def test_a_name_that_all_members_have_for_their_own_is_their_balancer_s(tmp_path: Path) -> None:
    made = imported(tmp_path, "active-active")
    [balancer] = make_plan(read_topology(made.topology)).balancers
    assert (balancer.role, balancer.members) == (Role.ALL_IN_ONE, ("site-1", "site-2"))
    assert balancer.aliases == ("gw.acme.example", "api.acme.example")
    assert {front.port: front.target for front in balancer.fronts}[443] == 9443


def test_a_key_manager_at_a_port_that_no_all_in_one_opens_is_a_stranger(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "am.toml").write_text(
        '[server]\nserver_role = "default"\n'
        '[apim.key_manager]\nservice_url = "https://is.acme.example:9444/services/"\n'
        '[[apim.gateway.environment]]\nhttps_endpoint = "https://api.acme.example:8243"\n'
    )
    made = import_folder(folder, tmp_path / "acme.toml", RELEASES, None, {})
    assert made.unknown == ("is.acme.example at am.toml:4",)
    assert made.values["nodes"]["am"]["hostname"] == "api.acme.example"


def test_hosts_called_as_the_nodes_are_theirs_where_each_calls_itself_localhost(
    tmp_path: Path,
) -> None:
    plan = make_plan(read_topology(imported(tmp_path, "data-centres").topology))
    assert {node.name: node.hostname for node in plan.nodes} == {
        f"{role}-{place}": f"acme-{role}-{place}"
        for role in ("cp", "gw", "tm")
        for place in ("east", "west")
    }
    assert plan.server("db").hostname == "acme_mysql"
    assert plan.balancers == ()


def test_nodes_of_one_host_share_a_machine_with_their_database(tmp_path: Path) -> None:
    plan = make_plan(read_topology(imported(tmp_path, "one-machine").topology))
    (machine,) = plan.machines
    assert machine.members == ("wso2am-cp", "wso2am-gw", "wso2am-km", "wso2am-tm", "db")
    assert machine.aliases == ("test.acme.example",)
    offsets = {9443: "wso2am-cp", 9444: "wso2am-gw", 9445: "wso2am-tm", 9446: "wso2am-km"}
    assert {port: plan.holder_of("test.acme.example", port) for port in offsets} == offsets
    assert {port: plan.neighbour_of("wso2am-gw", port) for port in offsets} == offsets
    assert plan.neighbour_of("wso2am-gw", 3306) == "db"


@dataclass(frozen=True)
class Fault:
    """One line of a customer's file that is wrong, and the finding that names it."""

    customer: str
    file: str
    old: str
    new: str
    code: str


FAULTS = {
    "address": Fault(
        "addresses",
        "gateway/deployment.toml",
        'throttle_decision_endpoints = ["tcp://10.20.30.13',
        'throttle_decision_endpoints = ["tcp://10.20.30.31',
        "LAB0101",
    ),
    "balancer's name": Fault(
        "balanced", "gw2.toml", "apim.acme.example:9443", "apin.acme.example:9443", "LAB0101"
    ),
    "balancer's port": Fault(
        "balanced", "gw2.toml", "apim.acme.example:9443", "apim.acme.example:9444", "LAB0102"
    ),
    "name": Fault("balanced", "cp1.toml", "//km.acme.example", "//kn.acme.example", "LAB0101"),
    "offset": Fault(
        "one-machine",
        "wso2am-gw/repository/conf/deployment.toml",
        "tcp://localhost:5674",
        "tcp://localhost:5673",
        "LAB0109",
    ),
    "all-in-one's address": Fault(
        "active-active",
        "site-2/conf/deployment.toml",
        "tcp://172.21.9.11:5672",
        "tcp://172.21.9.21:5672",
        "LAB0101",
    ),
    "all-in-one's port": Fault(
        "active-active",
        "site-1/conf/deployment.toml",
        "tcp://172.21.9.12:5672",
        "tcp://172.21.9.12:5673",
        "LAB0102",
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_wrong_url_stays_wrong_and_is_found_at_its_line(tmp_path: Path, fault: Fault) -> None:
    folder, line = changed(tmp_path, fault.customer, fault.file, fault.old, fault.new)
    made = import_folder(folder, tmp_path / "acme.toml", RELEASES, None, {})
    node = next(one.name for one in made.customers if str(one.path) == fault.file)
    assert findings(made.topology, tmp_path) == [(fault.code, f"{node}/deployment.toml:{line}")]


def test_a_role_is_told_by_what_the_file_holds_or_by_the_caller(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    shutil.copytree(CUSTOMERS / "balanced", folder)
    for path in folder.iterdir():
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "server_role" not in line))
    made = import_folder(
        folder, tmp_path / "acme.toml", RELEASES, None, {"tm": Role.TRAFFIC_MANAGER}
    )
    assert {one.name: one.role.value for one in made.customers} == {
        "cp1": "control-plane",
        "cp2": "control-plane",
        "gw1": "gateway",
        "gw2": "gateway",
        "km": "key-manager",
        "tm": "traffic-manager",
    }
    assert {one.because for one in made.customers} == {"what its file holds", "--role"}


def test_all_files_that_can_t_be_read_are_told_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "broken.toml").write_text("[server\nhostname = 1\n")
    (folder / "binary.toml").write_bytes(b"[server]\n\xff\xfe\x00")
    (folder / "lonely.toml").write_text('[server]\nhostname = "a.example"\n')
    (folder / "template.toml").write_text("[server]\nhostname = {{ .Values.host }}\n")
    with (folder / "large.toml").open("wb") as large:
        large.truncate(50 * 1024 * 1024)
    with pytest.raises(LabError) as refused:
        import_folder(folder, tmp_path / "acme.toml", RELEASES, None, {"nobody": Role.GATEWAY})
    told = {problem.where.partition(":")[0]: problem.what for problem in refused.value.problems}
    assert set(told) == {
        "broken.toml",
        "binary.toml",
        "large.toml",
        "lonely.toml",
        "template.toml",
        "--role",
    }
    assert "50 MiB" in told["large.toml"]
    assert "all-in-one" in told["lonely.toml"]
    assert "a template" in told["template.toml"]
    assert list(tmp_path.iterdir()) == [folder]


def test_nothing_is_overwritten_and_nothing_goes_into_the_customer_s_folder(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    shutil.copytree(CUSTOMERS / "addresses", folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (tmp_path / "acme.toml").write_text("mine")
    for output in (tmp_path / "acme.toml", folder / "acme.toml", tmp_path / "acme.txt"):
        with pytest.raises(UsageError) as refused:
            import_folder(folder, output, RELEASES, None, {})
        assert output.name in str(refused.value.problems[0])
    import_folder(folder, tmp_path / "other.toml", RELEASES, None, {})
    assert (tmp_path / "acme.toml").read_text() == "mine"
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_file_s_name_that_no_lab_can_have_gives_the_lab_the_nearest(tmp_path: Path) -> None:
    output = tmp_path / "Acme-4.4.toml"
    made = import_folder(CUSTOMERS / "balanced", output, RELEASES, None, {})
    plan = make_plan(read_topology(output))
    assert plan.lab == "acme-4-4"
    assert "the lab is called acme-4-4: no lab can be called as its file" in made.reasons
    assert findings(output, tmp_path) == []


def test_a_file_s_name_without_a_letter_is_refused_with_a_hint_that_can_be_followed(
    tmp_path: Path,
) -> None:
    with pytest.raises(UsageError) as refused:
        import_folder(CUSTOMERS / "balanced", tmp_path / "….toml", RELEASES, None, {})
    [problem] = refused.value.problems
    assert problem.mend == "let the file's name have a letter or digit of a-z and 0-9"
