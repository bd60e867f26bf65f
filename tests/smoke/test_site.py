from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import UsageError
from lab.launch.ports import published_ports, publishing, ways
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.smoke.site import Site, site_of
from lab.topology.read import read_topology

TOPOLOGIES = Path(__file__).parents[2] / "topologies"


def planned(name: str, **changes: str) -> Plan:
    return replace(make_plan(read_topology(TOPOLOGIES / f"{name}.toml")), **changes)


def placed(plan: Plan) -> Site:
    ports = {one.name: dict.fromkeys(published_ports(one), 1) for one in publishing(plan)}
    return site_of(plan, ways(plan, ports))


def test_four_nodes_are_asked_each_for_its_own() -> None:
    site = placed(planned("km-tm-separated"))
    assert site.control_plane == "https://cp.wso2.com:9443"
    assert site.key_manager == "https://km.wso2.com:9443"
    assert site.gateways == {"Default": "https://gw.wso2.com:8243"}
    assert site.backend == "http://cp.wso2.com:9763/services"


@pytest.mark.parametrize(
    ("version", "publisher", "devportal"),
    [
        ("4.0.0", "v2", "v2"),
        ("4.1.0", "v3", "v2"),
        ("4.2.0", "v4", "v3"),
        ("4.6.0", "v4", "v3"),
    ],
)
def test_each_version_has_its_paths(version: str, publisher: str, devportal: str) -> None:
    site = placed(planned("km-tm-separated", version=version))
    assert site.publisher == f"https://cp.wso2.com:9443/api/am/publisher/{publisher}"
    assert site.devportal == f"https://cp.wso2.com:9443/api/am/devportal/{devportal}"


def test_pairs_are_asked_through_their_balancers() -> None:
    site = placed(planned("ha-all"))
    assert site.control_plane == "https://cp.wso2.com"
    assert site.key_manager == "https://km.wso2.com"
    assert site.gateways == {"Default": "https://gw.wso2.com"}


def test_each_environment_is_its_own_gateways() -> None:
    gateways = placed(planned("all-blocks")).gateways
    assert gateways["Default"] == "https://gw.wso2.com:8243"
    assert gateways["Internal"] == gateways["Partners"] == "https://internal.wso2.com:8245"


def test_all_in_ones_are_asked_for_everything_through_their_balancer() -> None:
    site = placed(planned("ha-all-in-one"))
    assert site.control_plane == site.key_manager == "https://am.wso2.com"
    assert site.gateways == {"Default": "https://am.wso2.com:8243"}


def test_a_stand_in_that_keeps_its_apis_in_h2_is_refused_and_the_product_is_not() -> None:
    plan = planned("all-in-one")
    node = replace(plan.nodes[0], databases={"apim_db": None})
    with pytest.raises(UsageError, match="where it keeps nothing"):
        placed(replace(plan, nodes=(node,)))
    real = replace(plan, nodes=(replace(node, kind="home"),))
    assert placed(real).control_plane == "https://am.wso2.com:9443"


def test_stand_ins_of_the_2x_line_are_refused_by_name() -> None:
    with pytest.raises(
        UsageError, match=r"km, am: stand-ins of API Manager 2\.1\.0 have no portals"
    ):
        placed(planned("is-key-manager"))


def real(plan: Plan) -> Plan:
    return replace(plan, nodes=tuple(replace(node, kind="home") for node in plan.nodes))


def test_the_products_of_the_2x_line_are_asked_each_for_its_own() -> None:
    site = placed(real(planned("is-key-manager")))
    assert site.publisher == "https://am.wso2.com:9443/api/am/publisher/v0.11"
    assert site.devportal == "https://am.wso2.com:9443/api/am/store/v0.11"
    assert site.key_manager == "https://km.wso2.com:9444"
    assert list(site.gateways.values()) == ["https://am.wso2.com:8243"]
    assert site.backend == "http://am.wso2.com:9763/services"


def test_an_api_manager_alone_is_its_own_key_manager() -> None:
    plan = real(planned("is-key-manager"))
    alone = replace(plan, nodes=tuple(node for node in plan.nodes if node.name == "am"))
    assert placed(alone).key_manager == "https://am.wso2.com:9443"
