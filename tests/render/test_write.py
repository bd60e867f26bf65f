import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from lab.errors import LabError, TopologyError
from lab.plan.make import make_plan, read_plan
from lab.plan.model import Plan
from lab.render import certificates
from lab.render.write import render
from lab.topology.read import parse_topology, read_topology

CHECKOUT = Path(__file__).parents[2]
READY_MADE = CHECKOUT / "topologies/km-tm-separated.toml"
TOPOLOGIES = (CHECKOUT / "tests/golden/topologies.txt").read_text(encoding="utf-8").split()
TEXT = READY_MADE.read_text(encoding="utf-8")
SECRET = (".jks", ".pem", ".key")


def plan_of(text: str = TEXT) -> Plan:
    return make_plan(parse_topology(text, where="lab.toml"))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("render") / "lab"
    render(plan_of(), folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Give a copy of a rendered folder, to be spoilt."""
    return Path(shutil.copytree(made, tmp_path / "lab"))


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_the_tree_is_the_golden_one(topology: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(CHECKOUT)
    render(make_plan(read_topology(topology)), tmp_path)
    golden = contents(CHECKOUT / "tests/golden" / Path(topology).stem / "folder")
    seen = {name: text for name, text in contents(tmp_path).items() if not name.endswith(SECRET)}
    assert {name: text.decode() for name, text in seen.items()} == {
        name: text.decode() for name, text in golden.items()
    }


def test_the_files_without_a_golden_text_are_the_keys_and_certificates(made: Path):
    stores = {
        f"nodes/{node}/{store}"
        for node in ("cp", "gw", "tm", "km")
        for store in ("wso2carbon.jks", "client-truststore.jks")
    }
    pem = {"ca/ca.pem", "ca/ca-key.pem"}
    pem |= {f"servers/db/{name}.pem" for name in ("ca", "server-cert", "server-key")}
    assert {name for name in contents(made) if name.endswith(SECRET)} == stores | pem


def test_everything_is_its_owner_s_alone(made: Path):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (made, *made.rglob("*/"))}
    assert modes == {0o600}
    assert folders == {0o700}


def test_a_second_render_changes_no_byte(folder: Path):
    before = contents(folder)
    render(plan_of(), folder)
    assert contents(folder) == before


def test_a_lab_s_folder_renders_itself_again(folder: Path):
    before = contents(folder)
    render(read_plan(folder), folder)
    assert contents(folder) == before


def test_chosen_ports_and_image_references_are_left_alone(folder: Path):
    (folder / "ports.json").write_text("{}")
    (folder / ".env").write_text("LAB_NODE_IMAGE=x")
    render(plan_of(), folder)
    assert (folder / "ports.json").read_text() == "{}"
    assert (folder / ".env").read_text() == "LAB_NODE_IMAGE=x"


def test_a_host_name_that_changes_costs_that_node_s_certificate_only(folder: Path):
    before = contents(folder)
    render(plan_of(TEXT.replace("gw.wso2.com", "api.wso2.com")), folder)
    after = contents(folder)
    changed = {name for name in before if name.endswith(SECRET) and before[name] != after[name]}
    trust = {f"nodes/{node}/client-truststore.jks" for node in ("cp", "gw", "tm", "km")}
    assert changed == {"nodes/gw/wso2carbon.jks", *trust}


def test_an_authority_that_ends_soon_is_replaced_with_all_it_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patched:
        patched.setattr(certificates, "_AUTHORITY_DAYS", 10)
        render(plan_of(), tmp_path)
    before = contents(tmp_path)
    render(plan_of(), tmp_path)
    after = contents(tmp_path)
    assert all(before[name] != after[name] for name in before if name.endswith(SECRET))


@pytest.mark.parametrize(
    "name",
    [
        "ca/ca-key.pem",
        "nodes/gw/wso2carbon.jks",
        "nodes/gw/client-truststore.jks",
        "nodes/gw/deployment.toml",
        "servers/db/server-key.pem",
    ],
)
def test_a_damaged_file_is_made_again_and_what_hangs_on_it(name: str, folder: Path):
    (folder / name).write_bytes(b"damaged")
    render(plan_of(), folder)
    assert contents(folder)[name] != b"damaged"
    assert chain_holds(folder)


@pytest.mark.parametrize("name", ["ca/ca.pem", "nodes/gw/wso2carbon.jks"])
def test_a_missing_file_is_made_again_and_what_hangs_on_it(name: str, folder: Path):
    names = set(contents(folder))
    (folder / name).unlink()
    render(plan_of(), folder)
    assert set(contents(folder)) == names
    assert chain_holds(folder)


def chain_holds(folder: Path) -> bool:
    trusted = pkcs12.load_pkcs12(
        (folder / "nodes/cp/client-truststore.jks").read_bytes(), b"wso2carbon"
    )
    own = pkcs12.load_pkcs12((folder / "nodes/gw/wso2carbon.jks").read_bytes(), b"wso2carbon")
    entries = {entry.friendly_name: entry.certificate for entry in trusted.additional_certs}
    return own.cert is not None and entries[b"node-gw"] == own.cert.certificate


def test_the_truststore_has_the_aliases_that_the_product_looks_for(made: Path):
    stores = {
        node: pkcs12.load_pkcs12(
            (made / f"nodes/{node}/client-truststore.jks").read_bytes(), b"wso2carbon"
        )
        for node in ("gw", "km")
    }
    entries = {
        node: {entry.friendly_name: entry.certificate for entry in store.additional_certs}
        for node, store in stores.items()
    }
    assert set(entries["gw"]) == {
        b"lab-ca",
        b"wso2carbon",
        b"gateway_certificate_alias",
        *(f"node-{node}".encode() for node in ("cp", "gw", "tm", "km")),
    }
    assert entries["gw"][b"gateway_certificate_alias"] == entries["km"][b"wso2carbon"]
    assert entries["gw"][b"wso2carbon"] == entries["km"][b"node-gw"]


def test_a_node_that_left_the_topology_leaves_the_folder(folder: Path):
    text = TEXT.replace("[nodes.gw]", "[nodes.gateway]")
    render(plan_of(text), folder)
    assert {path.name for path in (folder / "nodes").iterdir()} == {"cp", "gateway", "tm", "km"}


def test_the_folder_itself_may_be_a_link_of_the_user_s(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    render(plan_of(), tmp_path / "link")
    assert (tmp_path / "real" / "options.json").is_file()


@pytest.mark.parametrize("own", ["notes.txt", ".git", "nodes"])
def test_a_folder_that_holds_something_else_is_refused_and_kept(own: str, tmp_path: Path):
    (tmp_path / own).mkdir()
    (tmp_path / own / "precious").write_text("mine")
    with pytest.raises(LabError, match="is not empty and holds no lab"):
        render(plan_of(), tmp_path)
    assert contents(tmp_path) == {f"{own}/precious": b"mine"}


def test_a_file_where_the_folder_should_be_is_refused_and_kept(tmp_path: Path):
    path = tmp_path / "lab"
    path.write_text("mine")
    with pytest.raises(LabError, match="is no folder"):
        render(plan_of(), path)
    assert path.read_text() == "mine"


def test_a_link_that_leads_out_of_the_folder_is_refused(folder: Path, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.rmtree(folder / "nodes")
    (folder / "nodes").symlink_to(outside)
    with pytest.raises(LabError, match="symbolic link"):
        render(plan_of(), folder)
    assert not any(outside.iterdir())


def test_a_folder_below_a_file_can_t_be_written_and_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match="can't be written"):
        render(plan_of(), tmp_path / "file" / "lab")


def test_a_render_that_fails_leaves_the_one_before(folder: Path):
    before = contents(folder)
    bad = TEXT.replace(
        "[nodes.gw]", '[nodes.gw.config.keystore.tls]\nfile_name = "a/b.jks"\n[nodes.gw]'
    )
    with pytest.raises(TopologyError) as refused:
        render(plan_of(bad), folder)
    assert refused.value.problems[0].where == "lab.toml: nodes.gw.config"
    assert contents(folder) == before


def test_what_a_killed_render_left_is_cleared_away(tmp_path: Path):
    (tmp_path / ".rendering-x").mkdir()
    (tmp_path / ".rendering-x" / "half").write_text("")
    render(plan_of(), tmp_path)
    assert not list(tmp_path.glob(".rendering-*"))


def test_the_lab_s_own_password_stands_in_no_file_but_its_secret_ones(tmp_path: Path):
    text = f'{TEXT}\n[super_admin]\npassword = "hush-hush"\n'
    render(plan_of(text), tmp_path)
    holders = {name for name, content in contents(tmp_path).items() if b"hush-hush" in content}
    nodes = {f"nodes/{node}/deployment.toml" for node in ("cp", "gw", "tm", "km")}
    assert holders == {"topology.toml", *nodes}
