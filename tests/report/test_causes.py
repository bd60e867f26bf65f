"""Many causes alike don't drown the others: three are told whole, the rest by their lines."""

from dataclasses import replace

from lab.diagnosis.verdict import Cause
from lab.report.causes import cause_lines
from tests.report.reports import HEALTHY

KEY = "apim.throttling.service_url"
ALIKE = [
    Cause(
        "LAB0240", f"nobody at {number}", f"gw-{number % 2}/deployment.toml:{number} {KEY}", "mend"
    )
    for number in range(10, 16)
]
OTHER = Cause("LAB0230", "no node is called x", f"gw-1/deployment.toml:3 {KEY}", "mend")
STOPPED = [Cause("LAB0201", f"{name} is stopped", f"container {name}", "mend") for name in "abcde"]


def told(*causes: Cause) -> list[str]:
    diagnosis = replace(HEALTHY.diagnosis, causes=causes)
    return list(cause_lines(replace(HEALTHY, diagnosis=diagnosis)))


def test_three_alike_are_told_whole_and_the_others_by_file_and_line() -> None:
    lines = told(*ALIKE[:3], OTHER, *ALIKE[3:])
    assert [line for line in lines if line.startswith("LAB")] == [
        "LAB0240: nobody at 10",
        "LAB0240: nobody at 11",
        "LAB0240: nobody at 12",
        f"LAB0240: 3 more like these, of {KEY}",
        "LAB0230: no node is called x",
    ]
    at = lines.index(f"LAB0240: 3 more like these, of {KEY}")
    assert lines[at + 1 : at + 4] == [
        "     at: gw-1/deployment.toml:13, 15",
        "     at: gw-0/deployment.toml:14",
        "  links: 0",
    ]


def test_a_few_alike_are_all_told_whole() -> None:
    assert [line for line in told(*ALIKE[:4]) if "more" in line] == []


def test_containers_are_told_one_by_one() -> None:
    assert len([line for line in told(*STOPPED) if line.startswith("LAB0201")]) == 5
