"""A node's own file, taken as it is: its bytes, and the stores that it names."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from lab.errors import Problem, TopologyError
from lab.plan.model import Plan, PlannedNode
from lab.render.stores import Store, keystores, truststore

_REFERENCE = re.compile(r"\$ref\{([^{}]+)\}")
_DEEPEST = 8
_PLAIN = Store("wso2carbon.jks", "wso2carbon", "wso2carbon")
_TRUSTED = Store("client-truststore.jks", "wso2carbon")


def given_files(plan: Plan) -> Mapping[str, bytes]:
    """Give the bytes of each node's own file; raises `TopologyError` with all that can't be."""
    files: dict[str, bytes] = {}
    problems = []
    for node in plan.nodes:
        if node.file is None:
            continue
        try:
            files[node.name] = node.file.read_bytes()
            tomllib.loads(files[node.name].decode("utf-8-sig"))
        except OSError as error:
            what = f"the file of {node.name} can't be read: {error.strerror}"
            problems.append(_problem(what, plan, node))
        except ValueError:
            # The parser's own words could hold a piece of a password's line.
            problems.append(_problem(f"the file of {node.name} is not TOML", plan, node))
    if problems:
        raise TopologyError(*problems)
    return files


def given_values(content: bytes) -> dict[str, Any]:
    """Give the values of such a file."""
    return tomllib.loads(content.decode("utf-8-sig"))


def given_stores(values: Mapping[str, Any]) -> tuple[tuple[Store, ...], Store]:
    """Give the keystores, of a file's several descriptions the first, and the truststore.

    What can't be made is left out, and the node says that it isn't there: a name with a folder, an
    empty password.
    """
    trusted = _resolved(truststore(values), values)
    named: dict[str, Store] = {}
    for each in _keystores(values):
        store = _resolved(each, values)
        if _is_usable(store) and store.file_name != trusted.file_name:
            named.setdefault(store.file_name, store)
    return tuple(named.values()) or (_PLAIN,), trusted if _is_usable(trusted) else _TRUSTED


def _keystores(values: Mapping[str, Any]) -> Iterator[Store]:
    """Give the keystores as the file describes them, that of TLS first; none is left out."""
    sections = values.get("keystore")
    sections = sections if isinstance(sections, Mapping) else {}
    primary = sections.get("primary", {})
    for name in ("tls", "primary", "internal"):
        section = sections.get(name, {})
        if isinstance(primary, Mapping) and isinstance(section, Mapping):
            yield keystores({"keystore": {"primary": {**primary, **section}}})[0]


def _is_usable(store: Store) -> bool:
    name = store.file_name
    is_name = PurePath(name).name == name and name not in ("", ".", "..", "deployment.toml")
    return is_name and bool(store.password)


def _resolved(store: Store, values: Mapping[str, Any]) -> Store:
    """Follow `$ref{}`, as the product does; other forms are known to no lab and stay."""
    return replace(
        store,
        file_name=_follow(store.file_name, values),
        password=_follow(store.password, values),
        alias=_follow(store.alias, values),
    )


def _follow(text: str, values: Mapping[str, Any], depth: int = 0) -> str:
    def written(found: re.Match[str]) -> str:
        value: Any = values
        for step in found[1].strip().split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return found[0] if value is None else _follow(str(value), values, depth + 1)

    return text if depth > _DEEPEST else _REFERENCE.sub(written, text)


def _problem(what: str, plan: Plan, node: PlannedNode) -> Problem:
    mend = "keep the folder that `lab import` wrote beside the topology, or import again"
    return Problem(what, f"{plan.topology_path}: nodes.{node.name}.file", mend)
