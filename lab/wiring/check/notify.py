"""Checks the revocation reports, whose mistakes the product never logs: path and header."""

from collections.abc import Iterator, Mapping

from lab.products.keys_4x import KEY_MANAGER_HEADER, KEY_MANAGER_TYPES, NOTIFY_KEY, NOTIFY_PATH
from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading

_QUOTED = f"'{KEY_MANAGER_HEADER}'"


def check_notify(case: Case) -> Iterator[Finding]:
    """Give a finding for each notify endpoint that would swallow the reports."""
    for reading in case.readings:
        if reading.row is None or reading.row.key != NOTIFY_KEY:
            continue
        yield from _check_path(reading)
        yield from _check_header(case, reading)


def _check_path(reading: Reading) -> Iterator[Finding]:
    """LAB0110: any other path answers, and no one reads the answer."""
    link, address = reading.link, reading.address
    if address is None or address.path.rstrip("/") == NOTIFY_PATH:
        return
    what = f"reports of revoked tokens go to {address.path or '/'}, where nobody takes them"
    mend = f"write the path {NOTIFY_PATH}"
    yield error("LAB0110", what, link.source, mend, link)


def _check_header(case: Case, reading: Reading) -> Iterator[Finding]:
    """LAB0111: a key manager type that no handler knows is answered 200, and nothing is done."""
    settings = case.cluster.nodes[reading.link.node]
    path = reading.path[:-1]
    mend = f'write {_QUOTED} = "default"'
    if isinstance(settings.document.value((*path, "header")), Mapping):
        at = settings.document.position((*path, "header"))
        what = "header.… without quotes is a table in TOML, so the header is never sent"
        yield error("LAB0111", what, at, mend, reading.link)
        return
    own = (*path, KEY_MANAGER_HEADER)
    if settings.document.value(own) is None:
        return
    value = settings.resolved(own)
    if value.is_known and value.text not in KEY_MANAGER_TYPES:
        what = f"no key manager type {value.text!r} is known, so reports are dropped silently"
        yield error("LAB0111", what, value.used_at, mend, reading.link)
