"""Reads the databases that a node's file names; embedded ones are no connection."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lab.products.facts import Protocol
from lab.products.keys_4x import DATABASE_PORTS
from lab.wiring.accounts import credentials_of, find_account
from lab.wiring.link import Link
from lab.wiring.reading import DATABASE_TABLES, Dialler, Reading
from lab.wiring.settings import Value
from lab.wiring.toml_reader import KeyPath, pattern, spell
from lab.wiring.urls import parse_jdbc

_MYSQL_KINDS = ("mysql", "mariadb")
_WHYS = {
    "apim_db": "keeps APIs, applications and keys",
    "shared_db": "keeps users and the registry",
    "local": "keeps the node's own registry",
    "user": "keeps users",
    "config": "keeps the configuration registry",
}


def read_databases(dialler: Dialler) -> Iterator[Reading]:
    """Give a reading for each database server that the file names."""
    for root in DATABASE_TABLES:
        table = dialler.settings.document.values.get(root)
        yield from _read_tables(dialler, (root,), table)


def jdbc_parameters(url: str) -> Mapping[str, str]:
    """Give the parameters of a JDBC URL, which `&` and `&amp;` part alike."""
    query = html.unescape(url).partition("?")[2]
    return dict(part.partition("=")[::2] for part in query.split("&") if part)


def _read_tables(dialler: Dialler, path: KeyPath, table: Any) -> Iterator[Reading]:
    if not isinstance(table, Mapping):
        return
    if isinstance(table.get("url"), str) or isinstance(table.get("hostname"), str):
        yield from _read_database(dialler, path)
        return
    for name, inner in table.items():
        yield from _read_tables(dialler, (*path, name), inner)


def _read_database(dialler: Dialler, path: KeyPath) -> Iterator[Reading]:
    settings = dialler.settings
    value = _url_of(dialler, path)
    address = parse_jdbc(value.text, dict(DATABASE_PORTS))
    if address is None:
        return
    account = find_account(settings, ((".username", ".password"),), (*path, "url"))
    for index, (host, port) in enumerate(address.servers):
        at = (*path, index) if len(address.servers) > 1 else path
        to = dialler.cluster.holder_of(host, settings.name, port)
        link = Link(
            id=f"{settings.name}/{spell(at)}",
            node=settings.name,
            to=to,
            host=host,
            port=port,
            protocol=Protocol.MYSQL if address.kind in _MYSQL_KINDS else Protocol.TCP,
            url=f"jdbc:{address.kind}://{host}:{port}/{address.database}",
            key=pattern(path),
            source=value.used_at,
            why=_WHYS.get(str(path[-1]), "keeps data"),
            credentials=credentials_of(account),
            at_start=to not in (None, settings.name),
            database=address.database,
            validation_query=_validation_query(dialler, path),
            use_tls=address.use_tls,
        )
        yield Reading(link, path, value, account=account)


def _url_of(dialler: Dialler, path: KeyPath) -> Value:
    """Give the JDBC URL, written or inferred from type, host name, port and name."""
    settings = dialler.settings
    if settings.document.value((*path, "url")) is not None:
        return settings.resolved((*path, "url"))
    hostname = settings.resolved((*path, "hostname"))
    parts = {
        name: settings.resolved((*path, name))
        for name in ("type", "port", "name", "sid")
        if settings.document.value((*path, name)) is not None
    }
    kind = parts["type"].text if "type" in parts else "h2"
    port = parts["port"].text if "port" in parts else ""
    name = parts.get("name") or parts.get("sid")
    text = f"jdbc:{kind}://{hostname.text}:{port}/{name.text if name else ''}"
    troubles = tuple(trouble for part in parts.values() for trouble in part.troubles)
    return replace(hostname, text=text, troubles=(*hostname.troubles, *troubles))


def _validation_query(dialler: Dialler, path: KeyPath) -> str:
    own = (*path, "validationQuery")
    if dialler.settings.document.value(own) is None:
        return "SELECT 1"
    return dialler.settings.resolved(own).text
