"""A node's own host name at the port of a proxy before it."""

from pathlib import Path

from lab.importing.write import Imported, import_folder
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.products.releases import PRODUCTS
from lab.topology.read import read_topology

CONTROL_PLANE = """
[server]
hostname = "cp.acme.example"
server_role = "control-plane"
[[apim.gateway.environment]]
name = "Default"
service_url = "https://am-gateway-service:9443/services/"
https_endpoint = "https://gw.acme.example"
http_endpoint = "http://gw.acme.example"
"""
GATEWAY = """
[server]
hostname = "gw.acme.example"
server_role = "gateway-worker"
[apim.event_hub]
service_url = "https://cp.acme.example:9443/services/"
event_listening_endpoints = ["tcp://cp.acme.example:5672"]
"""
PROXIED = GATEWAY + "[transport.https.properties]\nproxyPort = 443\n"


def imported(tmp_path: Path, gateway: str, plane: str = CONTROL_PLANE) -> tuple[Imported, Plan]:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "cp.toml").write_text(plane)
    (folder / "gw.toml").write_text(gateway)
    made = import_folder(folder, tmp_path / "acme.toml", PRODUCTS["apim"], "4.4.0", {})
    return made, make_plan(read_topology(made.topology))


def test_a_name_that_is_asked_at_its_node_s_proxy_port_is_a_load_balancer_s(tmp_path: Path) -> None:
    made, plan = imported(tmp_path, PROXIED)
    [balancer] = plan.balancers
    assert (balancer.hostname, balancer.members) == ("gw.acme.example", ("gw",))
    assert {front.port: front.target for front in balancer.fronts}[443] == 8243
    assert plan.node("gw").hostname == "am-gateway-service"
    assert (
        "gw.acme.example, which gw has for its own, is asked at its proxyPort 443" in made.reasons
    )


def test_without_a_proxy_s_port_it_is_the_node_s(tmp_path: Path) -> None:
    _, plan = imported(tmp_path, GATEWAY)
    assert plan.balancers == ()
    assert plan.node("gw").hostname == "gw.acme.example"


def test_one_that_is_asked_at_the_node_s_own_ports_alone_is_the_node_s(tmp_path: Path) -> None:
    plane = CONTROL_PLANE.replace('gw.acme.example"', 'gw.acme.example:8243"')
    _, plan = imported(tmp_path, PROXIED, plane)
    assert plan.balancers == ()
    assert plan.node("gw").hostname == "gw.acme.example"
