"""Reads one node's XML files into values and the line of every element, as if they were one file.

A key path begins with the file's name without `.xml`; the root element is left out. A
`<Property name="x">` is the element x, an element that may stand several times a list, an attribute
`@name`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from lab.errors import Problem, TopologyError
from lab.wiring.finding import Finding, NotReadableError, Severity
from lab.wiring.link import Position
from lab.wiring.template_marks import template_finding
from lab.wiring.toml_reader import LARGEST, Document, KeyPath

Tree = dict[str, Any]

_LISTS = frozenset(
    {"Environment", "UserStoreManager", "datasource", "dbConfig", "mount", "remoteInstance"}
)
_NAMED = frozenset({"Property", "property", "Parameter"})
_SECRET_ALIAS = "{http://org.wso2.securevault/configuration}secretAlias"  # noqa: S105  # a name
_MOST_LINES = 65_000  # above them the parser tells no lines; the product's own have a few thousand


class NotXmlError(NotReadableError):
    """A file that the product can't parse; each problem is a finding as well."""


def read_xml(files: Mapping[str, Path], names: Mapping[str, str], home: str) -> Document:
    """Read the files of one node, by their names without `.xml`.

    Reports call them by *names*, and the node's folder *home*. Raises `NotXmlError` for text that
    is no XML, and `TopologyError` with every other problem: unreadable, too large.
    """
    values: Tree = {}
    lines: dict[KeyPath, int] = {}
    refused: list[Finding] = []
    for stem, path in files.items():
        try:
            root = _parse(_content(path, names[stem]), names[stem])
        except NotXmlError as error:
            refused += error.findings
            continue
        lines[stem,] = _line(root)
        values[stem] = _Reader(lines).element(root, (stem,))
    if refused:
        raise NotXmlError(*refused)
    return Document(home, values, lines, dict(names))


def _content(path: Path, name: str) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        mend = "let the file be readable for the user who runs this"
        what = f"{name} can't be read: {error.strerror}"
        raise TopologyError(Problem(what, name, mend)) from error
    if size > LARGEST or content.count(b"\n") > _MOST_LINES:
        what = f"{name} is larger than any configuration file of the product"
        raise TopologyError(Problem(what, name, "give the product's own file"))
    return content


def _parser() -> etree.XMLParser:
    """Give a parser that follows nothing out of the file, and doesn't let it grow."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _parse(content: bytes, name: str) -> etree._Element:  # lxml's only type for it
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        if template := template_finding("LAB0170", content.decode("latin-1"), name):
            raise NotXmlError(template) from error
        at = Position(name, max(error.lineno or 1, 1))
        what = f"not XML: {_plain(error.msg or 'it is empty')}"
        mend = "correct the line; the product can't read the file either"
        raise NotXmlError(Finding("LAB0170", Severity.ERROR, what, at, mend)) from error
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        what = "declares entities, which no file of the product does, and which aren't followed"
        mend = "write the values themselves, and leave the DOCTYPE out"
        finding = Finding("LAB0170", Severity.ERROR, what, Position(name, 1), mend)
        raise NotXmlError(finding)
    return root


def _plain(message: str) -> str:
    """Give the parser's words without the place, which the position tells."""
    return message.partition(", line ")[0]


class _Reader:
    def __init__(self, lines: dict[KeyPath, int]) -> None:
        self._lines = lines

    def element(self, node: etree._Element, path: KeyPath) -> Any:
        """Give an element's text, or its children and attributes, and note their lines."""
        children = [child for child in node if not callable(child.tag)]  # comments and entities are
        if not children:
            return self._text(node, path)
        values: Tree = {f"@{_local(name)}": value for name, value in node.attrib.items()}
        for name in values:
            self._note((*path, name), node)
        for child in children:
            self._child(child, path, values)
        return values

    def _child(self, child: etree._Element, path: KeyPath, values: Tree) -> None:
        name, is_list = _name_of(child)
        if is_list:
            elements = values.setdefault(name, [])
            below = (*path, name, len(elements))
            self._note((*path, name), child)
            self._note(below, child)
            elements.append(self._whole(child, below))
        elif name not in values:  # of a second one the product takes no notice
            self._note((*path, name), child)
            values[name] = self.element(child, (*path, name))

    def _whole(self, child: etree._Element, path: KeyPath) -> Any:
        """Give an element of a list as a table, even an empty one."""
        found = self.element(child, path)
        return found if isinstance(found, dict) else {}

    def _text(self, node: etree._Element, path: KeyPath) -> str:
        alias = node.get(_SECRET_ALIAS)
        if alias is not None:
            return f"$secret{{{alias}}}"
        text = "".join(_texts(node))
        before = text[: len(text) - len(text.lstrip())].count("\n")
        self._lines[path] = _line(node) + before
        return text.strip()

    def _note(self, path: KeyPath, node: etree._Element) -> None:
        self._lines.setdefault(path, _line(node))


def _line(node: etree._Element) -> int:
    line: object = node.sourceline  # the stubs don't know its type
    return line if isinstance(line, int) else 1


def _texts(node: etree._Element) -> Iterator[str]:
    yield node.text or ""
    for child in node:  # an entity that wasn't followed
        yield f"{child.text or ''}{child.tail or ''}"


def _name_of(child: etree._Element) -> tuple[str, bool]:
    tag = _local(str(child.tag))
    if tag in _NAMED and child.get("name"):
        return str(child.get("name")), False
    # A `<dbConfig>` within a `<remoteInstance>` is the name of one.
    return tag, tag in _LISTS and (len(child) > 0 or len(child.attrib) > 0)


def _local(name: str | bytes) -> str:
    return etree.QName(name).localname
