"""Checks of the 2.x line whether an API Manager names the services it asks, by whole addresses."""

from collections.abc import Collection, Iterator, Mapping

from lab.products.connection_key import Base
from lab.products.facts import Role
from lab.products.keys_2x import (
    AUTH_MANAGER,
    KEY_VALIDATOR,
    KEY_VALIDATOR_TYPE,
    REVOKE,
    THRIFT_CLIENT,
    WS_CLIENT,
)
from lab.wiring.check.case import Case, closest, error
from lab.wiring.check.names import check_unknown_keys
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading
from lab.wiring.settings import Settings, steps

_SERVICES, _REVOKE = "/services/", "/revoke"


def check_paths(case: Case, judged: Collection[str]) -> Iterator[Finding]:
    """LAB0181: an address whose path leads to no service; links already *judged* are left out."""
    for reading in case.readings:
        if reading.link.id not in judged and not reading.value.troubles:
            yield from _judge_path(reading)


def _judge_path(reading: Reading) -> Iterator[Finding]:
    link, row, address = reading.link, reading.row, reading.address
    if row is None or address is None:
        return
    place = f"{address.scheme}://{address.url.split('/')[2]}"
    if row.base is Base.TEXT and not address.path.endswith(_SERVICES):
        what = f"{link.key} is {link.url}, to which the product adds a service's name as it stands"
        yield error("LAB0181", what, link.source, f"write {place}{_SERVICES}", link)
    if row.key == REVOKE and address.path.rstrip("/") != _REVOKE:
        what = f"{link.key} is {link.url}, where the gateway revokes nothing"
        yield error("LAB0181", what, link.source, f"write {place}{_REVOKE}", link)


def check_names_2x(case: Case) -> Iterator[Finding]:
    """LAB0117, LAB0115: a key manager that isn't named, and URLs under names that nobody reads."""
    found = [one for settings in _api_managers(case) for one in _not_named(settings)]
    yield from found
    yield from check_unknown_keys(case, {one.where for one in found})


def _not_named(settings: Settings) -> Iterator[Finding]:
    for key in (AUTH_MANAGER, KEY_VALIDATOR):
        place, _, name = key.rpartition(".")
        table = settings.written(place)
        if not isinstance(table, Mapping) or name in table:
            continue
        near = closest(name.lower(), {one.lower(): one for one in table})
        alike = [one for one in table if one.lower() == near]
        at = settings.document.position((*steps(place), *alike))
        why = f"{alike[0]} is another element" if alike else "it is left out"
        what = f"{settings.name} names no key manager by {key}: {why}"
        yield error("LAB0117", what, at, "write https://KEY-MANAGER:PORT/services/", key=key)


def check_client(case: Case) -> Iterator[Finding]:
    """LAB0182: a key validation client that nobody knows."""
    for settings in _api_managers(case):
        value = settings.value(KEY_VALIDATOR_TYPE)
        if value and value.is_known and value.text not in (WS_CLIENT, THRIFT_CLIENT):
            what = f"no key validation client is called {value.text!r}: every call ends in an error"
            mend = f"write {WS_CLIENT}; capitals count"
            yield error("LAB0182", what, value.used_at, mend, key=KEY_VALIDATOR_TYPE)


def _api_managers(case: Case) -> list[Settings]:
    return [one for one in case.cluster.nodes.values() if one.role is Role.API_MANAGER]
