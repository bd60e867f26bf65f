"""Who must answer before a node of the product starts."""

from pathlib import Path

import pytest

from lab.plan.order import starts_after
from lab.products.releases import PRODUCTS
from lab.topology.read import read_topology

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
}


@pytest.mark.parametrize("name", ORDERS)
def test_each_node_starts_after_what_it_needs(name):
    topology = read_topology(TOPOLOGIES / f"{name}.toml")
    release = PRODUCTS[topology.lab.product][topology.lab.version]
    order = {node: starts_after(node, topology, release) for node in topology.nodes}
    assert order == ORDERS[name]
