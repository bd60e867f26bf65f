"""What every test may ask for: a Docker Engine, required in CI and skipped loudly elsewhere."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Let Ctrl-C reach what the tests start: in a script's background it would be ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture(scope="session")
def processes_in() -> Callable[[str], list[str]]:
    """Return what lists the command lines in a container, read from this machine's /proc.

    `docker top` needs a `ps`, which a small machine lacks.
    """

    def look(container: str) -> list[str]:
        inspect = ["docker", "inspect", "--format", "{{.Id}}", container]
        ident = subprocess.check_output(inspect, text=True).strip()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if ident in (process / "cgroup").read_text():
                    words = (process / "cmdline").read_bytes().split(b"\0")
                    found.append(b" ".join(words).decode(errors="replace").strip())
        return found

    return look
