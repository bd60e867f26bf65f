"""Checks where brokers keep their messages: each in a file, or in a schema for it alone."""

from collections.abc import Iterator

from lab.wiring.check.case import Case, warning
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.finding import Finding
from lab.wiring.link import Link

_KEYS = (".mb.store_db", ".WSO2_MB_STORE_DB")


def check_broker_stores(case: Case) -> Iterator[Finding]:
    """LAB0156: brokers that share a store, of which each takes all messages for its own."""
    first: dict[str, str] = {}
    for reading in case.readings:
        link = reading.link
        if not (reading.is_database and link.key.endswith(_KEYS) and link.database):
            continue
        place = f"{_machine(case, link)}:{link.port}/{link.database}"
        owner = first.setdefault(place, link.node)
        if owner != link.node:
            what = f"{link.node} keeps its broker's messages in {place}, as {owner} does"
            mend = "give each node a schema of its own, or leave the store in its file"
            yield warning("LAB0156", what, reading.value.used_at, mend, link)


def _machine(case: Case, link: Link) -> str:
    host = link.host.lower()
    is_near = link.to is None and host in LOCAL_HOSTS
    return case.cluster.machine_of(link.node if is_near else link.to or host)
