"""Writes a picture as a Mermaid flowchart, which GitHub and other readers of Markdown draw."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from lab.report.graph.picture import Arrow, Mark, Member, Picture, Shape

_PLAIN = re.compile(r"[^A-Za-z0-9 .,:+/()\u00d7\u00b7✓✗?-]")
_BRACKETS: Mapping[Shape, tuple[str, str]] = {
    Shape.NODE: ("[", "]"),
    Shape.BALANCER: ("([", "])"),
    Shape.DATABASE: ("[(", ")]"),
    Shape.MACHINE: ("[/", "/]"),
    Shape.OUTSIDE: ("{{", "}}"),
}
_LINES: Mapping[Mark, str] = {
    Mark.PLAIN: "-->",
    Mark.HEALTHY: "-->",
    Mark.FAILED: "==>",
    Mark.SKIPPED: "-.->",
}
_SIGNS: Mapping[Mark, str] = {Mark.HEALTHY: "✓ ", Mark.FAILED: "✗ ", Mark.SKIPPED: "? "}
_COLOURS: Mapping[Mark, str] = {
    Mark.HEALTHY: "#15803d",
    Mark.FAILED: "#b91c1c",
    Mark.SKIPPED: "#64748b",
}


def picture_mermaid(picture: Picture) -> str:
    """Give the picture as Mermaid's text; the same picture gives the same bytes."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    ids = {member.name: f"m{index}" for index, member in enumerate(picture.members)}
    yield from ("---", f'title: "{_safe(picture.title)}"', "---")
    yield from (f"%% {_PLAIN.sub(' ', note)}" for note in picture.notes)
    yield "flowchart LR"
    for index, (group, found) in enumerate(groupby(picture.members, key=lambda one: one.group)):
        members = list(found)
        if not group or len(members) == 1:
            yield from (f"    {_member(one, ids)}" for one in members)
            continue
        yield f'    subgraph g{index}["{_safe(group)}"]'
        yield from (f"        {_member(one, ids)}" for one in members)
        yield "    end"
    for arrow in picture.arrows:
        yield (
            f'    {ids[arrow.source]} {_LINES[arrow.mark]}|"{_words(arrow)}"| {ids[arrow.target]}'
        )
    yield from _styles(picture, ids)


def _member(member: Member, ids: Mapping[str, str]) -> str:
    kind = member.group if member.shape is Shape.NODE else str(member.shape)
    state = f"{_SIGNS.get(member.mark, '')}{member.state}"
    told = "<br/>".join(_safe(text) for text in (member.name, member.host, kind, state) if text)
    opening, closing = _BRACKETS[member.shape]
    return f'{ids[member.name]}{opening}"{told}"{closing}'


def _words(arrow: Arrow) -> str:
    seen = f" ({arrow.seen})" if arrow.mark in (Mark.FAILED, Mark.SKIPPED) else ""
    return _safe(f"{_SIGNS.get(arrow.mark, '')}{arrow.told}{seen}")


def _styles(picture: Picture, ids: Mapping[str, str]) -> Iterator[str]:
    for mark, colour in _COLOURS.items():
        rows = [str(i) for i, arrow in enumerate(picture.arrows) if arrow.mark is mark]
        if rows:
            yield f"    linkStyle {','.join(rows)} stroke:{colour},color:{colour}"
        boxes = [ids[member.name] for member in picture.members if member.mark is mark]
        if boxes:
            yield f"    style {','.join(boxes)} stroke:{colour},stroke-width:2px"


def _safe(text: str) -> str:
    """Write every character that Mermaid or HTML may read as its own as an entity."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", text)
