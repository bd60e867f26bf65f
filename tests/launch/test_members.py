"""The files of a lab's members, before anything is done with a container."""

import shutil
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.launch.definitions import Images
from lab.launch.labels import Ownership, Purpose
from lab.launch.members import Members
from lab.launch.ownership import this_process
from lab.plan.make import make_plan
from lab.render.write import render
from lab.topology.read import read_topology
from tests.launch.conftest import TOPOLOGY


def test_files_that_cant_be_read_are_told_of_all_members_at_once(tmp_path: Path) -> None:
    plan = make_plan(read_topology(TOPOLOGY), name="files")
    render(plan, tmp_path)
    owner = Ownership(plan.lab, Purpose.TEST, this_process(), tmp_path)
    members = Members(None, plan, tmp_path, owner, Images("", {}, {}))
    members.require_files()
    shutil.rmtree(tmp_path / "nodes" / "km")
    shutil.rmtree(tmp_path / "servers" / "db")
    with pytest.raises(LabError) as caught:
        members.require_files()
    assert [Path(one.where).name for one in caught.value.problems] == ["km", "db"]
