"""Checks the keys that this version doesn't read: of a later one, of an earlier one, of none."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lab.products.key_versions_4x import ALL_READ_UNTIL, CLOSED_TABLES, KEYS_SINCE, KEYS_UNTIL
from lab.products.versions_4x import Version, parse_version
from lab.wiring.check.case import Case, remark, warning
from lab.wiring.check.names import find_slips
from lab.wiring.check.placement import find_misplaced
from lab.wiring.finding import Finding
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath, pattern, spell


def check_versions(case: Case) -> Iterator[Finding]:
    """LAB0149: a key that only a later version reads, or only an earlier one."""
    version = case.version
    for settings in case.cluster.nodes.values() if version else ():
        for path, _ in settings.document.leaves():
            for length in range(1, len(path) + 1):
                yield from _of_another(case, settings, path[:length])


def _of_another(case: Case, settings: Settings, path: KeyPath) -> Iterator[Finding]:
    key, at = pattern(path), settings.document.position(path)
    since = KEYS_SINCE.get(key, "")
    if since and _number(case.release) < _number(since):
        what = f"{case.release} doesn't know {spell(path)}; {since} is the first that does"
        yield warning("LAB0149", what, at, "leave the key out", key=spell(path))
    until, successor = KEYS_UNTIL.get(key, ("", ""))
    if until and _number(case.release) > _number(until):
        what = f"{case.release} doesn't know {spell(path)}; {until} is the last that does"
        mend = f"write {successor} instead" if successor else "leave the key out"
        yield warning("LAB0149", what, at, mend, key=spell(path))


def check_unread(case: Case) -> Iterator[Finding]:
    """LAB0153: a key in a table whose keys are all known, that is none of them."""
    tell = _voice(case)
    urls = {(reading.link.node, reading.path) for reading in case.readings if reading.row is None}
    for settings in case.cluster.nodes.values():
        told = {*find_slips(settings), *find_misplaced(settings)}
        for path in _strangers((), settings.document.values):
            if path in told or (settings.name, path) in urls:
                continue  # there is a finding that says more
            what = f"no version is known to read {spell(path)}"
            mend = "leave the key out, or check its name and table"
            at = settings.document.position(path)
            yield tell("LAB0153", what, at, mend, key=spell(path))


def _voice(case: Case) -> Callable[..., Finding]:
    """Give a warning for the versions of which every template is known, else a remark."""
    version = case.version
    return warning if version is not None and version <= _number(ALL_READ_UNTIL) else remark


def _strangers(path: KeyPath, table: Any) -> Iterator[KeyPath]:
    if isinstance(table, list):
        for index, element in enumerate(table):
            yield from _strangers((*path, index), element)
    if not isinstance(table, Mapping):
        return
    known = CLOSED_TABLES.get(pattern(path))
    for name, inner in table.items():
        if known is not None and name not in known:
            yield (*path, name)
        else:
            yield from _strangers((*path, name), inner)


def _number(version: str) -> Version:
    return parse_version(version) or ()
