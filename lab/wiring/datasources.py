"""Reads the databases that a node's master-datasources.xml names; embedded ones are no connection.

The other files name a datasource by its JNDI name, so that is what tells two of them apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lab.wiring.database_links import Database, read_servers
from lab.wiring.jdbc import is_embedded
from lab.wiring.link import Position
from lab.wiring.reading import DATASOURCES, Dialler, Reading
from lab.wiring.settings import Settings, Value
from lab.wiring.toml_reader import KeyPath

_LIST: KeyPath = (DATASOURCES, "datasources", "datasource")
_DEFINITION = "definition"
_READ_TYPE = "RDBMS"
_WHYS = {
    "WSO2AM_DB": "keeps APIs, applications, keys and tokens",
    "WSO2UM_DB": "keeps users and permissions",
    "WSO2REG_DB": "keeps the registry that both share",
    "WSO2_CARBON_DB": "keeps the node's own registry",
    "WSO2_MB_STORE_DB": "keeps the broker's messages",
    "WSO2AM_STATS_DB": "keeps statistics",
}


@dataclass(frozen=True, slots=True)
class Datasource:
    """One `<datasource>`: its name, its JNDI name, and where its configuration stands."""

    name: str
    jndi: str
    path: KeyPath
    url: Value | None

    @property
    def is_embedded(self) -> bool:
        """Tell whether it is a file of the node's own."""
        return self.url is not None and is_embedded(self.url.text)


def datasources_of(settings: Settings) -> tuple[Datasource, ...]:
    """Give the datasources of a node's file, in its order."""
    found = settings.document.value(_LIST)
    return tuple(
        _datasource(settings, (*_LIST, index))
        for index in range(len(found) if isinstance(found, list) else 0)
    )


def named(settings: Settings, jndi: str) -> Datasource | None:
    """Give the datasource that other files call *jndi*, if there is one."""
    return next((one for one in datasources_of(settings) if one.jndi == jndi), None)


def read_datasources(dialler: Dialler) -> Iterator[Reading]:
    """Give a reading for each database server that the datasources name."""
    for datasource in datasources_of(dialler.settings):
        yield from _read(dialler, datasource)


def line_of(settings: Settings, datasource: Datasource) -> Position:
    """Give the line of a datasource's URL, or its first one."""
    return datasource.url.used_at if datasource.url else settings.document.position(datasource.path)


def _datasource(settings: Settings, path: KeyPath) -> Datasource:
    document = settings.document
    name = document.value((*path, "name"))
    jndi = document.value((*path, "jndiConfig", "name"))
    url = (*path, _DEFINITION, "configuration", "url")
    is_written = isinstance(document.value(url), str)
    return Datasource(
        name=name if isinstance(name, str) else f"datasource[{path[-1]}]",
        jndi=jndi if isinstance(jndi, str) else "",
        path=url[:-1],
        url=settings.resolved(url) if is_written else None,
    )


def _read(dialler: Dialler, datasource: Datasource) -> Iterator[Reading]:
    settings = dialler.settings
    if datasource.url is None and _says_it_otherwise(settings, datasource):
        return
    query = settings.document.value((*datasource.path, "validationQuery"))
    name = f"{DATASOURCES}.{datasource.name}"
    database = Database(
        name=name,
        key=name,
        path=datasource.path,
        url=datasource.url or settings.local("", (*datasource.path, "url")),
        why=_WHYS.get(datasource.name, "keeps data"),
        validation_query=query if isinstance(query, str) else "",
    )
    yield from read_servers(dialler, database)


def _says_it_otherwise(settings: Settings, datasource: Datasource) -> bool:
    """Tell whether a class of its own is asked for connections, whose properties aren't read."""
    document, path = settings.document, datasource.path
    written = document.value((*path[:-1], "@type"))
    return written not in (None, _READ_TYPE) or bool(document.value((*path, "dataSourceClassName")))
