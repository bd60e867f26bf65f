"""Collects an image's Python packages on this machine: a container may not reach an index."""

import subprocess
import sys
from pathlib import Path

from lab.distributions.kept import kept_whole
from lab.errors import EngineError, Problem

PYTHON = "3.11"  # of the base image
_LAST_LINES = 8


def collect(requirements: Path, architecture: str) -> Path:
    """Give a folder with the packages for the image's Python, collected once for the same list.

    Raises `EngineError` with pip's last lines.
    """
    key = f"{PYTHON} {architecture} {requirements.read_text()}"
    return kept_whole("site", key, lambda target: _install(requirements, architecture, target))


def _install(requirements: Path, architecture: str, target: Path) -> None:
    words = (
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-compile", "--only-binary=:all:", "--implementation=cp", "--require-hashes"),
        *(f"--python-version={PYTHON}", f"--platform=manylinux2014_{architecture}"),
        *("--target", str(target), "--requirement", str(requirements)),
    )
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise EngineError(
            Problem(
                "collecting the Python packages of an image failed:\n"
                + "\n".join(done.stderr.splitlines()[-_LAST_LINES:]),
                str(requirements),
                "pip must reach a package index here, or find the wheels (`PIP_FIND_LINKS`)",
            )
        )
