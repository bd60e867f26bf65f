"""A node's role: what is written, what its file holds, its name; and what it is beside others."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.importing.customer import read_files
from lab.importing.folder import find_node_files
from lab.products.facts import Role

STOCK = """
[server]
hostname = "localhost"
server_role = "default"
[[apim.gateway.environment]]
name = "Default"
service_url = "https://localhost:${mgt.transport.https.port}/services/"
https_endpoint = "https://localhost:${https.nio.port}"
http_endpoint = "http://localhost:${http.nio.port}"
"""
HUB = """
[apim.event_hub]
service_url = "https://other.acme.example:9443/services/"
event_listening_endpoints = ["tcp://other.acme.example:5672"]
"""
CALLED_ELSEWHERE = STOCK.replace("https://localhost:${https", "https://gw.acme.example:${https")
GATEWAY = '[server]\nserver_role = "gateway-worker"\n'


def told(folder: Path, files: Mapping[str, str], **roles: Role) -> dict[str, Role]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)
    nodes = read_files(folder, find_node_files(folder), roles)
    return {one.settings.name: one.role for one in nodes}


def refused(folder: Path, files: Mapping[str, str]) -> list[str]:
    with pytest.raises(LabError) as error:
        told(folder, files)
    return [problem.what for problem in error.value.problems]


def test_a_file_as_it_is_delivered_is_an_all_in_one_s(tmp_path: Path) -> None:
    assert told(tmp_path, {"wso2am": STOCK}) == {"wso2am": Role.ALL_IN_ONE}


def test_one_that_names_others_but_is_called_itself_is_an_all_in_one(tmp_path: Path) -> None:
    files = {"one": STOCK + HUB, "gateway": GATEWAY}
    assert told(tmp_path, files) == {"one": Role.ALL_IN_ONE, "gateway": Role.GATEWAY}


def test_one_whose_apis_are_called_elsewhere_is_a_control_plane(tmp_path: Path) -> None:
    files = {"one": CALLED_ELSEWHERE + HUB, "gateway": GATEWAY}
    assert told(tmp_path, files) == {"one": Role.CONTROL_PLANE, "gateway": Role.GATEWAY}


def test_one_at_another_port_of_the_machine_is_somebody_else_s(tmp_path: Path) -> None:
    text = STOCK.replace("localhost:${https.nio.port}", "localhost:8244") + HUB
    files = {"one": text, "gateway": GATEWAY}
    assert told(tmp_path, files)["one"] is Role.CONTROL_PLANE


def test_what_look_like_control_planes_alone_are_all_in_ones(tmp_path: Path) -> None:
    files = {"east": CALLED_ELSEWHERE + HUB, "west": CALLED_ELSEWHERE + HUB}
    assert set(told(tmp_path, files).values()) == {Role.ALL_IN_ONE}


@pytest.mark.parametrize("name", ["cp", "acp-1"])
def test_a_control_plane_s_name_is_believed(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, {name: STOCK + HUB}) == {name: Role.CONTROL_PLANE}


@pytest.mark.parametrize("name", ["all-in-one-2", "aio"])
def test_an_all_in_one_s_name_is_believed(tmp_path: Path, name: str) -> None:
    files = {name: '[server]\nhostname = "x.example"\n', "gateway": GATEWAY}
    assert told(tmp_path, files)[name] is Role.ALL_IN_ONE


@pytest.mark.parametrize(("version", "role"), [("4.2.0", "all-in-one"), ("4.5.0", "control-plane")])
def test_up_to_4_4_the_profile_default_is_an_all_in_one_s(
    tmp_path: Path, version: str, role: str
) -> None:
    for name, text in (("am", CALLED_ELSEWHERE + HUB), ("gateway", GATEWAY)):
        (tmp_path / name / "repository/conf").mkdir(parents=True)
        (tmp_path / name / "repository/conf/deployment.toml").write_text(text)
        (tmp_path / name / "bin").mkdir()
        (tmp_path / name / "bin/version.txt").write_text(f"WSO2 API Manager {version}\n")
    assert told(tmp_path, {}) == {"am": role, "gateway": "gateway"}


def test_a_name_that_the_file_contradicts_is_asked_about(tmp_path: Path) -> None:
    assert refused(tmp_path, {"gw": STOCK}) == [
        "gw names no other node, and nothing else tells that it is an all-in-one"
    ]


@pytest.mark.parametrize("text", ['[server]\nhostname = "x"\n', "[[user_store]]\na = 1\n"])
def test_a_file_of_another_product_is_asked_about(tmp_path: Path, text: str) -> None:
    assert len(refused(tmp_path, {"mi": text})) == 1


def test_whoever_imports_has_the_last_word(tmp_path: Path) -> None:
    assert told(tmp_path, {"gw": STOCK}, gw=Role.ALL_IN_ONE) == {"gw": Role.ALL_IN_ONE}


KEY_MANAGER = """
[server]
hostname = "km.acme.example"
server_role = "control-plane"
[[event_listener]]
id = "token_revocation"
[event_listener.properties]
notification_endpoint = "https://other.acme.example:9443/internal/data/v1/notify"
"""
ASKING = HUB + '[apim.key_manager]\nservice_url = "https://am-km-service:9443/services/"\n'


def test_a_key_manager_that_calls_itself_a_control_plane_is_told_by_the_others(
    tmp_path: Path,
) -> None:
    plane = CALLED_ELSEWHERE.replace('"default"', '"control-plane"') + ASKING
    files = {"one": plane, "two": KEY_MANAGER + HUB, "gateway": GATEWAY + ASKING}
    assert told(tmp_path, files)["two"] is Role.KEY_MANAGER
    assert told(tmp_path, files, two=Role.CONTROL_PLANE)["two"] is Role.CONTROL_PLANE
