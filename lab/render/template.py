"""The distribution's own deployment.toml of a profile, which the generated one is laid over.

So keys that the product needs and no topology mentions are there. Its connections lead to hosts of
an example, and stay behind: the topology's are the only ones.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lab.distributions.entry import Distribution
from lab.distributions.find import distribution_of
from lab.errors import LabError, Problem
from lab.plan.model import PlannedNode
from lab.products.not_dialled_4x import NOT_DIALLED

Values = dict[str, Any]
Path = tuple[str, ...]

_TEMPLATES = "repository/resources/conf/deployment-templates"
_USUAL = "repository/conf/deployment.toml"
_LOGIN = ("username", "password")
_WHOLE: Path = ("database",)  # its tables are laid over nothing


@dataclass(frozen=True, slots=True)
class Template:
    """What is taken of a distribution's file, and the keys that are not."""

    name: str  # in the distribution
    values: Values
    left_out: tuple[str, ...]


def template_of(node: PlannedNode) -> Template | None:
    """Give the template of a node's profile; none for a node without a distribution here.

    Raises `LabError` for a template that is no TOML.
    """
    distribution = distribution_of(node)
    if distribution is None:
        return None
    name = _name(node, distribution)
    try:
        values = tomllib.loads(distribution.read(name).decode())
    except ValueError as error:
        raise LabError(
            Problem(
                f"the distribution's template is no TOML: {error}",
                f"{distribution.where}/{name}",
                "unpack the product's zip again, whole, and name its folder",
            )
        ) from error
    left_out: list[str] = []
    return Template(name, _without_connections(values, "", left_out), tuple(left_out))


def _name(node: PlannedNode, distribution: Distribution) -> str:
    for profile in (node.start.profile, node.start.setup):
        name = f"{_TEMPLATES}/{profile}.toml"
        if profile and distribution.has(name):
            return name
    return _USUAL


def _without_connections(values: Mapping[str, Any], path: str, left_out: list[str]) -> Values:
    """Give a table without its URLs, the logins beside them, and tables that hold nothing else."""
    kept: Values = {}
    urls = [key for key, value in values.items() if _is_url(value, _join(path, key))]
    for key, value in values.items():
        at = _join(path, key)
        if key in urls or (urls and key in _LOGIN):
            left_out.append(at)
        elif isinstance(value, Mapping):
            if inner := _without_connections(value, at, left_out):
                kept[key] = inner
        elif _is_tables(value):
            tables = [_without_connections(each, f"{at}[]", left_out) for each in value]
            if inner_tables := [table for table in tables if table]:
                kept[key] = inner_tables
        else:
            kept[key] = value
    return kept


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _is_url(value: Any, path: str) -> bool:
    texts = value if isinstance(value, list) else [value]
    return path not in NOT_DIALLED and any(
        isinstance(text, str) and "://" in text for text in texts
    )


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def laid_over(values: Mapping[str, Any], template: Mapping[str, Any], path: Path = ()) -> Values:
    """Give *values* and what of the template they leave open.

    A database's table is whole or not at all: its keys say together where it is.
    """
    laid: Values = {}
    for key, value in values.items():
        below = template.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and path != _WHOLE:
            laid[key] = laid_over(value, below, (*path, key))
        else:
            laid[key] = value
    return laid | {key: value for key, value in template.items() if key not in values}


def taken_from(
    values: Mapping[str, Any], template: Mapping[str, Any], path: Path = ()
) -> Iterator[Path]:
    """Give the path of each value that came from the template."""
    for key, below in template.items():
        at = (*path, key)
        if key not in values:
            yield from _leaves(below, at)
        elif isinstance(below, Mapping) and isinstance(values[key], Mapping) and path != _WHOLE:
            yield from taken_from(values[key], below, at)


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path
