"""A closed lab's containers: no name server outside, no published port but the front's."""

from pathlib import Path

from lab.launch.archive import file_in
from lab.launch.definitions import (
    ENTERS,
    SIDECARS,
    Images,
    front_definition,
    machine_definition,
    node_definition,
    prober_definition,
    server_definition,
)
from lab.launch.front import front_files, front_ports
from lab.launch.labels import Ownership, Purpose
from lab.launch.ownership import this_process
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.topology.read import parse_topology

NODES = dict.fromkeys(("cp", "gw", "tm"), "node")
IMAGES = Images("prober", NODES, {"db": "server"}, "haproxy")
OWNER = Ownership("acme", Purpose.TEST, this_process(), Path("x"))
PORTS = {"cp": {9443: 40001}, "gw": {9444: 40002, 8244: 40003}}


def closed() -> Plan:
    return make_plan(
        parse_topology(
            """
            [lab]
            version = "4.1.0"
            [nodes.cp]
            role = "control-plane"
            file = "cp.toml"
            hostname = "all.example"
            [nodes.gw]
            role = "gateway"
            file = "gw.toml"
            beside = "cp"
            offset = 1
            [nodes.tm]
            role = "traffic-manager"
            file = "tm.toml"
            hostname = "tm.example"
            [databases.db]
            hostname = "db.example"
            username = "root"
            password = "root"
            """,
            name="acme",
        )
    )


def test_no_container_of_a_closed_lab_asks_a_name_server_outside() -> None:
    plan = closed()
    (machine,) = plan.machines
    definitions = [
        node_definition(plan, plan.node("tm"), IMAGES, OWNER, {}),
        server_definition(plan, plan.server("db"), IMAGES, OWNER),
        machine_definition(plan, machine, IMAGES, OWNER),
        prober_definition(plan, IMAGES, OWNER, SIDECARS, network=plan.network),
        front_definition(plan, IMAGES, OWNER, {}),
    ]
    assert {one.name_servers for one in definitions} == {("127.0.0.1",)}
    waiting = {one.name: one.name_options for one in definitions[:3]}
    assert set(waiting.values()) == {("timeout:1", "attempts:2")}, waiting


def test_a_prober_that_enters_the_members_has_no_network_and_no_name_server() -> None:
    wanted = prober_definition(closed(), IMAGES, OWNER, ENTERS, network="")
    assert (wanted.network, wanted.name_servers) == ("", ())


def test_members_of_a_machine_stand_in_its_network_without_names_of_their_own() -> None:
    plan = closed()
    (machine,) = plan.machines
    definition = node_definition(plan, plan.node("gw"), IMAGES, OWNER, {})
    assert definition.network == f"container:{machine.container}"
    assert (definition.aliases, definition.hostname, definition.name_servers) == ((), "", ())
    assert machine_definition(plan, machine, IMAGES, OWNER).aliases == ("all.example",)


def test_the_front_opens_each_port_of_the_machine_before_its_member() -> None:
    text = file_in(front_files(closed(), PORTS), "lab/balancer/haproxy.cfg").decode()
    assert "listen gw-8244\n    bind :40003\n    server gw all.example:8244" in text
    assert "listen cp-9443\n    bind :40001\n    server cp all.example:9443" in text
    assert front_ports(PORTS) == {40001: 40001, 40002: 40002, 40003: 40003}
