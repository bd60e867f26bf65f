"""Reads one `deployment.toml` into values and the line of every key path, so links can name both.

Values are `tomllib`'s, lines are tree-sitter's: neither is found by searching the text.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from lab.errors import Problem, TopologyError
from lab.wiring.finding import Finding, NotReadableError, Severity
from lab.wiring.link import Position
from lab.wiring.template_marks import template_finding

KeyPath = tuple[str | int, ...]

LARGEST = 4 * 1024 * 1024  # bytes; the product's own files have a few kilobytes
_TABLES = ("table", "table_array_element")
_KEYS = ("bare_key", "quoted_key", "dotted_key")
_MARKS = frozenset("[]{},=.") | {"[[", "]]", "comment"}
_INDEX = re.compile(r"\[\d+\]")
_WHERE = re.compile(r" \(at line (\d+), column \d+\)$")


class NotTomlError(NotReadableError):
    """A file that the product refuses to start with; each problem is a finding as well."""


@dataclass(frozen=True, slots=True)
class Document:
    """A configuration file: its values, and the line where each key path is written (1-based).

    *files* are set where it stands for several: a path's first step tells which.
    """

    file: str
    values: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    files: Mapping[str, str] = field(default_factory=dict)

    def position(self, path: KeyPath) -> Position:
        """Give the line of *path*, else of the nearest table around it, else the file's first."""
        file = self.files.get(str(path[0]), self.file) if path else self.file
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return Position(file, line)
        return Position(file, 1)

    def value(self, path: KeyPath) -> Any:
        """Give what stands at *path*; None when nothing does."""
        found: Any = self.values
        for step in path:
            if isinstance(step, int):
                if not isinstance(found, list) or step >= len(found):
                    return None
                found = found[step]
            elif not isinstance(found, Mapping) or step not in found:
                return None
            else:
                found = found[step]
        return found

    def leaves(self) -> Iterator[tuple[KeyPath, Any]]:
        """Give every value that is neither a table nor an array, in the file's order."""
        yield from _leaves((), self.values)


def read_toml(path: Path, file: str) -> Document:
    """Read *path*, which reports call *file*.

    Raises `NotTomlError` for text that is no TOML, and `TopologyError` with every other problem:
    unreadable, too large, not UTF-8.
    """
    text = _text(path, file)
    try:
        return Document(file, tomllib.loads(text), _lines(text)[0])
    except RecursionError as error:
        problem = Problem("nested too deep", file, "give a deployment.toml")
        raise TopologyError(problem) from error
    except ValueError as error:
        raise NotTomlError(*_syntax_findings(error, file, text)) from error


def _text(path: Path, file: str) -> str:
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        mend = "let the file be readable for the user who runs this"
        raise TopologyError(
            Problem(f"{file} can't be read: {error.strerror}", file, mend)
        ) from error
    if size > LARGEST:
        what = f"{size / 1024 / 1024:.0f} MiB is no deployment.toml"
        limit = LARGEST // 1024 // 1024
        mend = f"give the configuration file; the largest that is read has {limit} MiB"
        raise TopologyError(Problem(what, file, mend))
    try:
        # A BOM and CRLF are what Windows editors leave behind; neither changes a line's number.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise TopologyError(Problem(what, f"{file}:{line}", "save the file as UTF-8")) from error


def _syntax_findings(error: Exception, file: str, text: str) -> list[Finding]:
    """LAB0144, LAB0145: a table declared twice, or a line that is no TOML."""
    # Both branches of a template's condition may well declare one table.
    if template := template_finding("LAB0145", text, file):
        return [template]
    findings = []
    first: dict[KeyPath, int] = {}
    for path, line in _lines(text)[1]:
        if path in first:
            what = f"table [{spell(path)}] is declared twice, first in line {first[path]}"
            mend = f"move its keys to line {first[path]} and delete this header"
            findings.append(_refused("LAB0144", what, Position(file, line), mend, spell(path)))
        first.setdefault(path, line)
    if findings:
        return findings
    found = _WHERE.search(str(error))
    # Without a line it is the document's end that comes too early.
    at = Position(file, int(found[1]) if found else text.rstrip().count("\n") + 1)
    what = f"not TOML: {_WHERE.sub('', str(error))}"
    mend = "correct the line; the product refuses to start with this file"
    return [_refused("LAB0145", what, at, mend)]


