import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "test.sh"
PYTEST = """#!/bin/sh
echo "$LAB_REQUIRE_ENGINE $*"
case "$*" in *"not engine"*) exit "$ALONE";; esac
exit "$ENGINE"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout in which pytest ends as ALONE and ENGINE say."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTEST)
    python.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("alone", "engine", "code"),
    [(0, 0, 0), (1, 0, 1), (0, 1, 1), (0, 5, 0), (5, 0, 0), (5, 1, 1), (1, 5, 1), (5, 5, 5)],
)
def test_both_halves_run_and_one_that_fails_or_an_empty_whole_is_told(
    checkout: Path, alone: int, engine: int, code: int
) -> None:
    done = subprocess.run(
        [checkout / "scripts/test.sh", "tests/gate"],
        env={**os.environ, "ALONE": str(alone), "ENGINE": str(engine)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "1 -m pytest -n auto -m not engine tests/gate",
        "1 -m pytest -m engine tests/gate",
    ]
    assert done.returncode == code
