"""Checks of the 2.x line whether the files in a node's folder have the names that it reads."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from lab.wiring.check.case import Case, closest, error
from lab.wiring.finding import Finding
from lab.wiring.link import Position
from lab.wiring.settings import Settings
from lab.wiring.xml_files import FILES

_KNOWN = frozenset(PurePosixPath(file).name for file in FILES)
_NEAR = 0.85


def check_file_names(case: Case) -> Iterator[Finding]:
    """LAB0179: a file that the product never reads, because its name is misspelt."""
    for settings in case.cluster.nodes.values():
        folder = settings.path.parent if settings.path else None
        for path in sorted(folder.glob("*.xml")) if folder else ():
            near = "" if path.name in _KNOWN else closest(path.name, _KNOWN, at_least=_NEAR)
            if near and folder and not (folder / near).exists():
                what = f"the product doesn't read a file called {path.name}"
                at = Position(_beside(settings, path.name), 1)
                yield error("LAB0179", what, at, f"call it {near}")


def _beside(settings: Settings, name: str) -> str:
    file = settings.document.file
    return name if file == "." else f"{file}/{name}"
