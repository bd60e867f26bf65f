"""A used lab begins anew, on the ports and files that it has."""

import subprocess

import pytest

from tests.e2e.conftest import Lab

pytestmark = pytest.mark.engine

LEFT = "/tmp/left-behind"  # noqa: S108  # in a container


def ids_of(lab: Lab) -> dict[str, str]:
    form = '{{.Label "apim-lab.member"}} {{.ID}}'
    listed = subprocess.check_output(
        ["docker", "ps", "--filter", f"label=apim-lab.lab={lab.name}", "--format", form], text=True
    )
    return dict(line.split() for line in listed.splitlines())


def test_a_reset_takes_what_a_use_has_left_in_databases_and_nodes(lab: Lab) -> None:
    before, ports = ids_of(lab), (lab.folder / "ports.json").read_text()
    lab.sql("CREATE TABLE apim_db.LEFT_BEHIND (ID INT); DELETE FROM shared_db.UM_DOMAIN;")
    assert lab.program("exec", "gw", "--name", lab.name, "--", "touch", LEFT).returncode == 0
    lab.program("stop", "tm", "--name", lab.name)
    ran = lab.program("reset", lab.name, "--timings")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith(f"lab {lab.name} is healthy")
    assert "containers replaced" in ran.stderr
    told = lab.status()
    assert (told["verdict"], told["findings"]) == ("healthy", [])
    assert {one["verdict"] for one in told["databases"]} == {"complete"}
    assert lab.program("exec", "gw", "--name", lab.name, "--", "ls", LEFT).returncode != 0
    after = ids_of(lab)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] == before[name]} == {"prober"}
    assert (lab.folder / "ports.json").read_text() == ports
