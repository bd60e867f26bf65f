"""Which hosts are a node's beside those that its file says."""

from pathlib import Path

import pytest

from lab.importing.write import Imported, import_folder
from lab.plan.make import make_plan
from lab.products.releases import PRODUCTS
from lab.topology.read import read_topology

CONTROL_PLANE = """
[server]
hostname = "cp.acme.example"
server_role = "control-plane"
[[apim.gateway.environment]]
name = "Default"
service_url = "https://{}:9443/services/"
https_endpoint = "https://gw.acme.example:8243"
"""
GATEWAY = """
[server]
hostname = "{}"
server_role = "gateway-worker"
[apim.event_hub]
service_url = "https://cp.acme.example:9443/services/"
event_listening_endpoints = ["tcp://{}:5672"]
"""


def imported(
    tmp_path: Path,
    service: str,
    gateways: tuple[str, ...] = ("gw.acme.example",),
    hub: str = "cp.acme.example",
) -> Imported:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "cp.toml").write_text(CONTROL_PLANE.format(service))
    for number, hostname in enumerate(gateways):
        (folder / f"worker-{number}.toml").write_text(GATEWAY.format(hostname, hub))
    return import_folder(folder, tmp_path / "acme.toml", PRODUCTS["apim"], "4.4.0", {})


@pytest.mark.parametrize("service", ["wso2am-gateway-service", "am-service.apim.svc"])
def test_a_service_that_one_node_alone_can_have_is_its(tmp_path: Path, service: str) -> None:
    made = imported(tmp_path, service)
    plan = make_plan(read_topology(made.topology))
    assert plan.holder_of(service, 9443) == "worker-0"
    assert plan.node("worker-0").hostname == "gw.acme.example"
    assert f"{service} is taken for worker-0: no other gateway can be meant" in made.reasons
    assert made.unknown == ()


@pytest.mark.parametrize(
    ("service", "gateways"),
    [
        ("other.acme.example", ("gw.acme.example",)),
        ("10.1.1.9", ("gw.acme.example",)),
        ("am-gatway-service", ("am-gateway-service",)),
        ("am-worker", ("am-gateway-service",)),
    ],
    ids=["a public name", "an address", "a slip", "its file says a service"],
)
def test_any_other_host_stays_unknown(
    tmp_path: Path, service: str, gateways: tuple[str, ...]
) -> None:
    made = imported(tmp_path, service, gateways)
    assert any(one.startswith(service) for one in made.unknown)


def test_a_node_may_have_several_services(tmp_path: Path) -> None:
    made = imported(tmp_path, "wso2am-gateway-service", hub="wso2am-cp-1-service")
    plan = make_plan(read_topology(made.topology))
    assert plan.holder_of("wso2am-cp-1-service", 5672) == "cp"
    assert made.unknown == ()


def test_a_service_before_two_nodes_is_a_load_balancer_s(tmp_path: Path) -> None:
    made = imported(tmp_path, "am-service", ("one.acme.example", "two.acme.example"))
    [balancer] = list(make_plan(read_topology(made.topology)).balancers)
    assert "am-service" in balancer.aliases
    assert balancer.members == ("worker-0", "worker-1")


def test_a_name_whose_numbered_ones_are_the_nodes_is_a_load_balancer_s(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    text = GATEWAY.format("gw.acme.example", "am-service")
    (folder / "gw.toml").write_text(text.replace("//cp.acme.example", "//am-service"))
    for number in (1, 2):
        copy = f'[apim.throttling]\nevent_duplicate_url = ["tcp://am-service-{3 - number}:5672"]\n'
        plane = CONTROL_PLANE.format("gw.acme.example").replace("cp.", "am.") + copy
        (folder / f"east-{number}.toml").write_text(plane)
    made = import_folder(folder, tmp_path / "acme.toml", PRODUCTS["apim"], "4.4.0", {})
    plan = make_plan(read_topology(made.topology))
    assert plan.holder_of("am-service-1", 5672) == "east-1"
    assert plan.holder_of("am-service-2", 5672) == "east-2"
    [balancer] = plan.balancers
    assert "am-service" in balancer.aliases
