"""Checks of the 2.x line whether each database has its JDBC driver: the jar, and the class."""

from collections.abc import Iterator
from pathlib import Path

from lab.wiring.check.case import Case, error
from lab.wiring.check.drivers import Driver, judge_driver
from lab.wiring.datasources import datasources_of
from lab.wiring.finding import Finding
from lab.wiring.jdbc import kind_of
from lab.wiring.reading import DATASOURCES
from lab.wiring.settings import Settings

_LIBRARIES = "repository/components/lib"
_DRIVERS = ("mysql-connector-java*.jar", "mysql-connector-j-*.jar")
_CONF_DEPTH = 2  # HOME/repository/conf


def check_driver_classes(case: Case) -> Iterator[Finding]:
    """LAB0180: a datasource with the driver of another kind of database than its URL's."""
    for settings in case.cluster.nodes.values():
        for datasource in datasources_of(settings):
            path = (*datasource.path, "driverClassName")
            written = settings.document.value(path)
            if isinstance(written, str):
                kind = kind_of(datasource.url.text) if datasource.url else ""
                at, key = settings.document.position(path), f"{DATASOURCES}.{datasource.name}"
                yield from judge_driver(Driver(written, kind, datasource.name, at, key))


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
