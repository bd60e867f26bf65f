"""An offset of one node, in every form of the cluster: its ports move, and all that leads there."""

import re
from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.render.deployment import deployment_values
from lab.render.haproxy import haproxy_cfg
from lab.topology.read import parse_topology

MOVED = 7
TOPOLOGIES = (Path(__file__).parents[2] / "topologies").glob("*.toml")
# The XML files of the 2.x line have a test of their own.
READY = sorted(path for path in TOPOLOGIES if path.stem != "is-key-manager")
ADDRESS = re.compile(r"(?:://| )([a-z][a-z0-9.-]*):(\d+)")


def shifted(text: str, node: str) -> Plan:
    head, table, rest = re.split(rf"(\[nodes\.{node}\]\n(?:[^\[\n].*\n)*)", text, maxsplit=1)
    found = re.search(r"^offset = (\d+)\n", table, re.MULTILINE)
    offset = MOVED + int(found[1] if found else 0)
    table = table.replace(found[0] if found else "\0", "")
    return make_plan(parse_topology(f"{head}{table.rstrip()}\noffset = {offset}\n\n{rest}"))


def addresses(plan: Plan) -> dict[str, list[tuple[str, int]]]:
    """Give every host and port in each file, in its order; `localhost` is the node itself."""
    texts = {node.name: repr(deployment_values(plan, node)) for node in plan.nodes}
    texts |= {balancer.name: haproxy_cfg(plan, balancer) for balancer in plan.balancers}
    hosts = {node.name: node.hostname for node in plan.nodes}
    return {
        name: [
            (hosts[name] if host == "localhost" else host, int(port))
            for host, port in ADDRESS.findall(text)
        ]
        for name, text in texts.items()
    }


@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_every_address_that_leads_to_a_moved_node_follows_and_no_other(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plan = make_plan(parse_topology(text))
    before = addresses(plan)
    for node in plan.nodes:
        after = shifted(text, node.name)
        assert addresses(after) == {
            name: [(host, port + MOVED * (host == node.hostname)) for host, port in found]
            for name, found in before.items()
        }
        moved = {served.port - MOVED for served in after.node(node.name).ports}
        assert moved == {served.port for served in node.ports}
        assert any(host == node.hostname for found in before.values() for host, _ in found)
