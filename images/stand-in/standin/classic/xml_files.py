"""Reads one XML file of a node: elements only, no document type, so no entity from elsewhere."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

_PROPERTY = re.compile(r"\$\{([^{}]+)\}")
_DEPTH = 8


class XmlError(ValueError):
    """A file or a body that is no XML, or XML with a document type."""


class _Elements(ET.TreeBuilder):
    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        """Refuse the document: a document type is where entities come from."""
        raise XmlError(f"a document type ({name})")


def parse_xml(content: bytes) -> ET.Element:
    """Return the root element of *content*; raises XmlError."""
    parser = ET.XMLParser(target=_Elements())  # noqa: S314 - a document type is refused
    try:
        parser.feed(content)
        root: ET.Element = parser.close()
    except ET.ParseError as fault:
        raise XmlError(str(fault)) from fault
    return root


class XmlFile:
    """One configuration file; values with the node's properties filled in."""

    def __init__(self, root: ET.Element, properties: Mapping[str, str]) -> None:
        self._root = root
        self._properties = properties

    def text(self, path: str, default: str = "") -> str:
        """Return the text of the first element at *path*, resolved; *default* where none is."""
        found = self._root.find(path)
        value = "" if found is None else (found.text or "").strip()
        return resolve(value, self._properties) or default

    def flag(self, path: str, *, default: bool) -> bool:
        """Return a `true` or `false`."""
        return self.text(path, str(default)).lower() == "true"

    def part(self, path: str) -> "XmlFile | None":
        """Return the first element at *path* as a file of its own."""
        found = self._root.find(path)
        return None if found is None else XmlFile(found, self._properties)

    def parts(self, path: str) -> "list[XmlFile]":
        """Return every element at *path*."""
        return [XmlFile(each, self._properties) for each in self._root.findall(path)]

    def attribute(self, name: str) -> str:
        """Return an attribute of the root element."""
        return self._root.get(name, "")

    def named(self, name: str, default: str = "") -> str:
        """Return the text of the child `<Property name="…">`."""
        return self.text(f"Property[@name='{name}']", default)


def read_xml(path: Path, properties: Mapping[str, str]) -> XmlFile:
    """Read one file, whatever its namespace; raises OSError, or XmlError with the file's name."""
    try:
        root = parse_xml(path.read_bytes())
    except XmlError as fault:
        raise XmlError(f"{path.name}: {fault}") from fault
    for each in root.iter():
        each.tag = each.tag.rpartition("}")[2]
    return XmlFile(root, properties)


def resolve(text: str, properties: Mapping[str, str]) -> str:
    """Return *text* with its `${}` replaced; an unknown one stays as it is."""
    for _ in range(_DEPTH):
        replaced = _PROPERTY.sub(lambda found: properties.get(found[1], found[0]), text)
        if replaced == text:
            break
        text = replaced
    return text
