"""Makes links of a database's JDBC URL, whichever file it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass

from lab.products.facts import Protocol
from lab.wiring.accounts import credentials_of, find_account
from lab.wiring.jdbc import MYSQL_KINDS, JdbcAddress, is_no_jdbc_url, parse_jdbc
from lab.wiring.link import Link
from lab.wiring.reading import Dialler, Reading
from lab.wiring.settings import Value
from lab.wiring.toml_reader import KeyPath
from lab.wiring.urls import without_secrets

_NOWHERE = JdbcAddress("", (("", 0),), "", use_tls=True)


@dataclass(frozen=True, slots=True)
class Database:
    """One database as a node's file has it; *name* is what its links are called by."""

    name: str
    key: str
    path: KeyPath  # of the table, or the element, that holds its keys
    url: Value
    why: str
    validation_query: str


def read_servers(dialler: Dialler, database: Database) -> Iterator[Reading]:
    """Give a reading for each server of the URL, and one that leads nowhere where it is none.

    Nothing of an embedded database, and of an unknown driver's form.
    """
    settings, value = dialler.settings, database.url
    address = parse_jdbc(value.text)
    if address is None and not is_no_jdbc_url(value.text):
        return
    found = address or _NOWHERE
    account = find_account(settings, ((".username", ".password"),), (*database.path, "url"))
    indices = [""] if len(found.servers) == 1 else [f"[{n}]" for n in range(len(found.servers))]
    for index, (host, port) in zip(indices, found.servers, strict=True):
        to = dialler.cluster.holder_of(host, settings.name, port) if host else None
        link = Link(
            id=f"{settings.name}/{database.name}{index}",
            node=settings.name,
            to=to,
            host=host,
            port=port,
            protocol=_protocol(found, value.text),
            url=_shown(address, host, port) or without_secrets(value.text),
            key=database.key,
            source=value.used_at,
            why=database.why,
            credentials=credentials_of(account),
            at_start=to is not None and to not in dialler.cluster.nodes,
            database=found.database,
            validation_query=database.validation_query,
            use_tls=found.use_tls,
            may_retrieve_key=found.may_retrieve_key,
        )
        yield Reading(link, database.path, value, account=account)


def _protocol(address: JdbcAddress, text: str) -> Protocol:
    """Give what would be spoken: a URL that is none may still say whose it was meant to be."""
    is_mysql = any(kind in (address.kind or text) for kind in MYSQL_KINDS)
    return Protocol.MYSQL if is_mysql else Protocol.TCP


def _shown(address: JdbcAddress | None, host: str, port: int) -> str:
    return f"jdbc:{address.kind}://{host}:{port}/{address.database}" if address else ""
