"""Reads the databases that a node's file names; embedded ones are no connection."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lab.products.keys_4x import DATABASE_PORTS
from lab.wiring.database_links import Database, read_servers
from lab.wiring.reading import DATABASE_TABLES, Dialler, Reading
from lab.wiring.settings import Value
from lab.wiring.toml_reader import KeyPath, pattern, spell

_EMBEDDED = "h2"
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


def _read_tables(dialler: Dialler, path: KeyPath, table: Any) -> Iterator[Reading]:
    if not isinstance(table, Mapping):
        return
    if _is_database(table):
        yield from read_servers(dialler, _database(dialler, path))
        return
    for name, inner in table.items():
        yield from _read_tables(dialler, (*path, name), inner)


def _is_database(table: Mapping[str, Any]) -> bool:
    """Tell whether it is one database; of a server's type it is, though it says not where."""
    said = any(isinstance(table.get(name), str) for name in ("url", "hostname"))
    return said or table.get("type") in DATABASE_PORTS


def _database(dialler: Dialler, path: KeyPath) -> Database:
    return Database(
        name=spell(path),
        key=pattern(path),
        path=path,
        url=_url_of(dialler, path),
        why=_WHYS.get(str(path[-1]), "keeps data"),
        validation_query=_validation_query(dialler, path),
    )


def _url_of(dialler: Dialler, path: KeyPath) -> Value:
    """Give the JDBC URL, written or inferred from type, host name, port and name; else nothing."""
    settings = dialler.settings
    if settings.document.value((*path, "url")) is not None:
        return settings.resolved((*path, "url"))
    if settings.document.value((*path, "hostname")) is None:
        return settings.local("", path)
    hostname = settings.resolved((*path, "hostname"))
    parts = {
        name: settings.resolved((*path, name))
        for name in ("type", "port", "name", "sid")
        if settings.document.value((*path, name)) is not None
    }
    kind = parts["type"].text if "type" in parts else _EMBEDDED
    if kind not in (*DATABASE_PORTS, _EMBEDDED):
        return replace(hostname, text="")
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
