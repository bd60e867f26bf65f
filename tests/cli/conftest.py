"""The command line, called without any variable of its own."""

import os

import pytest

from tests.verbs.conftest import Line


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Line:
    """Call it as a person does."""
    for name in [name for name in os.environ if name.startswith("LAB_")]:
        monkeypatch.delenv(name)
    return Line()
