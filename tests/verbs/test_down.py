"""`lab down` where no engine is needed to know better."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.verbs.conftest import Line

ROOT = Path(__file__).parents[2]
NO_ENGINE = {"DOCKER_HOST": "unix:///nobody"}
PATIENCE = 20  # seconds


@pytest.mark.parametrize("verb", ["down", "gc"])
@pytest.mark.parametrize("name", ["", ".", "..", "../other", "/"])
def test_what_can_be_no_lab_s_name_is_refused_before_anything_is_removed(
    lab: Line, folder: Path, verb: str, name: str
) -> None:
    (folder / "notes.txt").touch()
    (folder / ".lab" / "other").mkdir(parents=True)
    ran = lab(verb, "other", name, **NO_ENGINE)
    assert (ran.exit_code, f"a lab can't be called {name!r}" in ran.stderr) == (2, True)
    assert (folder / "notes.txt").exists()
    assert (folder / ".lab" / "other").exists()


def test_a_topology_with_a_name_that_leads_elsewhere_removes_nothing(
    lab: Line, folder: Path, topology: Path
) -> None:
    topology.write_text(topology.read_text().replace("[lab]", '[lab]\nname = ".."'))
    (folder / ".lab").mkdir()
    assert lab("down", **NO_ENGINE).exit_code == 2
    assert topology.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_waits_for_an_engine_that_says_nothing_can_leave(
    folder: Path, number: signal.Signals
) -> None:
    (folder / "bin").mkdir()
    ssh = folder / "bin" / "ssh"
    ssh.write_text(f"#!/bin/sh\ntouch {folder}/asked\nexec sleep {PATIENCE}\n")
    ssh.chmod(0o755)
    environ = os.environ | {
        "DOCKER_HOST": "ssh://nobody",
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "lab", "down", "t"], env=environ, stderr=subprocess.PIPE, text=True
    ) as running:
        deadline = time.monotonic() + PATIENCE
        while not (folder / "asked").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        asked = time.monotonic()
        running.send_signal(number)
        assert running.wait() == 130
    assert time.monotonic() - asked < PATIENCE / 2
