from pathlib import Path

from lab.plan.make import make_plan
from lab.smoke.policies import Asked, ask_for_policies
from lab.topology.read import read_topology
from lab.wiring.read import read_links
from probes.target import Protocol

ROOT = Path(__file__).parents[2]


def asked(name: str) -> list[Asked]:
    plan = make_plan(read_topology(ROOT / "topologies" / f"{name}.toml"))
    links = read_links(ROOT / "tests" / "golden" / name / "folder" / "nodes", plan).links
    return list(ask_for_policies(plan, links, "10PerMin", 10, within=5))


def test_a_traffic_manager_is_told_and_heard_as_its_gateway_would() -> None:
    (one,) = asked("km-tm-separated")
    assert (one.member, one.gateway) == ("tm", "gw")
    target = one.target
    assert target.protocol is Protocol.THROTTLING
    assert (target.host, target.port) == ("tm.wso2.com", 9611)
    assert (target.login_host, target.login_port) == ("tm.wso2.com", 9711)
    assert (target.hub_host, target.hub_port) == ("tm.wso2.com", 5672)
    assert (target.username, target.hub_username) == ("admin", "admin")
    assert (target.tier, target.quota) == ("10PerMin", 10)


def test_each_of_a_pair_is_asked_once() -> None:
    assert [one.member for one in asked("ha-traffic-manager")] == ["tm-1", "tm-2"]
