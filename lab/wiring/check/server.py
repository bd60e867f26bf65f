"""Checks what a node is called, and where its ports are moved to."""

from collections.abc import Iterator

from lab.products.facts import Line
from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.settings import HIGHEST_OFFSET, Settings, Value, is_offset
from lab.wiring.urls import is_host

_FORMS = {Line.TOML: "offset = 1", Line.XML: "<Offset>1</Offset>"}


def check_server(case: Case) -> Iterator[Finding]:
    """LAB0114, LAB0122: a host name that is none, and an offset that is no number."""
    for settings in case.cluster.nodes.values():
        yield from _check_name(settings, settings.tables.hostname)
        yield from _check_offset(settings, settings.tables.offset)


def _check_name(settings: Settings, key: str) -> Iterator[Finding]:
    hostname = _written(settings, key)
    if hostname is not None and not is_host(hostname.text):
        what = f"{key} is no host name"
        mend = "write the name alone, as in gw.wso2.com; ports and URLs are made of it"
        yield error("LAB0114", what, hostname.used_at, mend, key=key)


def _check_offset(settings: Settings, key: str) -> Iterator[Finding]:
    offset = _written(settings, key)
    if offset is not None and not is_offset(offset.text):
        what = f"{key} is {offset.text!r}, which moves no port to another"
        mend = f"write a number from 0 to {HIGHEST_OFFSET}, as in {_FORMS[settings.tables.line]}"
        yield error("LAB0122", what, offset.used_at, mend, key=key)


def _written(settings: Settings, key: str) -> Value | None:
    """Give a value that stands in the file and is known from it."""
    value = settings.value(key) if settings.written(key) is not None else None
    return value if value is not None and value.is_known else None
