"""Checks the keys themselves: URLs under unknown ones, and slips of the pen near known ones."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lab.products.facts import Protocol
from lab.products.key_names_4x import KNOWN_NAMES
from lab.wiring.check.case import Case, closest, warning
from lab.wiring.check.placement import find_misplaced
from lab.wiring.finding import Finding
from lab.wiring.link import Position
from lab.wiring.reading import Reading
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath, pattern, spell

_NEAR = 0.8


def check_names(case: Case) -> Iterator[Finding]:
    """LAB0115, LAB0116: keys that the product doesn't read."""
    for settings in case.cluster.nodes.values():
        slips = find_slips(settings)
        misplaced = find_misplaced(settings)
        told = {*slips, *misplaced}
        for path, near in slips.items():
            if path in misplaced:
                continue
            what = f"the product doesn't know {spell(path)}"
            mend = f"did you mean {spell((*path[:-1], near))}?"
            at = settings.document.position(path)
            yield warning("LAB0116", what, at, mend, key=spell(path))
        for reading in case.readings:
            if reading.link.node == settings.name and _is_unknown(reading):
                yield from _unknown_key(reading, told)


def check_unknown_keys(case: Case, told: Collection[Position]) -> Iterator[Finding]:
    """LAB0115 alone, for files whose other names no table knows; not at the places *told*."""
    for reading in case.readings:
        if _is_unknown(reading) and reading.link.source not in told:
            yield from _unknown_key(reading, ())


def find_slips(settings: Settings) -> dict[KeyPath, str]:
    """Give the paths that no table knows and that are near a known one, with its last name."""
    return dict(_slips((), settings.document.values))


def _is_unknown(reading: Reading) -> bool:
    return reading.row is None and reading.link.protocol is Protocol.UNKNOWN


def _unknown_key(reading: Reading, told: Collection[KeyPath]) -> Iterator[Finding]:
    path, link = reading.path, reading.link
    if any(path[:length] in told for length in range(1, len(path) + 1)):
        return  # the slip, or the wrong place, is the one thing to say
    what = f"{link.key} holds a URL, and no table of the product's keys has it"
    mend = "check the key's name; if it is right, nobody checks this connection"
    yield warning("LAB0115", what, link.source, mend, link)


def _slips(path: KeyPath, table: Any) -> Iterator[tuple[KeyPath, str]]:
    """Give the keys that no table knows and that are near one it knows, with that one."""
    if isinstance(table, list):
        for index, element in enumerate(table):
            yield from _slips((*path, index), element)
    if not isinstance(table, Mapping):
        return
    known = KNOWN_NAMES.get(pattern(path))
    for name, inner in table.items():
        near = "" if known is None or name in known else _near(name, known)
        if near:
            yield (*path, name), near
        else:
            yield from _slips((*path, name), inner)


def _near(name: str, known: Collection[str]) -> str:
    """Give the known name that is meant; case and dashes count for less than letters."""
    plain = name.lower().replace("-", "_")
    return plain if plain in known else closest(name, known, at_least=_NEAR)
