"""Which hosts are load balancers, how many those are, and which ports each opens."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from lab.importing.write import Imported, import_folder
from lab.plan.make import make_plan
from lab.products.releases import PRODUCTS
from lab.render.write import render
from lab.topology.read import read_topology
from lab.wiring.read import read_links

ALL_IN_ONE = """
[server]
hostname = "am.acme.example"
server_role = "default"
[super_admin]
username = "admin"
password = "admin"
[[apim.gateway.environment]]
name = "Default"
service_url = "https://localhost:${mgt.transport.https.port}/services/"
username = "${admin.username}"
password = "${admin.password}"
ws_endpoint = "ws://websocket.acme.example"
wss_endpoint = "wss://websocket.acme.example"
http_endpoint = "http://gw.acme.example"
https_endpoint = "https://gw.acme.example"
websub_event_receiver_http_endpoint = "http://websub.acme.example"
websub_event_receiver_https_endpoint = "https://websub.acme.example"
"""
AT_ONE_HOST = ALL_IN_ONE.replace("websocket.", "gw.").replace("websub.", "gw.")


def imported(tmp_path: Path, files: Mapping[str, str]) -> Imported:
    folder = tmp_path / "given"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)
    return import_folder(folder, tmp_path / "acme.toml", PRODUCTS["apim"], "4.4.0", {})


def https_ports(made: Imported) -> dict[str, int]:
    """Give where port 443 of each balancer leads to, by each of its names."""
    plan = make_plan(read_topology(made.topology))
    return {
        name: next(front.target for front in one.fronts if front.port == 443)
        for one in plan.balancers
        for name in one.aliases
    }


BY_NAME = {"websocket.acme.example": 8099, "gw.acme.example": 8243, "websub.acme.example": 8021}


def test_each_public_host_name_leads_to_what_is_asked_there(tmp_path: Path) -> None:
    made = imported(tmp_path, {"am": ALL_IN_ONE})
    assert https_ports(made) == BY_NAME
    assert list(made.values["balancers"]) == [  # type: ignore[call-overload]
        "all-in-one-lb",
        "all-in-one-lb-2",
        "all-in-one-lb-3",
    ]
    assert len([reason for reason in made.reasons if "a load balancer before am" in reason]) == 3


@pytest.mark.parametrize("nodes", [("am",), ("am-1", "am-2")])
def test_a_check_finds_no_wrong_port_behind_public_host_names(
    tmp_path: Path, nodes: tuple[str, ...]
) -> None:
    made = imported(tmp_path, dict.fromkeys(nodes, ALL_IN_ONE))
    render(plan := make_plan(read_topology(made.topology)), tmp_path / "rendered")
    found = read_links(tmp_path / "rendered" / "nodes", plan).findings
    assert [one.code for one in found if one.code in ("LAB0101", "LAB0102")] == []


def test_the_portals_name_of_a_pair_leads_to_the_portals(tmp_path: Path) -> None:
    made = imported(tmp_path, dict.fromkeys(("am-1", "am-2"), ALL_IN_ONE))
    assert https_ports(made) == {**BY_NAME, "am.acme.example": 9443}


def test_one_host_for_all_leads_to_the_apis(tmp_path: Path) -> None:
    made = imported(tmp_path, {"am": AT_ONE_HOST})
    assert https_ports(made) == {"gw.acme.example": 8243}


GATEWAY = """
[server]
hostname = "gw-1.acme.example"
server_role = "gateway-worker"
[apim.key_manager]
service_url = "https://{}/services/"
"""
KEY_MANAGER = """
[server]
hostname = "km-1.acme.example"
server_role = "api-key-manager-deprecated"
"""


@pytest.mark.parametrize(
    ("host", "unknown"),
    [("km.acme.example", 0), ("km-2.acme.example", 1), ("kn-1.acme.example", 1)],
)
def test_before_one_numbered_node_stands_a_balancer_without_the_number(
    tmp_path: Path, host: str, unknown: int
) -> None:
    made = imported(tmp_path, {"gw": GATEWAY.format(host), "km": KEY_MANAGER})
    assert len(made.unknown) == unknown
    assert https_ports(made) == ({} if unknown else {host: 9443})
