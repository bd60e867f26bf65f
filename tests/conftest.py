"""What every test may ask for: a Docker Engine, required in CI and skipped loudly elsewhere."""

import os
import subprocess

import pytest


def _engine_answers() -> bool:
    try:
        done = subprocess.run(
            ["docker", "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            timeout=20,
            check=False,
        )
    except FileNotFoundError:
        return False
    return done.returncode == 0


@pytest.fixture(scope="session")
def _engine_present() -> bool:
    return _engine_answers()


@pytest.fixture(autouse=True)
def _require_engine(request: pytest.FixtureRequest) -> None:
    """Let an `engine` test run only on a real engine; without one it fails where one must be."""
    if request.node.get_closest_marker("engine") is None:
        return
    if request.getfixturevalue("_engine_present"):
        return
    if os.environ.get("LAB_REQUIRE_ENGINE") == "1":
        pytest.fail("no Docker Engine answers, and LAB_REQUIRE_ENGINE=1 says that one must")
    pytest.skip("no Docker Engine answers; `make test` starts one")
