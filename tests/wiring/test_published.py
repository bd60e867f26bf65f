from pathlib import Path

from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.topology.read import read_topology
from lab.wiring.published import read_published

TOPOLOGIES = Path(__file__).parents[2] / "topologies"
PORTS = """{
  "cp": {
    "9443": 35001
  },
  "gw": {
    "8243": 35002,
    "9099": 35003
  }
}
"""


def test_each_published_port_is_a_link_of_the_host_with_its_line(
    tmp_path: Path, plan: Plan
) -> None:
    (tmp_path / "ports.json").write_text(PORTS, encoding="utf-8")
    links = read_published(tmp_path, plan)
    assert [(link.id, link.url, str(link.source)) for link in links] == [
        ("host/cp:9443", "https://cp.wso2.com:35001/", "ports.json:3"),
        ("host/gw:8243", "https://gw.wso2.com:35002/", "ports.json:6"),
        ("host/gw:9099", "ws://gw.wso2.com:35003/", "ports.json:7"),
    ]
    assert [(link.to, link.host, link.port) for link in links] == [
        ("cp", "cp.wso2.com", 9443),
        ("gw", "gw.wso2.com", 8243),
        ("gw", "gw.wso2.com", 9099),
    ]
    assert all(ask.method == "GET" for link in links for ask in link.asks)


def test_a_lab_whose_ports_are_not_chosen_has_no_link_of_the_host(
    tmp_path: Path, plan: Plan
) -> None:
    assert read_published(tmp_path, plan) == ()


def test_a_key_manager_of_the_2x_line_is_asked_for_a_service_that_it_has(tmp_path: Path) -> None:
    # IS 5.3.0 has no service `Version`.
    plan = make_plan(read_topology(TOPOLOGIES / "is-key-manager.toml"))
    (tmp_path / "ports.json").write_text('{"am": {"9443": 35001},\n"km": {"9444": 35002}}')
    asked = {link.to: link.asks[0].path for link in read_published(tmp_path, plan)}
    assert asked == {"am": "/services/Version", "km": "/services/AuthenticationAdmin?wsdl"}
