"""Edits an XML file as data: what isn't named stays as it is, comments and order too."""

from collections.abc import Iterator, Mapping

from lxml import etree

from lab.errors import LabError, Problem

Element = etree._Element  # noqa: SLF001  # lxml has no other name for it

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
_INDENT = "    "


class XmlFile:
    """One file that is being edited; paths name elements below the root, `a/b`, by local name."""

    def __init__(self, content: bytes, where: str) -> None:
        self._where = where
        self._has_crlf = b"\r\n" in content
        # What it declares isn't followed, nothing is fetched, and it can't grow.
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            self.root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            problem = Problem(f"not XML: {error.msg}", where, "give the product's own file")
            raise LabError(problem) from error

    def content(self) -> bytes:
        """Give the file's bytes, with what stands before and after the root."""
        before = reversed([_bytes(one) for one in self.root.itersiblings(preceding=True)])
        after = [_bytes(one) for one in self.root.itersiblings()]
        text = b"\n".join((_HEAD, *before, _bytes(self.root), *after, b""))
        return text.replace(b"\n", b"\r\n") if self._has_crlf else text

    def set(self, path: str, text: str, *, after: str = "") -> None:
        """Give an element this text; one that isn't there is added, behind its sibling *after*."""
        element = self.root
        for name in path.split("/"):
            found = _first(element, name)
            element = self._add(element, name, after) if found is None else found
        for child in list(element):
            element.remove(child)
        element.text = text

    def set_property(self, path: str, name: str, text: str) -> None:
        """Give a `<Property name="…">` below *path* this text."""
        parent = self.element(path)
        for found in _children(parent, "Property"):
            if found.get("name") == name:
                found.text = text
                return
        added = self._add(parent, "Property")
        added.set("name", name)
        added.text = text

    def element(self, path: str) -> Element:
        """Give the first element at *path*; raises `LabError` when the file has none."""
        element = self.root
        for name in path.split("/") if path else ():
            found = _first(element, name)
            if found is None:
                problem = Problem(f"no <{name}> in {path}", self._where, "give the product's file")
                raise LabError(problem)
            element = found
        return element

    def text(self, path: str) -> str:
        """Give the text of the first element at *path*; nothing where there is none."""
        element: Element | None = self.root
        for name in path.split("/"):
            element = None if element is None else _first(element, name)
        return "" if element is None else (element.text or "").strip()

    def put(self, parent: str, made: Element, *, key: str, behind: tuple[str, ...] = ()) -> None:
        """Put *made* below *parent*, in place of the one that has the same *key*.

        A key is a child's text, an attribute (`@name`), or nothing where any of its name counts.
        Without one to replace it comes behind the last of its name, of *behind*, or of all.
        """
        below = self.element(parent)
        tag = _local(made)
        alike = list(_children(below, tag))
        for found in alike:
            if _key_of(found, key) == _key_of(made, key):
                made.tail = found.tail
                _indent(made, _depth(found))
                below.replace(found, made)
                return
        last = [one for name in (tag, *behind) for one in list(_children(below, name))[-1:]]
        _insert(below, made, last[0] if last else None)

    def _add(self, parent: Element, name: str, after: str = "") -> Element:
        namespace = etree.QName(self.root).namespace
        tag = f"{{{namespace}}}{name}" if namespace else name
        made = etree.Element(tag)
        siblings = list(_children(parent, after)) if after else []
        _insert(parent, made, siblings[-1] if siblings else None)
        return made


def tree(tag: str, *children: Element | tuple[str, str], **attributes: str) -> Element:
    """Make an element with children, which may be (name, text)."""
    made = etree.Element(tag, attributes)
    for child in children:
        if isinstance(child, tuple):
            etree.SubElement(made, child[0]).text = child[1]
        else:
            made.append(child)
    return made


def properties(tag: str, values: Mapping[str, str], **attributes: str) -> Element:
    """Make an element with a `<Property name="…">` for each value."""
    made = etree.Element(tag, attributes)
    for name, text in values.items():
        etree.SubElement(made, "Property", name=name).text = text or None
    return made


def _bytes(element: Element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", with_tail=False, xml_declaration=False)


def _insert(parent: Element, made: Element, before: Element | None) -> None:
    """Insert *made* behind *before* or as the last, indented as its siblings are."""
    level = _depth(parent) + 1
    _indent(made, level)
    siblings = list(parent)
    last = before if before is not None else siblings[-1] if siblings else None
    if last is None:
        parent.text = f"\n{_INDENT * level}"
        made.tail = f"\n{_INDENT * (level - 1)}"
        parent.append(made)
        return
    position = parent.index(last) + 1
    made.tail = last.tail
    last.tail = f"\n{_INDENT * level}"
    parent.insert(position, made)


def _indent(made: Element, level: int) -> None:
    etree.indent(made, space=_INDENT, level=level)


def _depth(element: Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _children(parent: Element, name: str) -> Iterator[Element]:
    """Give the child elements of this name, whatever their namespace; comments are none."""
    return (one for one in parent if not callable(one.tag) and _local(one) == name)


def _first(parent: Element, name: str) -> Element | None:
    return next(_children(parent, name), None)


def _key_of(element: Element, key: str) -> str:
    if key.startswith("@"):
        return element.get(key[1:]) or ""
    found = _first(element, key) if key else None
    return (found.text or "").strip() if found is not None else ""


def _local(element: Element) -> str:
    return etree.QName(element).localname
