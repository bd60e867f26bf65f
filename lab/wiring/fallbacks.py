"""Follows the product's fall-backs for keys that a file leaves out, down to the node itself.

A default that leads to the node's own localhost is no link where the node serves it or has no use
for it: nothing in the file names it. It is one where the role can't do without (`ESSENTIAL`): a
gateway that names no traffic manager talks to itself, and fails.
"""

from collections.abc import Iterator
from dataclasses import replace

from lab.products.connection_key import FallBack
from lab.wiring.accounts import find_account
from lab.wiring.reading import Dialler, Place, Reading
from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import KeyPath, pattern, spell
from lab.wiring.written import read_value

PRODUCT_DEFAULT = "product default"


def read_fallbacks(dialler: Dialler) -> Iterator[Reading]:
    """Give a reading for each connection that follows from a fall-back alone."""
    settings = dialler.settings
    for fall_back in settings.tables.fall_backs:
        row = settings.tables.connection_keys[fall_back.key]
        is_off = bool(row.switch) and not settings.is_on(row.switch)
        if is_off or not fall_back.is_used_by(settings.role):
            continue
        written = settings.written(fall_back.root)
        if written == [] and _is_essential(settings, fall_back):
            yield from _read_empty(dialler, fall_back)
        if written is not None:
            continue
        instead = [*_paths(settings, fall_back.instead_of)]
        for path in instead:
            yield from _read_instead(dialler, fall_back, path)
        if not instead and _is_essential(settings, fall_back):
            yield from _read_local(dialler, fall_back)


def _is_essential(settings: Settings, fall_back: FallBack) -> bool:
    if settings.role is None or settings.written("apim.throttling.receiver_url") is not None:
        return False
    return fall_back.root in settings.tables.essential.get(settings.role, ())


def _paths(settings: Settings, key: str) -> Iterator[KeyPath]:
    """Give the paths of the values that stand under *key* in the file."""
    if not key:
        return
    for path, leaf in settings.document.leaves():
        if pattern(path) == key and isinstance(leaf, str):
            yield path


def _read_instead(dialler: Dialler, fall_back: FallBack, path: KeyPath) -> Iterator[Reading]:
    settings = dialler.settings
    row = settings.tables.connection_keys[fall_back.key]
    key = fall_back.key
    for step in path:
        if isinstance(step, int):
            key = key.replace("[]", f"[{step}]", 1)
    account = find_account(settings, fall_back.accounts or row.accounts, path)
    value = settings.resolved(path)
    source = settings.document.position(path)
    yield from read_value(dialler, row, value, Place(steps(key), source, spell(path), account))


def _read_empty(dialler: Dialler, fall_back: FallBack) -> Iterator[Reading]:
    """Give a reading that leads nowhere for an empty list, from which nothing falls back."""
    row = dialler.settings.tables.connection_keys[fall_back.key]
    path = steps(fall_back.key.replace("[]", "[0]"))
    value = dialler.settings.local("", path)
    yield from read_value(dialler, row, value, Place(path, value.used_at))


def _read_local(dialler: Dialler, fall_back: FallBack) -> Iterator[Reading]:
    settings = dialler.settings
    row = settings.tables.connection_keys[fall_back.key]
    path = steps(fall_back.key.replace("[]", "[0]"))
    value = settings.local(fall_back.local, path)
    account = find_account(settings, row.accounts, path)
    place = Place(path, value.used_at, PRODUCT_DEFAULT, account)
    for reading in read_value(dialler, row, value, place):
        yield replace(reading, link=replace(reading.link, at_start=False))
