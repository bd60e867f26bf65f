"""A folder to work in, and the command line as a person calls it there."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lab.cli import app

TOPOLOGY = """
[lab]
product = "apim"
version = "4.1.0"

[nodes.cp]
role = "control-plane"
hostname = "cp.wso2.com"

[nodes.gw]
role = "gateway"
hostname = "gw.wso2.com"

[nodes.tm]
role = "traffic-manager"
hostname = "tm.wso2.com"

[nodes.km]
role = "key-manager"
hostname = "km.wso2.com"

[database]
hostname = "db.wso2.com"
username = "root"
password = "root"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without any LAB_* variable."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LAB_")]:
        monkeypatch.delenv(name)
    return tmp_path


class Line:
    """The command line."""

    def __call__(self, *words: str, **environ: str) -> Result:
        return CliRunner().invoke(app, list(words), env=environ)


@pytest.fixture
def lab(folder: Path) -> Line:
    return Line()


@pytest.fixture
def topology(folder: Path) -> Path:
    """Put a topology into the folder."""
    path = folder / "mine.toml"
    path.write_text(TOPOLOGY)
    return path