def _refused(code: str, what: str, at: Position, mend: str, key: str = "") -> Finding:
    return Finding(code, Severity.ERROR, what, at, mend, key=key)


@lru_cache(maxsize=1024)
def spell(path: KeyPath) -> str:
    """Write a key path as links and reports do: `apim.throttling.url_group[0].urls[1]`."""
    spelled = ""
    for step in path:
        if isinstance(step, int):
            spelled += f"[{step}]"
        else:
            name = f"'{step}'" if "." in step else step
            spelled += f".{name}" if spelled else name
    return spelled


@lru_cache(maxsize=1024)
def pattern(path: KeyPath) -> str:
    """Write a key path as the tables of keys do, any element of an array as `[]`."""
    return _INDEX.sub("[]", spell(path))


def _leaves(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves((*path, key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves((*path, index), inner)
    else:
        yield path, value


def _lines(text: str) -> tuple[dict[KeyPath, int], list[tuple[KeyPath, int]]]:
    """Give the line of every key path, and the plain table headers with theirs."""
    tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
    lines: dict[KeyPath, int] = {}
    headers: list[tuple[KeyPath, int]] = []
    counts: Counter[KeyPath] = Counter()
    for node in tree.root_node.children:
        base: KeyPath = ()
        if node.type in _TABLES:
            base = _table_path(_key(node), counts, is_array=node.type == "table_array_element")
            lines.setdefault(base, node.start_point.row + 1)
            if base and isinstance(base[-1], int):
                lines.setdefault(base[:-1], node.start_point.row + 1)
            else:
                headers.append((base, node.start_point.row + 1))
        _note_pairs(node, base, lines)
    return lines, headers


def _table_path(names: tuple[str, ...], counts: Counter[KeyPath], *, is_array: bool) -> KeyPath:
    """Give a header's path; `[a.b]` below `[[a]]` belongs to the last element of `a`."""
    path: KeyPath = ()
    for name in names:
        if path in counts:
            path = (*path, counts[path] - 1)
        path = (*path, name)
    if not is_array:
        return (*path, counts[path] - 1) if path in counts else path
    counts[path] += 1
    return (*path, counts[path] - 1)


def _note_pairs(node: Node, base: KeyPath, lines: dict[KeyPath, int]) -> None:
    """Note the line of each pair at or below *node*: a pair, a table, an inline table."""
    if node.type != "pair":
        for child in node.children:
            if child.type in ("pair", "ERROR"):
                _note_pairs(child, base, lines)
        return
    path = base
    for name in _key(node):
        path = (*path, name)
        lines.setdefault(path, node.start_point.row + 1)
    _note_value(node.children[-1], path, lines)


def _note_value(node: Node, path: KeyPath, lines: dict[KeyPath, int]) -> None:
    lines.setdefault(path, node.start_point.row + 1)
    if node.type == "inline_table":
        _note_pairs(node, path, lines)
    elif node.type == "array":
        elements = [child for child in node.children if child.type not in _MARKS]
        for index, element in enumerate(elements):
            _note_value(element, (*path, index), lines)


def _key(node: Node) -> tuple[str, ...]:
    """Give the names of a pair's or table's key; a quoted one stays one name, dots and all."""
    for child in node.children:
        if child.type == "dotted_key":
            return _key_parts(child)
        if child.type in _KEYS:
            return (_key_name(child),)
    return ()


def _key_parts(node: Node) -> tuple[str, ...]:
    parts: tuple[str, ...] = ()
    for child in node.children:
        if child.type == "dotted_key":  # the grammar nests them to the left
            parts += _key_parts(child)
        elif child.type in _KEYS:
            parts += (_key_name(child),)
    return parts


def _key_name(node: Node) -> str:
    text = (node.text or b"").decode()
    if node.type == "bare_key":
        return text
    if text.startswith("'") or "\\" not in text:
        return text[1:-1]
    name: str = tomllib.loads(f"key = {text}")["key"]
    return name
