"""Checks of the 2.x line whether what the nodes must share is in one database."""

from collections.abc import Iterator
from dataclasses import dataclass

from lab.wiring.check.case import Case, error
from lab.wiring.datasources import Datasource, line_of, named
from lab.wiring.finding import Finding
from lab.wiring.link import Position
from lab.wiring.settings import Settings, Value

# The elements that name a datasource whose data all nodes share, and what it is.
SHARED = {
    "api-manager.DataSourceName": "APIs, keys and tokens",
    "user-mgt.Realm.Configuration.dataSource": "users and permissions",
}


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a node keeps something, and the line that says so."""

    node: str
    place: str  # empty: a file of its own
    at: Position


def check_state(case: Case) -> Iterator[Finding]:
    """LAB0132, LAB0133, LAB0175: one state in two databases, in a file, or in none."""
    for key, data in SHARED.items():
        homes: list[_Home] = []
        for settings in case.cluster.nodes.values():
            value = settings.value(key)
            source = named(settings, value.text) if value else None
            if value is not None and source is not None:
                homes.append(_home(case, settings, value, source))
            elif value is not None and "master-datasources" in settings.document.values:
                yield nowhere(settings, key, value)
        yield from _judge(homes, data, key)


def nowhere(settings: Settings, key: str, value: Value) -> Finding:
    """LAB0175: the name of a datasource that isn't there."""
    what = f"{settings.name} has no datasource with the JNDI name {value.text}"
    mend = "write the name as its <jndiConfig> in master-datasources.xml has it"
    return error("LAB0175", what, value.used_at, mend, key=key)


def _judge(homes: list[_Home], data: str, key: str) -> Iterator[Finding]:
    first = next((home for home in homes if home.place), None)
    if first is None:
        return
    for home in homes:
        if not home.place:
            what = f"{home.node} keeps {data} in a file of its own (H2), and {first.node} doesn't"
            mend = f"name the datasource that leads to {first.place}"
            yield error("LAB0133", what, home.at, mend, key=key)
        elif home.place != first.place:
            what = f"{home.node} keeps {data} in {home.place}, and {first.node} in {first.place}"
            mend = "name the same server and database on every node"
            yield error("LAB0132", what, home.at, mend, key=key)


def _home(case: Case, settings: Settings, value: Value, source: Datasource) -> _Home:
    if source.is_embedded:
        return _Home(settings.name, "", value.used_at)
    links = [
        reading.link
        for reading in case.readings
        if reading.link.node == settings.name and reading.path == source.path
    ]
    if not links:
        return _Home(settings.name, "", value.used_at)
    link = links[0]
    machine = case.cluster.machine_of(link.to or link.host.lower())
    place = f"{machine}:{link.port}/{link.database}"
    return _Home(settings.name, place, line_of(settings, source))
