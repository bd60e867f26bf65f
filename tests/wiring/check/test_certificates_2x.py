"""Keystores of the 2.x line, which carbon.xml names: who shows what, and who believes it."""

import shutil
from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.render.write import render
from lab.topology.read import read_topology
from lab.wiring.read import read_links

TOPOLOGY = Path(__file__).parents[3] / "topologies" / "is-key-manager.toml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    render(make_plan(read_topology(TOPOLOGY)), folder)
    return folder / "nodes"


@pytest.fixture
def nodes(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "nodes"))


def edit(path: Path, old: str, new: str) -> str:
    """Replace a text that is there once; give its place."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    return f"{path.parent.name}/{path.name}:{text[: text.index(old)].count(chr(10)) + 1}"


def line_of(path: Path, text: str) -> str:
    before = path.read_text().partition(text)[0]
    return f"{path.parent.name}/{path.name}:{before.count(chr(10)) + 1}"


def findings(nodes: Path) -> list[tuple[str, str, str]]:
    found = read_links(nodes, None, stores=True).findings
    return [(one.code, one.severity, str(one.where)) for one in found]


def test_stores_of_one_authority_have_no_finding(nodes: Path) -> None:
    assert findings(nodes) == []


def test_in_the_product_s_layout_they_lie_in_its_own_folder(nodes: Path) -> None:
    for node in ("am", "km"):
        home = nodes / node
        security = home / "repository/resources/security"
        security.mkdir(parents=True)
        (home / "repository/conf").mkdir()
        for path in list(home.glob("*.jks")):
            path.rename(security / path.name)
        for path in list(home.glob("*.xml")):
            path.rename(home / "repository/conf" / path.name)
    assert findings(nodes) == []
    (nodes / "am/repository/resources/security/client-truststore.jks").write_bytes(b"none")
    assert [code for code, _, _ in findings(nodes)] == ["LAB0141"]


def test_a_truststore_without_the_other_node_is_found_at_its_line(
    nodes: Path, tmp_path: Path
) -> None:
    render(make_plan(read_topology(TOPOLOGY)), tmp_path / "another")  # of another authority
    store = "am/client-truststore.jks"
    shutil.copy(tmp_path / "another/nodes" / store, nodes / store)
    at = line_of(nodes / "am" / "carbon.xml", "security/client-truststore.jks")
    found = findings(nodes)
    assert set(found) == {("LAB0140", "error", at)}


def test_a_keystore_s_own_name_and_password_count(nodes: Path) -> None:
    carbon = nodes / "km" / "carbon.xml"
    at = edit(carbon, "security/wso2carbon.jks", "security/acme.jks")
    (nodes / "km" / "wso2carbon.jks").rename(nodes / "km" / "acme.jks")
    assert findings(nodes) == []
    edit(carbon, "<KeyAlias>wso2carbon<", "<KeyAlias>acme<")
    assert findings(nodes) == [("LAB0141", "error", at)]


def test_a_name_that_the_certificate_lacks_is_a_warning(nodes: Path) -> None:
    # The start script of this line lets nodes call each other by any name; browsers don't.
    for file in ("api-manager.xml", "user-mgt.xml"):
        path = nodes / "am" / file
        path.write_text(path.read_text().replace("km.wso2.com", "km.acme.example"))
    edit(nodes / "km" / "carbon.xml", ">km.wso2.com<", ">km.acme.example<")
    at = line_of(nodes / "km" / "carbon.xml", "security/wso2carbon.jks")
    assert set(findings(nodes)) == {("LAB0138", "warning", at)}
