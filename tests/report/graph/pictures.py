"""Pictures to look at: of the ready topologies, of reports, and of hosts with odd names."""

from dataclasses import replace
from pathlib import Path

from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.products.facts import Protocol
from lab.render.configuration import write_configuration
from lab.report.graph.picture import Picture, picture_of_plan
from lab.topology.read import read_topology
from lab.wiring.link import Link, Position
from lab.wiring.read import read_links

CHECKOUT = Path(__file__).parents[3]


def plan_of(topology: str) -> Plan:
    return make_plan(read_topology(CHECKOUT / "topologies" / f"{topology}.toml"))


def links_of(plan: Plan, folder: Path) -> tuple[Link, ...]:
    write_configuration(plan, folder)
    return read_links(folder / "nodes", plan).links


def picture_of(topology: str, folder: Path) -> Picture:
    plan = plan_of(topology)
    return picture_of_plan(plan, links_of(plan, folder))


def odd_picture() -> Picture:
    """Give a picture with a host that no node has, whose name is code in every format."""
    link = Link(
        id="gw/key",
        node="gw",
        to=None,
        host='a"]<b>&#x27;`end',
        port=1,
        protocol=Protocol.HTTPS,
        url="https://a:1",
        key='a.<b>&"c"',
        source=Position("gw/deployment.toml", 1),
        why="",
    )
    plan = replace(plan_of("km-tm-separated"), lab='x"<y>&')
    return picture_of_plan(plan, [link])
