"""Checks what a database is dialled by: a JDBC URL, or the host name that one is made of."""

from collections.abc import Mapping

from lab.products.facts import Protocol
from lab.products.keys_4x import DATABASE_PORTS
from lab.wiring.check.case import Case, closest, error, warning
from lab.wiring.finding import Finding
from lab.wiring.jdbc import KINDS, kind_of
from lab.wiring.link import Link
from lab.wiring.reading import DATABASE_TABLES, Reading
from lab.wiring.settings import Value
from lab.wiring.urls import is_host, is_port

_FORM = "write jdbc:mysql://HOST:PORT/DATABASE, or what the database's own driver takes"
_NEAR = 0.85


def judge_database(case: Case, reading: Reading) -> Finding | None:
    """LAB0114: what no driver gets a connection from."""
    settings = case.cluster.nodes[reading.link.node]
    table = settings.document.value(reading.path)
    is_toml = reading.path[0] in DATABASE_TABLES  # a datasource of the 2.x line has its URL alone
    if is_toml and isinstance(table, Mapping) and "url" not in table:
        own = (*reading.path, "hostname")
        hostname = settings.resolved(own) if "hostname" in table else None
        return _judge_parts(reading.link, hostname)
    return _judge_url(reading.link) or _judge_kind(reading)


def _judge_parts(link: Link, hostname: Value | None) -> Finding | None:
    """Judge what the product makes a URL of."""
    at = link.source
    if hostname is None:
        what = f"{link.key} has neither url nor hostname"
        return error("LAB0114", what, at, "write hostname, port and name, or url", link)
    if not is_host(hostname.text):
        what = f"{link.key}.hostname is no host name"
        mend = "write the name alone: port and database have keys of their own"
        return error("LAB0114", what, at, mend, link)
    if not link.host:
        what = f"{link.key} has a type of which the product makes no URL"
        mend = f"write one of {', '.join(DATABASE_PORTS)}, or the url"
        return error("LAB0114", what, at, mend, link)
    return _judge_rest(
        link, 'write the port, as in port = "3306"', 'write it, as in name = "apim_db"'
    )


def _judge_url(link: Link) -> Finding | None:
    if not is_host(link.host):
        what = f"{link.key} is no JDBC URL with a host"
        return error("LAB0114", what, link.source, _FORM, link)
    return _judge_rest(link, _FORM, _FORM)


def _judge_kind(reading: Reading) -> Finding | None:
    """Judge the word that chooses the driver: one that is nearly another's chooses none."""
    link, kind = reading.link, kind_of(reading.value.text)
    near = "" if kind in KINDS else closest(kind, KINDS, at_least=_NEAR)
    if not near:
        return None
    what = f"{link.key} begins with jdbc:{kind}:, which no known driver takes"
    return warning("LAB0114", what, link.source, f"write jdbc:{near}:, if that is meant", link)


def _judge_rest(link: Link, port: str, database: str) -> Finding | None:
    """Judge the port and the database; *port* and *database* say how each is mended."""
    if not is_port(link.port):
        return error("LAB0114", f"{link.key} names no usable port", link.source, port, link)
    if link.protocol is Protocol.MYSQL and not link.database:
        return error("LAB0114", f"{link.key} names no database", link.source, database, link)
    return None
