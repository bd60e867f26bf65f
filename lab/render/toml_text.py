"""Writes nested values as TOML text, each table with its comment below its header.

A value's comment stands behind it, and the file's own (of the empty path) at its top.
"""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, KeyType, SingleKey, Table

Path = tuple[str, ...]
Comments = Mapping[Path, str]


def toml_text(values: Mapping[str, Any], comments: Comments) -> str:
    """Give the text; tables come in the order of *values*."""
    document = tomlkit.document()
    for line in comments.get((), "").splitlines():
        document.add(tomlkit.comment(line))
    for key, value in _plain_first(values):
        document.append(_key(key), _item(value, comments, (key,)))
    return tomlkit.dumps(document)


def _item(value: Any, comments: Comments, path: Path) -> Any:
    if isinstance(value, Mapping):
        return _table(value, comments, path)
    if _is_array_of_tables(value):
        return AoT([_table(element, comments, path) for element in value])
    item = tomlkit.item(value)
    if path in comments:
        item.comment(comments[path])
    return item


def _table(values: Mapping[str, Any], comments: Comments, path: Path) -> Table:
    comment = comments.get(path)
    # A table that holds nothing but tables needs no header of its own.
    bare = bool(values) and comment is None and all(map(_is_table, values.values()))
    table = Table(Container(), tomlkit.items.Trivia(), is_aot_element=False, is_super_table=bare)
    if comment is not None:
        table.add(tomlkit.comment(comment))
    for key, value in _plain_first(values):
        table.append(_key(key), _item(value, comments, (*path, key)))
    return table


def _plain_first(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(values.items(), key=lambda item: _is_table(item[1]))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or _is_array_of_tables(value)


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def _key(name: str) -> SingleKey:
    # The product's own samples write a dotted name between single quotes.
    literal = "." in name and "'" not in name and name.isprintable()
    return SingleKey(name, t=KeyType.Literal if literal else None)
