"""Checks of the 2.x line whether what the nodes must share is in one database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.wiring.check.case import Case, error
from lab.wiring.check.stores import place_of
from lab.wiring.datasources import line_of, named
from lab.wiring.finding import Finding
from lab.wiring.link import Position
from lab.wiring.mounts import GOVERNANCE, datasource_behind
from lab.wiring.settings import Settings, Value
from lab.wiring.toml_reader import spell

# The elements that name a datasource whose data all nodes share, and what it is.
SHARED = {
    "api-manager.DataSourceName": "APIs, keys and tokens",
    "user-mgt.Realm.Configuration.dataSource": "users and permissions",
}
_REGISTRY = "the governance registry"


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a node keeps something, and the line that says so."""

    node: str
    place: str  # empty: a file of its own
    at: Position
    key: str


def check_state(case: Case) -> Iterator[Finding]:
    """LAB0132, LAB0133, LAB0175: one state in two databases, in a file, or in none."""
    for key, data in SHARED.items():
        naming = [
            (settings, value)
            for settings in case.cluster.nodes.values()
            if (value := settings.value(key)) is not None
        ]
        yield from _check_names(naming)
        yield from _judge(_homes(case, naming), data)
    yield from _judge(_homes(case, _mounting(case)), _REGISTRY)


def is_one_registry(case: Case) -> bool:
    """Tell whether the nodes that mount the governance registry have one database behind it."""
    return not any(_judge(_homes(case, _mounting(case)), _REGISTRY))


def _mounting(case: Case) -> Sequence[tuple[Settings, Value]]:
    return [
        (settings, value)
        for settings in case.cluster.nodes.values()
        if (value := datasource_behind(settings, GOVERNANCE)) is not None
    ]


def _check_names(naming: Sequence[tuple[Settings, Value]]) -> Iterator[Finding]:
    for settings, value in naming:
        is_given = "master-datasources" in settings.document.values
        if is_given and named(settings, value.text) is None:
            what = f"{settings.name} has no datasource with the JNDI name {value.text}"
            mend = "write the name as its <jndiConfig> in master-datasources.xml has it"
            yield error("LAB0175", what, value.used_at, mend, key=spell(value.path))


def _judge(homes: Sequence[_Home], data: str) -> Iterator[Finding]:
    first = next((home for home in homes if home.place), None)
    if first is None:
        return
    for home in homes:
        if not home.place:
            what = f"{home.node} keeps {data} in a file of its own (H2), and {first.node} doesn't"
            mend = f"name a datasource that leads to {first.place}"
            yield error("LAB0133", what, home.at, mend, key=home.key)
        elif home.place != first.place:
            where = f"in {home.place}, and {first.node} in {first.place}"
            what = f"{home.node} keeps {data} {where}"
            mend = "name the same server and database on every node"
            yield error("LAB0132", what, home.at, mend, key=home.key)


def _homes(case: Case, naming: Sequence[tuple[Settings, Value]]) -> Sequence[_Home]:
    found = (_home(case, settings, value) for settings, value in naming)
    return [home for home in found if home is not None]


def _home(case: Case, settings: Settings, value: Value) -> _Home | None:
    """Tell where a node keeps its data; None where it isn't known, or has a finding already."""
    source, key = named(settings, value.text), spell(value.path)
    if source is None:
        return None
    if source.is_embedded:
        return _Home(settings.name, "", value.used_at, key)
    for reading in case.readings:
        if reading.link.node == settings.name and reading.path == source.path:
            place = place_of(case, reading)
            at = line_of(settings, source)
            return _Home(settings.name, place, at, key) if place else None
    return None
