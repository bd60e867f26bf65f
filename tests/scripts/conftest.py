"""A bare machine for the set-up scripts: a PATH that holds only what the test puts there."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
# What every Debian has; none of it can install or start anything.
PLAIN_TOOLS = (
    *(
        "awk",
        "bash",
        "cat",
        "cut",
        "dirname",
        "env",
        "find",
        "grep",
        "head",
        "id",
        "install",
        "mkdir",
    ),
    *("mktemp", "python3", "readlink", "rm", "sed", "sha256sum", "sleep", "sort", "tail"),
    *("timeout", "tr", "uname"),
)


class Machine:
    """A PATH of its own, with an os-release and a record of what was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.checkout = folder / "checkout"
        for part in ("scripts", "images/base"):
            shutil.copytree(CHECKOUT / part, self.checkout / part)
        self.calls = folder / "calls"
        self.calls.write_text("")
        self.os_release = folder / "os-release"
        self.os_release.write_text("ID=debian\nVERSION_CODENAME=bookworm\n")
        for name in PLAIN_TOOLS:
            found = shutil.which(name, path="/usr/local/bin:/usr/bin:/bin")
            assert found is not None, name
            (self.bin / name).symlink_to(found)
        for name in ("apt-get", "sudo", "setsid", "systemctl"):
            self.has(name, "exit 1")

    def has(self, name: str, script: str) -> None:
        """Put a program there that records its call and then does what *script* says."""
        program = self.bin / name
        program.write_text(f'#!/bin/bash\necho "{name} $*" >>"{self.calls}"\n{script}\n')
        program.chmod(0o755)

    def run(
        self,
        *parts: str,
        script: str = "machine.sh",
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a script of a checkout without a virtual environment, without a terminal."""
        inherited = {"PATH": str(self.bin), "HOME": str(self.folder), "TMPDIR": str(self.folder)}
        own = {
            "LAB_OS_RELEASE": str(self.os_release),
            "LAB_ENGINE_WAIT": "1",
            "LAB_ENGINE_LOG": str(self.folder / "engine.log"),
            "LAB_ENGINE_PID": str(self.folder / "engine.pid"),
            "LAB_SBIN": str(self.bin),
        }
        return subprocess.run(
            [str(self.checkout / "scripts" / script), *parts],
            env=inherited | own | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def installs(self) -> bool:
        """Tell whether anything was called that could install or start something."""
        return bool({"apt-get", "sudo", "setsid", "systemctl"} & set(self.called()))

    def called(self) -> list[str]:
        """Return the names of the recorded programs in the order of their calls."""
        return [line.split()[0] for line in self.calls.read_text().splitlines()]


@pytest.fixture
def three_lines() -> Callable[[subprocess.CompletedProcess[str], str, str], None]:
    """Return the check of an error: nothing on stdout, what, where and mend as the last lines."""

    def check(done: subprocess.CompletedProcess[str], what: str, mend: str) -> None:
        error, where, hint = done.stderr.splitlines()[-3:]
        assert done.returncode == 1
        assert done.stdout == ""
        assert error.startswith("error: ")
        assert what in error
        assert where.startswith("   at: ")
        assert hint.startswith(" hint: ")
        assert mend in hint

    return check


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian 12 without Docker on which nothing can be installed by accident."""
    return Machine(tmp_path)
