"""The configuration files alone, of nodes and balancers: what the static check needs, made fast."""

from collections.abc import Mapping
from pathlib import Path

from lab.errors import TopologyError
from lab.plan.model import Plan, PlannedNode
from lab.render.comments import deployment_comments
from lab.render.deployment import Values, deployment_values
from lab.render.encryption import encryption_key
from lab.render.haproxy import haproxy_cfg
from lab.render.stores import store_problems
from lab.render.toml_text import toml_text
from lab.render.tree import write_tree


def configuration(plan: Plan, encryption_key: str) -> Mapping[str, Values]:
    """Give the values of each node's deployment.toml by the node's name.

    Raises `TopologyError` for a `config` that names keystores which can't be made.
    """
    values = {node.name: deployment_values(plan, node, encryption_key) for node in plan.nodes}
    problems = [
        problem
        for name, value in values.items()
        for problem in store_problems(value, f"{plan.topology_path}: nodes.{name}.config")
    ]
    if problems:
        raise TopologyError(*problems)
    return values


def configuration_text(plan: Plan, node: PlannedNode, values: Values) -> bytes:
    """Give the deployment.toml of one node, comments included."""
    return toml_text(values, deployment_comments(plan, node)).encode()


def write_configuration(plan: Plan, folder: Path) -> None:
    """Write each node's and each balancer's file into *folder*, where a lab's folder has it."""
    values = configuration(plan, encryption_key(plan, folder))
    files = {
        f"nodes/{node.name}/deployment.toml": configuration_text(plan, node, values[node.name])
        for node in plan.nodes
    }
    for balancer in plan.balancers:
        files[f"balancers/{balancer.name}/haproxy.cfg"] = haproxy_cfg(plan, balancer).encode()
    write_tree(folder, files)
