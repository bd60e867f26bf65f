"""What a node of the 2.x line is, by its files and its name, and whether it validates keys."""

import shutil
from pathlib import Path

import pytest

from lab.products.facts import Role
from lab.wiring.finding import Severity
from lab.wiring.node_files import read_nodes
from lab.wiring.read import read_links
from lab.wiring.role_names import GATEWAY, profiles_named

BAD = Path(__file__).parent / "check" / "bad"


def role(folder: Path, name: str, **files: str) -> Role | None:
    (folder / name).mkdir()
    for file, text in files.items():
        (folder / name / f"{file.replace('_', '-')}.xml").write_text(text)
    return read_nodes(folder, None)[name].role


def test_a_node_of_api_manager_that_is_called_a_key_manager_is_one(tmp_path: Path) -> None:
    carbon = "<Server><ServerKey>AM</ServerKey></Server>"
    assert role(tmp_path, "km", carbon=carbon) is Role.KEY_MANAGER
    assert role(tmp_path, "am", carbon=carbon) is Role.API_MANAGER


def test_without_a_server_key_the_files_tell_then_the_name(tmp_path: Path) -> None:
    of_is = "<APIManager><GatewayType>None</GatewayType></APIManager>"
    assert role(tmp_path, "one", api_manager=of_is) is Role.KEY_MANAGER
    whole = "<APIManager><GatewayType>Synapse</GatewayType></APIManager>"
    assert role(tmp_path, "is-key-manager", api_manager=whole) is Role.KEY_MANAGER
    assert role(tmp_path, "two", api_manager=whole) is None


def test_another_product_is_no_key_manager_by_its_name(tmp_path: Path) -> None:
    carbon = "<Server><ServerKey>AM-Analytics</ServerKey></Server>"
    assert role(tmp_path, "analytics-km", carbon=carbon) is None


@pytest.mark.parametrize("name", ["am", "apim-gw-manager", "manager-worker", "gateway-store"])
def test_a_node_may_be_a_gateway_by_its_name(name: str) -> None:
    assert GATEWAY in profiles_named(name)


@pytest.mark.parametrize("name", ["apim-publisher", "store", "apim-pubstore-tm-1", "tm2"])
def test_a_node_that_is_called_after_other_profiles_is_none(name: str) -> None:
    assert GATEWAY not in profiles_named(name)


def test_a_thrift_client_is_a_warning_where_the_role_is_not_told(tmp_path: Path) -> None:
    case = BAD / "LAB0172-a-thrift-client-of-a-node-that-may-be-no-gateway"
    (finding,) = read_links(case, None).findings
    assert finding.severity is Severity.WARNING
    told = Path(shutil.copytree(case, tmp_path / "told"))
    shutil.copy(BAD / "LAB0172-a-thrift-client-and-no-server" / "am" / "carbon.xml", told / "node")
    (finding,) = read_links(told, None).findings
    assert finding.severity is Severity.ERROR
