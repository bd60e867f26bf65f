"""Who must answer before a node of the product is started, as far as roles tell."""

from lab.plan.databases import places_of
from lab.products.facts import Release, Role
from lab.topology.copies import copies_of
from lab.topology.model import Topology


def starts_after(name: str, topology: Topology, release: Release) -> tuple[str, ...]:
    """Give what must answer first: of a pair one member, which also makes the first rows."""
    role = topology.nodes[name].role
    facts = release.roles[role]
    places = places_of(topology.nodes[name], topology, release).values()
    servers = dict.fromkeys(place.server for place in places if place)
    first: dict[Role, str] = {}
    for node, section in topology.nodes.items():
        first.setdefault(section.role, node)
    wanted = [first[other] for other in facts.after if other in first]
    copies = copies_of(name, topology.nodes)
    if servers and copies[0] != name:
        wanted.append(copies[0])
    nodes = (node for node in topology.nodes if node in wanted)
    return (*servers, *nodes)
