"""Checks what a database is dialled by: a JDBC URL, or the host name that one is made of."""

import ipaddress
import re
from collections.abc import Mapping

from lab.products.facts import Protocol
from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading
from lab.wiring.settings import Value
from lab.wiring.urls import is_port

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_FORM = "write jdbc:mysql://HOST:PORT/DATABASE, or what the database's own driver takes"


def judge_database(case: Case, reading: Reading) -> Finding | None:
    """LAB0114: what no driver gets a connection from."""
    link, keys = reading.link, _keys(case, reading)
    if not keys & {"url", "hostname"}:
        what = f"{link.key} has neither url nor hostname"
        return error("LAB0114", what, link.source, "write hostname, port and name, or url", link)
    hostname = None if "url" in keys else _hostname(case, reading)
    if hostname is not None and not _is_host(hostname.text):
        what = f"{link.key}.hostname is no host name"
        mend = "write the name alone: port and database have keys of their own"
        return error("LAB0114", what, hostname.used_at, mend, link)
    if not _is_host(link.host):
        what = f"{link.key} is no JDBC URL with a host"
        return error("LAB0114", what, link.source, _FORM, link)
    if not is_port(link.port):
        mend = _FORM if hostname is None else 'write the port, as in port = "3306"'
        return error("LAB0114", f"{link.key} names no usable port", link.source, mend, link)
    if link.protocol is Protocol.MYSQL and not link.database:
        mend = _FORM if hostname is None else 'write it, as in name = "apim_db"'
        return error("LAB0114", f"{link.key} names no database", link.source, mend, link)
    return None


def _keys(case: Case, reading: Reading) -> set[str]:
    table = case.cluster.nodes[reading.link.node].document.value(reading.path)
    return set(table) if isinstance(table, Mapping) else set()


def _hostname(case: Case, reading: Reading) -> Value:
    """Give the host name, of which the product makes the URL."""
    return case.cluster.nodes[reading.link.node].resolved((*reading.path, "hostname"))


def _is_host(text: str) -> bool:
    if _NAME.fullmatch(text):
        return True
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
