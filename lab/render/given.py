"""A node's own files, taken as they are: their bytes, and the stores that they name."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from lab.errors import Problem, TopologyError
from lab.plan.containers import NEEDED_XML_FILES, OTHER_XML_FILES
from lab.plan.model import Plan, PlannedNode
from lab.products.facts import Line
from lab.render.stores import Store, keystores, truststore

_REFERENCE = re.compile(r"\$ref\{([^{}]+)\}")
_DEEPEST = 8
_PLAIN = Store("wso2carbon.jks", "wso2carbon", "wso2carbon")
_TRUSTED = Store("client-truststore.jks", "wso2carbon")


def given_files(plan: Plan) -> Mapping[str, Mapping[str, bytes]]:
    """Give the bytes of each node's own files, by the node's and then by the file's name.

    Raises `TopologyError` with all that can't be.
    """
    files: dict[str, Mapping[str, bytes]] = {}
    problems = []
    for node in plan.nodes:
        if node.file is None:
            continue
        try:
            files[node.name] = _READ[node.line](node.file)
            _VALUES[node.line](files[node.name])
        except OSError as error:
            what = f"the file of {node.name} can't be read: {error.strerror}"
            problems.append(_problem(what, plan, node))
        except ValueError:
            # The parser's own words could hold a piece of a password's line.
            what = f"the file of {node.name} is not {node.line.upper()}"
            problems.append(_problem(what, plan, node))
    if problems:
        raise TopologyError(*problems)
    return files


def given_values(node: PlannedNode, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Give the values of such files; of XML files the stores alone, as a deployment.toml has them.

    Raises `ValueError` for a file that isn't what it is called.
    """
    return _VALUES[node.line](files)


def _read_toml(path: Path) -> Mapping[str, bytes]:
    return {"deployment.toml": path.read_bytes()}


def _toml_values(files: Mapping[str, bytes]) -> dict[str, Any]:
    return tomllib.loads(files["deployment.toml"].decode("utf-8-sig"))


def _read_xml(folder: Path) -> Mapping[str, bytes]:
    """Give the files of a node's folder; raises `OSError` where one that is needed isn't there."""
    there = (*NEEDED_XML_FILES, *(name for name in OTHER_XML_FILES if (folder / name).exists()))
    return {name: (folder / name).read_bytes() for name in there}


def _xml_values(files: Mapping[str, bytes]) -> dict[str, Any]:
    from lab.render.xml_stores import store_values  # noqa: PLC0415  # the 4.x line needs no lxml

    return store_values(files)


_READ: Mapping[Line, Callable[[Path], Mapping[str, bytes]]] = {
    Line.TOML: _read_toml,
    Line.XML: _read_xml,
}
_VALUES: Mapping[Line, Callable[[Mapping[str, bytes]], dict[str, Any]]] = {
    Line.TOML: _toml_values,
    Line.XML: _xml_values,
}


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
