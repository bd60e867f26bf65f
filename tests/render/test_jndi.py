"""The broker's URL of an API Manager's jndi.properties follows its offset and its super admin."""

from dataclasses import replace
from pathlib import Path

from lab.plan.make import make_plan
from lab.plan.model import Account
from lab.render.jndi import jndi_properties
from lab.topology.read import read_topology

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "is-key-manager.toml"
URL = "amqp://{}@clientid/carbon?brokerlist='tcp://localhost:{}'"
OWN = (
    "# connectionfactory.[jndiname] = [ConnectionURL]\r\n"
    "connectionfactory.TopicConnectionFactory = {url}\r\n"
    "topic.throttleData = throttleData\r\n"
    "# f\xfcr uns\r\n"
)


def test_port_and_login_are_the_node_s_and_all_else_stays() -> None:
    node = make_plan(read_topology(TOPOLOGY)).node("am")
    node = replace(node, offset=2, super_admin=Account("boss", "p@ss:word"))
    own = OWN.format(url=URL.format("admin:admin", 5672)).encode("iso-8859-1")
    wanted = OWN.format(url=URL.format("boss:p%40ss%3Aword", 5674)).encode("iso-8859-1")
    assert jndi_properties(own, node) == wanted


def test_a_file_without_a_factory_stays_as_it_is() -> None:
    node = make_plan(read_topology(TOPOLOGY)).node("am")
    assert jndi_properties(b"topic.a = b\n", node) == b"topic.a = b\n"
