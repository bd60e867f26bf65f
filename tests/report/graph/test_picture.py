"""Who is drawn, in which order, and what a line tells of all links that it stands for."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from lab.products.facts import Role
from lab.report.graph.picture import Mark, Shape, picture_of_files, picture_of_report
from tests.report.graph.pictures import links_of, odd_picture, picture_of, plan_of
from tests.report.reports import HEALTHY, STOPPED, TWO


@pytest.mark.parametrize("topology", ["km-tm-separated", "ha-all"])
def test_every_link_is_in_the_one_line_from_its_member_to_its_peer(topology: str, tmp_path: Path):
    plan = plan_of(topology)
    pairs = Counter((link.node, link.to) for link in links_of(plan, tmp_path))
    drawn = {}
    for arrow in picture_of(topology, tmp_path).arrows:
        counts = (word.partition(" \N{MULTIPLICATION SIGN}")[2] for word in arrow.told.split(" · "))
        drawn[arrow.source, arrow.target] = sum(int(count or 1) for count in counts)
    assert drawn == pairs


def test_members_stand_by_role_each_balancer_before_its_own(tmp_path: Path):
    names = [member.name for member in picture_of("ha-all", tmp_path).members]
    assert " ".join(names) == ("gw-lb gw-1 gw-2 tm-lb tm-1 tm-2 cp-lb cp-1 cp-2 km-lb km-1 km-2 db")


def test_nobody_has_looked_at_a_topology(tmp_path: Path):
    picture = picture_of("ha-all", tmp_path)
    assert {one.mark for one in (*picture.arrows, *picture.members)} == {Mark.PLAIN}
    assert not any(one.seen for one in picture.arrows)


def test_a_healthy_lab_is_healthy_everywhere_and_has_this_machine():
    picture = picture_of_report(HEALTHY)
    assert {arrow.mark for arrow in picture.arrows} == {Mark.HEALTHY}
    assert {member.mark for member in picture.members if member.state} == {Mark.HEALTHY}
    assert picture.notes[0].startswith("The lab is healthy")


def test_lines_to_and_from_a_node_that_is_down_are_not_tried():
    picture = picture_of_report(STOPPED)
    marks = {member.name: (member.mark, member.state) for member in picture.members}
    assert marks["tm"] == (Mark.FAILED, "exited")
    skipped = [arrow for arrow in picture.arrows if arrow.mark is Mark.SKIPPED]
    assert skipped
    assert all("tm" in (arrow.source, arrow.target) for arrow in skipped)
    assert all(arrow.seen.endswith("not tried") for arrow in skipped)


def test_one_failed_link_makes_its_line_fail_and_is_counted():
    picture = picture_of_report(TWO)
    failed = [arrow for arrow in picture.arrows if arrow.mark is Mark.FAILED]
    assert [arrow.seen for arrow in failed] == ["1 of 1 failed"]


def test_a_host_that_nobody_has_is_drawn_as_one():
    last = odd_picture().members[-1]
    assert (last.shape, last.host) == (Shape.OUTSIDE, "no node has this host")


def test_files_without_a_topology_have_their_roles_and_a_database_of_another_place(tmp_path: Path):
    links = [
        link for link in links_of(plan_of("km-tm-separated"), tmp_path) if link.node in ("cp", "gw")
    ]
    roles = {"gw": Role.GATEWAY, "cp": None}
    others = ("db", "km", "tm")
    alone = [replace(link, to=None) if link.to in others else link for link in links]
    picture = picture_of_files("here", roles, alone)
    assert [(member.name, member.shape) for member in picture.members] == [
        ("gw", Shape.NODE),
        ("cp", Shape.NODE),
        ("db.wso2.com:3306", Shape.DATABASE),
        *[
            (f"{node}.wso2.com:{port}", Shape.OUTSIDE)
            for node, port in [
                *(("km", 9443), ("tm", 5672), ("tm", 9443), ("tm", 9611), ("tm", 9711)),
            ]
        ],
    ]
