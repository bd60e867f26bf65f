"""Draws a picture as SVG: a column a member, a row for all links from one member to another.

Links between all pairs of roles make a knot of any drawing of boxes and curves. Here a line has a
row of its own, so that none crosses a box or another one's words, however many there are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from lab.report.graph.picture import Arrow, Mark, Member, Picture, Shape

_CHARACTER = 6.7  # px of 12 px text, on the wide side
_MARGIN = 24
_ROW = 34
_HEAD = 62  # height of a member's box
_FOOT = 26
_GAP = 18  # between two boxes
_LOOP = 26  # how far a link to oneself reaches

_TINTS: Mapping[str, str] = {
    "gateway": "#dbeafe",
    "traffic-manager": "#fef3c7",
    "control-plane": "#dcfce7",
    "key-manager": "#ede9fe",
    "all-in-one": "#cffafe",
    "database": "#e2e8f0",
}
_OTHER_TINT = "#f8fafc"
_COLOURS: Mapping[Mark, str] = {
    Mark.PLAIN: "#334155",
    Mark.HEALTHY: "#15803d",
    Mark.FAILED: "#b91c1c",
    Mark.SKIPPED: "#64748b",
}
_DASHES: Mapping[Mark, str] = {
    Mark.PLAIN: "",
    Mark.HEALTHY: "",
    Mark.FAILED: ' stroke-dasharray="7 4" stroke-width="2.4"',
    Mark.SKIPPED: ' stroke-dasharray="2 4"',
}
_SIGNS: Mapping[Mark, str] = {
    Mark.PLAIN: "",
    Mark.HEALTHY: "✓ ",
    Mark.FAILED: "✗ ",
    Mark.SKIPPED: "? ",
}
_LEGEND: Mapping[Mark, str] = {
    Mark.HEALTHY: "every link answers",
    Mark.FAILED: "a link fails",
    Mark.SKIPPED: "not tried: its node is down",
}
_STYLE = (
    "text{font:12px ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#0f172a}"
    ".title{font-size:17px;font-weight:600}.name{font-weight:600;font-size:13px}"
    ".small{font-size:11px;fill:#475569}.dials{font-weight:600;fill:#334155}"
    ".ground{stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}"
)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where everything lies, in px."""

    picture: Picture
    gutter: int
    box: int
    top: int

    def column(self, name: str) -> int:
        """Give the middle of a member's column."""
        index = [member.name for member in self.picture.members].index(name)
        return self.gutter + index * (self.box + _GAP) + self.box // 2

    def row(self, index: int) -> int:
        """Give the line of a row."""
        return self.top + _HEAD + 14 + index * _ROW + _ROW * 2 // 3

    @property
    def bottom(self) -> int:
        return self.top + _HEAD + 14 + len(self.picture.arrows) * _ROW + 10

    @property
    def width(self) -> int:
        columns = len(self.picture.members) * (self.box + _GAP) - _GAP
        lines = (self.picture.title, *self.picture.notes)
        return max(self.gutter + columns + _MARGIN + _LOOP, *map(_wide, lines)) + _MARGIN

    @property
    def height(self) -> int:
        return self.bottom + _FOOT + 34 + _MARGIN


def picture_svg(picture: Picture) -> str:
    """Give the picture as one SVG document; the same picture gives the same bytes."""
    sheet = _sheet(picture)
    return "\n".join(_lines(sheet)) + "\n"


def _sheet(picture: Picture) -> _Sheet:
    texts = [text for one in picture.members for text in (one.name, one.host, _below(one))]
    box = max([112, *(_wide(text) + 20 for text in texts)])
    if len(picture.members) <= 6:  # noqa: PLR2004  # room for a line's words between its ends
        box = max(box, 170)
    gutter = _MARGIN + max([0, *(_wide(f"{one.source} dials") for one in picture.arrows)]) + 18
    return _Sheet(picture, gutter, box, _MARGIN + 30 + 18 * len(picture.notes))


def _wide(text: str) -> int:
    return round(len(text) * _CHARACTER)


