"""`lab plan`: what would be created, in words or as JSON; needs no Docker."""

import json
from dataclasses import asdict

from lab.plan.model import Plan
from lab.plan.text import plan_text
from lab.verbs.planning import Choice, planned
from lab.verbs.shell import ListFormat, Shell


def plan(choice: Choice, shell: Shell, *, wanted: ListFormat) -> int:
    """Print the plan."""
    made = planned(choice, shell)
    shell.say(
        plan_text(made) if wanted is ListFormat.TABLE else json.dumps(_values(made), indent=2)
    )
    return 0


def _values(made: Plan) -> dict[str, object]:
    return {
        "schema": 1,
        "lab": made.lab,
        "product": made.product,
        "version": made.version,
        "network": made.network,
        "nodes": [
            {
                "name": node.name,
                "role": str(node.role),
                "kind": node.kind,
                "container": node.container,
                "aliases": list(node.aliases),
                "ports": [port.port for port in node.ports],
                "databases": {
                    database: asdict(place) if place else None
                    for database, place in node.databases.items()
                },
            }
            for node in made.nodes
        ],
        "balancers": [
            {
                "name": balancer.name,
                "role": str(balancer.role),
                "container": balancer.container,
                "aliases": list(balancer.aliases),
                "members": list(balancer.members),
                "ports": [front.port for front in balancer.fronts],
            }
            for balancer in made.balancers
        ],
        "servers": [
            {
                "name": server.name,
                "container": server.container,
                "aliases": list(server.aliases),
                "port": server.port,
                "databases": [schema.name for schema in server.schemas],
            }
            for server in made.servers
        ],
    }
