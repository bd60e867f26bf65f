import socket
from pathlib import Path

from lab.launch.ports import choose_ports, other_ports, read_ports, write_ports
from lab.plan.make import make_plan
from lab.topology.read import read_topology

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "km-tm-separated.toml"


def plan():
    return make_plan(read_topology(TOPOLOGY))


def test_every_published_port_gets_a_port_of_its_own(tmp_path: Path) -> None:
    chosen = choose_ports(plan(), tmp_path)
    hosts = [host for ports in chosen.values() for host in ports.values()]
    assert len(set(hosts)) == len(hosts)
    assert set(chosen["gw"]) == {p.port for p in plan().node("gw").ports if p.published}


def test_ports_of_before_are_kept(tmp_path: Path) -> None:
    chosen = choose_ports(plan(), tmp_path)
    write_ports(tmp_path, chosen)
    assert read_ports(tmp_path) == chosen
    assert choose_ports(plan(), tmp_path) == chosen


def test_a_port_that_was_taken_meanwhile_is_exchanged(tmp_path: Path) -> None:
    chosen = choose_ports(plan(), tmp_path)
    write_ports(tmp_path, chosen)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", chosen["gw"][9443]))
        listener.listen()
        again = choose_ports(plan(), tmp_path)
    assert again["gw"][9443] != chosen["gw"][9443]
    assert again["gw"][8243] == chosen["gw"][8243]


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("[1]")
    assert read_ports(tmp_path) == {}


def test_other_ports_are_as_many_as_asked_for() -> None:
    assert set(other_ports((9443, 8243))) == {9443, 8243}


def test_a_balancer_s_ports_are_published_unless_nobody_outside_uses_them(tmp_path: Path) -> None:
    pairs = make_plan(read_topology(TOPOLOGY.with_name("ha-all.toml")))
    chosen = choose_ports(pairs, tmp_path)
    assert set(chosen["gw-lb"]) == {80, 443, 8099, 8243, 8280, 9099, 9443}
    assert set(chosen["cp-lb"]) == {80, 443}
    assert "tm-lb" not in chosen