def _lines(sheet: _Sheet) -> Iterator[str]:
    picture, width, height = sheet.picture, sheet.width, sheet.height
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(picture.title)}>'
    )
    yield f"<title>{escape(picture.title)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield "<defs>"
    yield from _heads()
    yield "</defs>"
    yield f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>'
    yield _text(_MARGIN, _MARGIN + 14, picture.title, "title")
    for index, note in enumerate(picture.notes):
        yield _text(_MARGIN, _MARGIN + 34 + 18 * index, note, "small")
    yield from _groups(sheet)
    yield from _bands(sheet)
    yield from (line for member in picture.members for line in _lifeline(sheet, member))
    yield from (line for member in picture.members for line in _member(sheet, member))
    for index, arrow in enumerate(picture.arrows):
        yield from _arrow(sheet, arrow, sheet.row(index))
    yield from _legend(sheet)
    yield "</svg>"


def _heads() -> Iterator[str]:
    for mark, colour in _COLOURS.items():
        yield (
            f'<marker id="to-{mark}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9"'
            ' markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path d="M0 1L10 5L0 9z" fill="{colour}"/></marker>'
        )


def _text(x: int, y: int, text: str, kind: str = "", *, anchor: str = "", more: str = "") -> str:
    attributes = f' class="{kind}"' if kind else ""
    attributes += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x}" y="{y}"{attributes}{more}>{escape(text)}</text>'


def _groups(sheet: _Sheet) -> Iterator[str]:
    """Draw what holds the members of a role that has more than one."""
    for group, members in groupby(sheet.picture.members, key=lambda member: member.group):
        names = [member.name for member in members]
        if group and len(names) > 1:
            left = sheet.column(names[0]) - sheet.box // 2 - 6
            right = sheet.column(names[-1]) + sheet.box // 2 + 6
            tint = _TINTS.get(group, _OTHER_TINT)
            yield (
                f'<rect x="{left}" y="{sheet.top - 6}" width="{right - left}"'
                f' height="{sheet.bottom + _FOOT + 12 - sheet.top}" rx="10" fill="{tint}"'
                ' fill-opacity="0.35"/>'
            )


def _bands(sheet: _Sheet) -> Iterator[str]:
    """Draw the rows of one member on one ground, and its name before them."""
    row = 0
    for index, (name, arrows) in enumerate(
        groupby(sheet.picture.arrows, key=lambda arrow: arrow.source)
    ):
        count = len(list(arrows))
        y = sheet.row(row) - _ROW * 2 // 3
        if index % 2 == 0:
            yield (
                f'<rect x="{_MARGIN}" y="{y}" width="{sheet.width - 2 * _MARGIN}"'
                f' height="{count * _ROW}" fill="#64748b" fill-opacity="0.07"/>'
            )
        yield _text(_MARGIN + 8, sheet.row(row) + 4, f"{name} dials", "dials")
        row += count


def _lifeline(sheet: _Sheet, member: Member) -> Iterator[str]:
    x, top, bottom = sheet.column(member.name), sheet.top + _HEAD, sheet.bottom
    yield f'<path d="M{x} {top}V{bottom}" stroke="#94a3b8" stroke-width="1"/>'
    yield (
        f'<rect x="{x - sheet.box // 2}" y="{bottom}" width="{sheet.box}" height="{_FOOT}" rx="5"'
        f' fill="{_tint(member)}" stroke="#cbd5e1"/>'
    )
    yield _text(x, bottom + 17, member.name, "small", anchor="middle")


def _tint(member: Member) -> str:
    return _TINTS.get(member.group, _OTHER_TINT)


def _below(member: Member) -> str:
    """Give a box's last line: what the member is, and how it runs."""
    kind = member.group if member.shape is Shape.NODE else str(member.shape)
    state = f"{_SIGNS[member.mark]}{member.state}" if member.state else ""
    return " · ".join(filter(None, (kind, state)))


def _member(sheet: _Sheet, member: Member) -> Iterator[str]:
    x, y, half = sheet.column(member.name), sheet.top, sheet.box // 2
    colour = _COLOURS[member.mark]
    outline = f'fill="{_tint(member)}" stroke="{colour}"{_DASHES[member.mark]}'
    yield f'<g class="member {member.shape} {member.mark}">'
    yield from _outline(member.shape, x - half, y, sheet.box, outline)
    yield _text(x, y + 22, member.name, "name", anchor="middle")
    yield _text(x, y + 38, member.host, "small", anchor="middle")
    yield _text(x, y + 53, _below(member), "small", anchor="middle")
    yield "</g>"


