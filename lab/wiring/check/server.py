"""Checks `[server]`: what the node is called, and where its ports are moved to."""

from collections.abc import Iterator

from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.settings import Settings, Value
from lab.wiring.urls import is_host

_HOSTNAME, _OFFSET = "server.hostname", "server.offset"


def check_server(case: Case) -> Iterator[Finding]:
    """LAB0114, LAB0122: a host name that is none, and an offset that is no number."""
    for settings in case.cluster.nodes.values():
        hostname, offset = _written(settings, _HOSTNAME), _written(settings, _OFFSET)
        if hostname is not None and not is_host(hostname.text):
            what = f"{_HOSTNAME} is no host name"
            mend = "write the name alone, as in gw.wso2.com; ports and URLs are made of it"
            yield error("LAB0114", what, hostname.used_at, mend, key=_HOSTNAME)
        if offset is not None and not offset.text.removeprefix("-").isdecimal():
            what = f"{_OFFSET} is {offset.text!r}, and the product expects a number"
            yield error("LAB0122", what, offset.used_at, "write it as in offset = 1", key=_OFFSET)


def _written(settings: Settings, key: str) -> Value | None:
    """Give a value that stands in the file and is known from it."""
    value = settings.value(key) if settings.written(key) is not None else None
    return value if value is not None and value.is_known else None
