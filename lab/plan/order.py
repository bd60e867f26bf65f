"""Who must answer before a node of the product is started, as far as roles tell."""

from lab.plan.databases import places_of
from lab.products.facts import Release, players
from lab.topology.copies import copies_of
from lab.topology.model import Topology


def starts_after(name: str, topology: Topology, release: Release) -> tuple[str, ...]:
    """Give what must answer first: of a pair one member, which also makes the first rows."""
    role = topology.nodes[name].role
    facts = release.roles[role]
    places = places_of(topology.nodes[name], topology, release).values()
    servers = dict.fromkeys(place.server for place in places if place)
    roles = {node: section.role for node, section in topology.nodes.items()}
    answering = (players(other, roles) for other in facts.after)
    wanted = [nodes[0] for nodes in answering if nodes and name not in nodes]
    copies = copies_of(name, topology.nodes)
    if servers and copies[0] != name:
        wanted.append(copies[0])
    nodes = (node for node in topology.nodes if node in wanted)
    return (*servers, *nodes)