def _outline(shape: Shape, x: int, y: int, width: int, outline: str) -> Iterator[str]:
    if shape is Shape.DATABASE:
        lid = f"{width // 2} 6 0 0"
        yield (
            f'<path d="M{x} {y + 6}a{lid} 1 {width} 0v{_HEAD - 12}a{lid} 1 -{width} 0z" {outline}/>'
        )
        yield f'<path d="M{x} {y + 6}a{lid} 0 {width} 0" fill="none" stroke="#94a3b8"/>'
        return
    radius = {Shape.NODE: 6, Shape.BALANCER: _HEAD // 2}.get(shape, 0)
    yield f'<rect x="{x}" y="{y}" width="{width}" height="{_HEAD}" rx="{radius}" {outline}/>'


def _arrow(sheet: _Sheet, arrow: Arrow, y: int) -> Iterator[str]:
    start, end = sheet.column(arrow.source), sheet.column(arrow.target)
    colour, words = _COLOURS[arrow.mark], _words(arrow)
    line = f'stroke="{colour}" fill="none"{_DASHES[arrow.mark]} marker-end="url(#to-{arrow.mark})"'
    yield f'<g class="links {arrow.mark}">'
    yield f"<title>{escape(_tip(arrow))}</title>"
    if start == end:
        path = f"M{start} {y - 8}h{_LOOP - 6}a6 6 0 0 1 6 6v2a6 6 0 0 1 -6 6h-{_LOOP - 6}"
        middle = start + _LOOP + 8 + _wide(words) // 2
        base = y + 2
    else:
        path = f"M{start} {y}H{end}"
        middle, base = (start + end) // 2, y - 6
    middle = _inside(sheet, middle, words)
    yield f'<path d="{path}" {line}/>'
    yield _origin(arrow.mark, start, y - 8 if start == end else y)
    # Twice, because not every reader of SVG knows paint-order: the ground first, then the words.
    yield _text(middle, base, words, "ground", anchor="middle")
    yield _text(middle, base, words, "", anchor="middle", more=f' style="fill:{colour}"')
    yield "</g>"


def _inside(sheet: _Sheet, middle: int, words: str) -> int:
    half = _wide(words) // 2
    return min(max(middle, sheet.gutter + half), sheet.width - _MARGIN - half)


def _origin(mark: Mark, x: int, y: int) -> str:
    """Draw where a line begins, in a form that tells the verdict without its colour."""
    colour = _COLOURS[mark]
    if mark is Mark.FAILED:
        return f'<path d="M{x - 4} {y - 4}l8 8m0 -8l-8 8" stroke="{colour}" stroke-width="2.4"/>'
    fill = "#ffffff" if mark is Mark.SKIPPED else colour
    return f'<circle cx="{x}" cy="{y}" r="3.5" fill="{fill}" stroke="{colour}"/>'


def _words(arrow: Arrow) -> str:
    if arrow.mark in (Mark.FAILED, Mark.SKIPPED):
        return f"{_SIGNS[arrow.mark]}{arrow.told} ({arrow.seen})"
    return f"{_SIGNS[arrow.mark]}{arrow.told}"


def _tip(arrow: Arrow) -> str:
    seen = f" ({arrow.seen})" if arrow.seen else ""
    return "\n".join((f"{arrow.source} to {arrow.target}{seen}", *arrow.keys))


def _legend(sheet: _Sheet) -> Iterator[str]:
    marks = {arrow.mark for arrow in sheet.picture.arrows}
    x, y = _MARGIN + 8, sheet.bottom + _FOOT + 34
    yield _text(x, y, "A row is all links from one member to another.", "small")
    x += _wide("A row is all links from one member to another.") + 16
    for mark, told in _LEGEND.items():
        if mark not in marks:
            continue
        yield f'<path d="M{x} {y - 4}h34" stroke="{_COLOURS[mark]}"{_DASHES[mark]}/>'
        yield _origin(mark, x, y - 4)
        words = f"{_SIGNS[mark]}{told}"
        yield _text(x + 42, y, words, "small")
        x += 42 + _wide(words) + 24
