"""The picture of a lab that runs follows what its nodes do."""

import re

import pytest

from tests.e2e.conftest import Lab
from tests.e2e.test_faults import PORT, stopped

pytestmark = pytest.mark.engine


def marks(lab: Lab) -> dict[tuple[str, str], str]:
    ran = lab.program("graph", lab.name)
    assert ran.returncode == 0, ran.stderr
    found = re.findall(r'<g class="links (\w+)">\n<title>(\S+) to (\S+)', ran.stdout)
    return {(source, target): mark for mark, source, target in found}


def test_the_colours_follow_a_node_that_stops_and_a_link_that_fails(lab: Lab) -> None:
    whole = marks(lab)
    assert set(whole.values()) == {"healthy"}
    assert ("host", "gw") in whole
    with stopped(lab, "tm"), lab.edited("gw", *PORT):
        seen = marks(lab)
    assert {pair for pair, mark in seen.items() if mark == "skipped"} == {
        pair for pair in whole if "tm" in pair
    }
    assert [pair for pair, mark in seen.items() if mark == "failed"] == [("gw", "cp")]
    lab.settled()
