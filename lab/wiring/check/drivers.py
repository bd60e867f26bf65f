"""Checks whether each database has the driver class of its own kind, spelled as Java has it."""

from collections.abc import Iterator
from dataclasses import dataclass

from lab.products.jdbc_drivers import DRIVER_KINDS, KNOWN_KINDS
from lab.wiring.check.case import Case, closest, error, warning
from lab.wiring.finding import Finding
from lab.wiring.jdbc import kind_of
from lab.wiring.link import Position
from lab.wiring.reading import DATABASE_TABLES

_CODE = "LAB0180"
_NEAR = 0.85
# What `type` calls otherwise than URLs do.
_PRODUCT_KINDS = {"postgre": "postgresql", "mssql": "sqlserver"}


@dataclass(frozen=True, slots=True)
class Driver:
    """The class that a database of *kind*, the word of its URL, is given, and where."""

    name: str
    kind: str
    of: str
    at: Position
    key: str


def check_drivers_4x(case: Case) -> Iterator[Finding]:
    """LAB0180: a `driver` of another kind than the database's URL, or its type."""
    for reading in case.readings:
        settings, path = case.cluster.nodes[reading.link.node], (*reading.path, "driver")
        if reading.path[0] not in DATABASE_TABLES or settings.document.value(path) is None:
            continue
        driver, key = settings.resolved(path), reading.link.key
        if driver.is_known:
            kind = kind_of(reading.value.text)
            kind = _PRODUCT_KINDS.get(kind, kind)
            yield from judge_driver(Driver(driver.text, kind, key, driver.used_at, key))


def judge_driver(driver: Driver) -> Iterator[Finding]:
    """Give what is wrong with one driver's class."""
    taken = DRIVER_KINDS.get(driver.name)
    if taken is None:
        yield from _judge_spelling(driver)
    elif driver.kind in KNOWN_KINDS and driver.kind not in taken:
        what = f"{driver.name} takes no URL of {driver.kind}, as {driver.of} has it"
        right = next(name for name, kinds in DRIVER_KINDS.items() if driver.kind in kinds)
        yield error(_CODE, what, driver.at, f"write {right}", key=driver.key)


def _with_more_words(name: str) -> str:
    """Give the class of a name from which a package was left out."""
    words = set(name.split("."))
    longer = (one for one in DRIVER_KINDS if len(words) > 1 and words < set(one.split(".")))
    return next(longer, "")


def _judge_spelling(driver: Driver) -> Iterator[Finding]:
    what = f"no driver has the class {driver.name}, as {driver.of} has it"
    alike = [name for name in DRIVER_KINDS if name.lower() == driver.name.lower()]
    near = _with_more_words(driver.name) or closest(driver.name, DRIVER_KINDS, at_least=_NEAR)
    if alike:
        mend = f"write {alike[0]}; capitals count"
        yield error(_CODE, what, driver.at, mend, key=driver.key)
    elif near:
        what = f"no driver with the class {driver.name} is known, as {driver.of} has it"
        mend = f"write {near}, if that is meant"
        yield warning(_CODE, what, driver.at, mend, key=driver.key)
