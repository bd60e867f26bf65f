"""The configuration files alone, of nodes and balancers: what the static check needs, made fast."""

from collections.abc import Callable, Mapping
from pathlib import Path

from lab.errors import TopologyError
from lab.plan.model import Plan, PlannedNode
from lab.products.facts import Line
from lab.render.comments import deployment_comments, template_comments
from lab.render.deployment import Values, deployment_values
from lab.render.distributed import distributed_files
from lab.render.encryption import encryption_key, shared_key
from lab.render.given import given_files, given_values
from lab.render.haproxy import haproxy_cfg
from lab.render.stores import store_problems
from lab.render.template import laid_over, template_of
from lab.render.toml_text import toml_text
from lab.render.tree import write_tree


def configuration(plan: Plan, encryption_key: str) -> Mapping[str, Values]:
    """Give the values of each node's deployment.toml by the node's name; XML files have none.

    Raises `TopologyError` for a `config` that names keystores which can't be made.
    """
    given = given_files(plan)
    values = {
        node.name: given_values(node, given[node.name])
        if node.file
        else _VALUES[node.line](plan, node, encryption_key)
        for node in plan.nodes
    }
    problems = [
        problem
        for name, value in values.items()
        if name not in given
        for problem in store_problems(value, f"{plan.topology_path}: nodes.{name}.config")
    ]
    if problems:
        raise TopologyError(*problems)
    return values | shared_key({name: of for name, of in values.items() if name not in given})


def _of_toml(plan: Plan, node: PlannedNode, encryption_key: str) -> Values:
    values, template = deployment_values(plan, node, encryption_key), template_of(node)
    return values if template is None else laid_over(values, template.values)


def configuration_files(plan: Plan, node: PlannedNode, values: Values) -> Mapping[str, bytes]:
    """Give the generated configuration files of one node by their names, with comments."""
    return _FILES[node.line](plan, node, values)


def placed_files(plan: Plan, values: Mapping[str, Values]) -> dict[str, bytes]:
    """Give the files of all nodes and balancers by their places in a lab's folder.

    A node's own files are given byte for byte.
    """
    given = given_files(plan)
    files: dict[str, bytes] = {}
    for node in plan.nodes:
        if node.name in given:
            own = given[node.name]
        else:
            own = configuration_files(plan, node, values[node.name])
        files |= {f"nodes/{node.name}/{name}": content for name, content in own.items()}
    for balancer in plan.balancers:
        files[f"balancers/{balancer.name}/haproxy.cfg"] = haproxy_cfg(plan, balancer).encode()
    return files


def write_configuration(plan: Plan, folder: Path) -> None:
    """Write each node's and each balancer's files into *folder*, where a lab's folder has them."""
    values = configuration(plan, encryption_key(plan, folder))
    write_tree(folder, placed_files(plan, values))


def _deployment_toml(plan: Plan, node: PlannedNode, values: Values) -> Mapping[str, bytes]:
    comments = dict(deployment_comments(plan, node))
    if template := template_of(node):
        comments |= template_comments(template, deployment_values(plan, node))
    return {"deployment.toml": toml_text(values, comments).encode()}


def _of_xml(_plan: Plan, node: PlannedNode, _key: str) -> Values:
    """Give the stores alone, which the distribution's own file names; else they are the usual."""
    own = distributed_files(node)
    if not own:
        return {}
    from lab.render.xml_stores import store_values  # noqa: PLC0415  # the 4.x line needs no lxml

    return store_values({name: own[name] for name in own if name.endswith(".xml")})


def _xml_files(plan: Plan, node: PlannedNode, _values: Values) -> Mapping[str, bytes]:
    from lab.render.xml_files import xml_files  # noqa: PLC0415  # the 4.x line needs no lxml

    return xml_files(plan, node, distributed_files(node))


_VALUES: Mapping[Line, Callable[[Plan, PlannedNode, str], Values]] = {
    Line.TOML: _of_toml,
    Line.XML: _of_xml,
}
_FILES: Mapping[Line, Callable[[Plan, PlannedNode, Values], Mapping[str, bytes]]] = {
    Line.TOML: _deployment_toml,
    Line.XML: _xml_files,
}
