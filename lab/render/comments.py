"""The comments of a deployment.toml: which connection a table makes, to whom and what for."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from lab.plan.model import Plan, PlannedNode
from lab.products.facts import Role
from lab.render.node_urls import asks_itself
from lab.render.template import Template, taken_from

Path = tuple[str, ...]


def deployment_comments(plan: Plan, node: PlannedNode) -> Mapping[Path, str]:
    """Give the comment of each table that has one, by the table's path."""
    hub = _names(plan, Role.CONTROL_PLANE)
    is_hub = node in plan.nodes_of(Role.CONTROL_PLANE)
    own = "To this node's own" if is_hub else "To the control plane's"
    return {
        **_databases(plan, node),
        ("keystore", "tls"): "The certificate that this node shows on every TLS port.",
        ("truststore",): "The authorities that it believes: the lab's own.",
        ("apim", "key_manager"): (
            f"To {_whose(plan, node, Role.KEY_MANAGER)}: tokens and their keys."
        ),
        ("apim", "gateway", "environment"): (
            f"To {_whose(plan, node, Role.GATEWAY)}, which APIs are published to."
            if len({name for node in plan.nodes for name in node.environments}) == 1
            else "To the gateway that serves this environment, which APIs are published to."
        ),
        ("encryption",): "The same on every node: what one encrypts, the others read.",
        ("apim", "throttling"): (
            "Its own broker gets its decisions; a copy of each goes to the other member's."
            if node.role is Role.TRAFFIC_MANAGER
            else f"To {_whose(plan, node, Role.TRAFFIC_MANAGER)}:"
            " throttle decisions come from its broker."
        ),
        ("apim", "throttling", "url_group"): (
            "Request events go to the traffic manager's receiver, after a login over TLS."
        ),
        ("apim", "event_hub"): (
            f"{own} event hub ({hub}): its data over HTTPS, its events over AMQP."
        ),
        ("apim", "event_hub", "publish", "url_group"): (
            "Events of this node go to the hub's receiver, after a login over TLS."
        ),
        ("event_listener",): (
            f"Names the event hub ({hub}); no token is revoked on a gateway, so it never fires."
            if node.role is Role.GATEWAY
            else f"{own} event hub ({hub}): tells it of revoked tokens."
        ),
    }


def template_comments(template: Template, generated: Mapping[str, Any]) -> Mapping[Path, str]:
    """Give the comments that tell what came from the distribution's own file, and what didn't."""
    name = PurePosixPath(template.name).name
    lines = [
        f"Generated, and laid over the distribution's own {template.name}:",
        f"what is from there says `{name}`.",
    ]
    if template.left_out:
        lines.append(f"Left out of it, as connections are the topology's: {_listed(template)}.")
    own = dict.fromkeys(taken_from(generated, template.values), name)
    return {(): "\n".join(lines), **own}


def _listed(template: Template) -> str:
    return ", ".join(dict.fromkeys(template.left_out))


def _databases(plan: Plan, node: PlannedNode) -> Mapping[Path, str]:
    return {
        ("database", name): (
            f"To the database server ({plan.server(place.server).hostname})."
            if place
            else "A file of the node's own."
        )
        for name, place in node.databases.items()
    }


def _whose(plan: Plan, node: PlannedNode, role: Role) -> str:
    part = role.value.replace("-", " ")
    own = asks_itself(plan, node, role)
    return f"this node's own {part}" if own else f"the {part} ({_names(plan, role)})"


def _names(plan: Plan, role: Role) -> str:
    return ", ".join(node.name for node in plan.nodes_of(role))
