"""The drawing itself: well-formed, nothing over anything else, verdicts told without colour."""

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lab.report.graph.picture import Picture, picture_of_report
from lab.report.graph.svg import picture_svg
from tests.report.graph.pictures import CHECKOUT, odd_picture, picture_of
from tests.report.reports import HEALTHY, TWO

SVG = "{http://www.w3.org/2000/svg}"
NARROW = 6.2  # px: what a character of 12 px takes at least in the fonts that are asked for


def drawn(picture: Picture) -> ET.Element:
    return ET.fromstring(picture_svg(picture))  # noqa: S314  # of our own making


def links(root: ET.Element, mark: str = "") -> list[ET.Element]:
    wanted = f"links {mark}".strip()
    return [one for one in root.iter(f"{SVG}g") if one.get("class", "").startswith(wanted)]


def words(group: ET.Element) -> ET.Element:
    return next(one for one in group.iter(f"{SVG}text") if one.get("class") != "ground")


@pytest.fixture(params=["km-tm-separated", "ha-all", "report"])
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> Picture:
    if request.param == "report":
        return picture_of_report(TWO)
    return picture_of(request.param, tmp_path)


def test_each_line_has_its_words_and_the_keys_behind_it(picture: Picture):
    groups = links(drawn(picture))
    assert len(groups) == len(picture.arrows)
    for group, arrow in zip(groups, picture.arrows, strict=True):
        assert arrow.told in (words(group).text or "")
        tip = (group.findtext(f"{SVG}title") or "").splitlines()
        assert tip[0].startswith(f"{arrow.source} to {arrow.target}")
        assert tuple(tip[1:]) == arrow.keys


def test_no_words_lie_on_others_or_outside_the_sheet(picture: Picture):
    root = drawn(picture)
    width, height = (int(root.get(name, "")) for name in ("width", "height"))
    places = []
    for text in (one for one in root.iter(f"{SVG}text") if one.get("class") != "ground"):
        x, y, long = int(text.get("x", "")), int(text.get("y", "")), len(text.text or "") * NARROW
        left = x - long / 2 if text.get("text-anchor") == "middle" else x
        places.append((left, y - 10, left + long, y + 2, text.text))
    for left, top, right, bottom, told in places:
        assert left >= 0, told
        assert right <= width, told
        assert top >= 0, told
        assert bottom <= height, told
    for one, other in combinations(places, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one[4], other[4])


def test_no_line_crosses_a_box(picture: Picture):
    root = drawn(picture)
    boxes = []
    for group in root.iter(f"{SVG}g"):
        if group.get("class", "").startswith("member"):
            names = [int(one.get("y", "")) for one in group.iter(f"{SVG}text")]
            boxes.append((min(names), max(names)))
    rows = [
        int(match[1])
        for group in links(root)
        for path in group.findall(f"{SVG}path")
        if (match := re.match(r"M-?\d+ (\d+)", path.get("d", "")))
    ]
    assert len(boxes) == len(picture.members)
    assert min(rows) > max(bottom for _, bottom in boxes)


def test_every_line_has_a_row_of_its_own(picture: Picture):
    rows = [words(group).get("y") for group in links(drawn(picture))]
    assert len(set(rows)) == len(rows)


def test_a_verdict_is_told_by_form_and_words_not_by_colour_alone():
    root = drawn(picture_of_report(TWO))
    (failed,) = links(root, "failed")
    assert "stroke-dasharray" in failed.findall(f"{SVG}path")[0].attrib
    assert words(failed).text == "✗ https (1 of 1 failed)"
    assert not failed.findall(f"{SVG}circle")
    for skipped in links(root, "skipped"):
        assert skipped.findall(f"{SVG}path")[0].get("stroke-dasharray") == "2 4"
        assert (words(skipped).text or "").startswith("? ")
    assert all((words(one).text or "").startswith("✓ ") for one in links(root, "healthy"))


def test_the_legend_explains_what_is_there_and_nothing_else():
    told = picture_svg(picture_of_report(HEALTHY))
    assert "every link answers" in told
    assert "a link fails" not in told
    told = picture_svg(picture_of_report(TWO))
    assert "a link fails" in told
    assert "its node is down" in told


def test_names_are_text_and_never_code():
    root = drawn(odd_picture())
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert 'a"]<b>&#x27;`end:1' in texts
    assert root.get("aria-label", "").startswith('x"<y>&')
    assert not list(root.iter(f"{SVG}b"))


def test_a_stand_in_is_said_to_be_one(tmp_path: Path):
    assert "stand-ins, not the product" in picture_svg(picture_of("km-tm-separated", tmp_path))


def test_the_picture_in_the_documents_is_the_one_that_is_drawn(tmp_path: Path):
    for topology in ("km-tm-separated", "ha-all"):
        shown = (CHECKOUT / "docs" / "pictures" / f"{topology}.svg").read_text(encoding="utf-8")
        assert picture_svg(picture_of(topology, tmp_path / topology)) == shown
