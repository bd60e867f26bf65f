"""Who must answer before a node of the product starts."""

from pathlib import Path

import pytest

from lab.plan.order import starts_after
from lab.products.releases import PRODUCTS
from lab.topology.read import parse_topology, read_topology

TOPOLOGIES = Path(__file__).parents[2] / "topologies"
ORDERS = {
    "km-tm-separated": {"cp": ("db", "km"), "gw": ("cp",), "tm": ("cp",), "km": ("db",)},
    "ha-key-manager": {
        "cp": ("db", "km-1"),
        "gw": ("cp",),
        "tm": ("cp",),
        "km-1": ("db",),
        "km-2": ("db", "km-1"),
    },
    "ha-all-in-one": {"am-1": ("db",), "am-2": ("db", "am-1")},
}


@pytest.mark.parametrize("name", ORDERS)
def test_each_node_starts_after_what_it_needs(name):
    topology = read_topology(TOPOLOGIES / f"{name}.toml")
    release = PRODUCTS[topology.lab.product][topology.lab.version]
    order = {node: starts_after(node, topology, release) for node in topology.nodes}
    assert order == ORDERS[name]


def test_what_stands_beside_an_all_in_one_starts_after_it_and_a_key_manager_before():
    text = (TOPOLOGIES / "all-in-one.toml").read_text(encoding="utf-8")
    text += '[nodes.gw]\nrole = "gateway"\nhostname = "gw.test"\n'
    text += '[nodes.km]\nrole = "key-manager"\nhostname = "km.test"\n'
    topology = parse_topology(text)
    release = PRODUCTS["apim"]["4.1.0"]
    order = {node: starts_after(node, topology, release) for node in topology.nodes}
    assert order == {"am": ("db", "km"), "gw": ("am",), "km": ("db",)}


def test_every_server_of_a_node_s_databases_comes_first():
    text = """
[lab]
product = "apim"
version = "4.1.0"
[nodes.cp]
role = "control-plane"
hostname = "cp.test"
[nodes.gw]
role = "gateway"
hostname = "gw.test"
databases.shared_db = "b"
[nodes.tm]
role = "traffic-manager"
hostname = "tm.test"
[nodes.km]
role = "key-manager"
hostname = "km.test"
[databases.a]
hostname = "a.test"
username = "root"
password = "root"
schemas = { apim_db = "apim_db", shared_db = "shared_db" }
[databases.b]
hostname = "b.test"
username = "root"
password = "root"
schemas = { shared_db = "gw_shared" }
"""
    topology = parse_topology(text)
    release = PRODUCTS["apim"]["4.1.0"]
    assert starts_after("gw", topology, release) == ("b", "cp")
    assert starts_after("km", topology, release) == ("a",)
