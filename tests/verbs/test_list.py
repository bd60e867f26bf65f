"""`lab list` where a lab can't be looked at."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from lab.launch.labels import Purpose
from lab.launch.listing import ClusterSummary
from lab.launch.ownership import Life
from lab.plan.make import read_plan
from tests.verbs.conftest import Line


@pytest.fixture(autouse=True)
def _one_lab(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a lab whose folder was deleted."""
    gone = folder / ".lab" / "mine"
    summary = ClusterSummary(
        "mine", Purpose.PERSON, gone, is_complete=True, nodes=4, running=4, life=Life.DEAD
    )
    monkeypatch.setattr("lab.verbs.list.every_engine", lambda _: nullcontext([None]))
    monkeypatch.setattr("lab.verbs.list.list_clusters", lambda _: [summary])
    monkeypatch.setattr("lab.verbs.list.find_cluster", lambda *_: read_plan(gone))


def test_why_a_lab_has_no_verdict_stands_beside_the_list(lab: Line, folder: Path) -> None:
    ran = lab("list")
    assert ran.stdout.splitlines()[1].split()[:5] == ["mine", "unknown", "4", "of", "4"]
    assert ran.stderr == f"lab mine: {folder}/.lab/mine is no lab's folder: it is gone\n"


def test_scripts_get_one_word(lab: Line) -> None:
    (row,) = json.loads(lab("list", "--format", "json").stdout)["labs"]
    assert row["verdict"] == "unknown"
