"""Checks of the 2.x line which files lie in a node's folder: misnamed ones, the JDBC driver."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from lab.wiring.check.case import Case, closest, error
from lab.wiring.datasources import datasources_of
from lab.wiring.finding import Finding
from lab.wiring.link import Position
from lab.wiring.settings import Settings
from lab.wiring.xml_files import FILES

_KNOWN = frozenset(PurePosixPath(file).name for file in FILES)
_NEAR = 0.85
_LIBRARIES = "repository/components/lib"
_DRIVERS = ("mysql-connector-java*.jar", "mysql-connector-j-*.jar")
_CONF_DEPTH = 2  # HOME/repository/conf


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


def check_drivers(case: Case) -> Iterator[Finding]:
    """LAB0180: a database of MySQL, and no driver of it in the product's own folder."""
    for settings in case.cluster.nodes.values():
        libraries = _libraries(settings)
        if libraries is None or any(any(libraries.glob(name)) for name in _DRIVERS):
            continue
        for datasource in datasources_of(settings):
            if datasource.url is not None and datasource.url.text.startswith("jdbc:mysql:"):
                what = f"{settings.name} has no MySQL driver in {_LIBRARIES}"
                mend = "put mysql-connector-java-5.1.49.jar there; the product brings none"
                at = settings.document.position((*datasource.path, "driverClassName"))
                yield error("LAB0180", what, at, mend, key=f"master-datasources.{datasource.name}")
                break


def _libraries(settings: Settings) -> Path | None:
    """Give the folder of a distribution's libraries; None where only its files were given."""
    if settings.path is None or settings.path.parent.name != "conf":
        return None
    folder = settings.path.parents[_CONF_DEPTH] / _LIBRARIES
    return folder if folder.is_dir() else None


def _beside(settings: Settings, name: str) -> str:
    file = settings.document.file
    return name if file == "." else f"{file}/{name}"
