"""The node's MySQL databases, and the product's words for each of their failures."""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from standin import log
from standin.configuration import Datasource
from standin.keystore import Identity, load_identity

if TYPE_CHECKING:
    import pymysql

_CONNECT_SECONDS = 5
_ASKED_AGAIN = 0.05  # seconds
_STATEMENT_SECONDS = 20
_DATASOURCES = "org.wso2.carbon.ndatasource.core.DataSourceServiceComponent"
_POOL = "org.apache.tomcat.jdbc.pool.ConnectionPool"
_API_MANAGER = "org.wso2.carbon.apimgt.impl.internal.APIManagerComponent"
_REALM = "org.wso2.carbon.user.core.internal.Activator"

Row = dict[str, Any]
Statement = tuple[str, Sequence[Any]]


class DatabaseError(Exception):
    """A statement could not be run; the text is what the product's driver says."""


class DuplicateError(DatabaseError):
    """A row with the same key is there already."""


class AbsentError(DatabaseError):
    """Nobody listens there, or the name is unknown: the server may still be on its way."""


class Database:
    """One datasource of the node. A datasource that isn't MySQL holds nothing."""

    def __init__(self, datasource: Datasource | None, identity: Identity) -> None:
        self._datasource = datasource
        self._identity = identity

    @property
    def is_mysql(self) -> bool:
        """Tell whether statements reach a real server."""
        return self._datasource is not None and self._datasource.kind == "mysql"

    async def query(self, sql: str, *values: Any) -> list[Row]:
        """Return the rows of one statement; raises DatabaseError."""
        return await self.run([(sql, values)])

    async def run(self, statements: Sequence[Statement]) -> list[Row]:
        """Run *statements* as one transaction and return the last rows; raises DatabaseError."""
        datasource = self._datasource
        if datasource is None or datasource.kind != "mysql":
            return []
        return await asyncio.to_thread(_run, datasource, self._identity, statements)


def _run(datasource: Datasource, identity: Identity, statements: Sequence[Statement]) -> list[Row]:
    # Imported where a server is asked for: gateways and traffic managers never need the driver.
    import pymysql.cursors  # noqa: PLC0415

    try:
        connection = _connect(datasource, identity)
        try:
            with connection.cursor(pymysql.cursors.DictCursor) as cursor:
                for sql, values in statements:
                    cursor.execute(sql, values or None)
                rows = cursor.fetchall() if cursor.description else ()
            connection.commit()
        finally:
            connection.close()
    except pymysql.IntegrityError as fault:
        raise DuplicateError(_words(datasource, fault)) from fault
    except (pymysql.Error, OSError, RuntimeError) as fault:
        kind = AbsentError if _is_absent(fault) else DatabaseError
        raise kind(_words(datasource, fault)) from fault
    return list(rows)


def _connect(datasource: Datasource, identity: Identity) -> "pymysql.Connection[Any]":
    from standin.driver import Driver  # noqa: PLC0415

    options = datasource.options
    plain = options.get("useSSL") == "false" or options.get("sslMode", "").upper() == "DISABLED"
    is_keyless = plain and options.get("allowPublicKeyRetrieval") != "true"
    if datasource.fault:
        raise RuntimeError(datasource.fault)
    connection = Driver(
        host=datasource.host,
        port=datasource.port,
        user=datasource.username,
        password=datasource.password,
        database=datasource.schema,
        charset="utf8mb4",
        init_command="SET time_zone = '+00:00'",
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_STATEMENT_SECONDS,
        write_timeout=_STATEMENT_SECONDS,
        # With the key a driver hides the password by RSA, for which the image has no package: TLS
        # does it here.
        ssl=None if is_keyless else _tls(identity, offers_keystore=_offers_keystore(datasource)),
        ssl_disabled=is_keyless,
        defer_connect=True,
    )
    connection.may_retrieve_key = not is_keyless
    connection.connect()
    return connection


def _offers_keystore(datasource: Datasource) -> bool:
    options = datasource.options
    return options.get("fallbackToSystemKeyStore") != "false" and options.get("useSSL") != "false"


def _tls(identity: Identity, *, offers_keystore: bool) -> ssl.SSLContext:
    """Return what Connector/J does by default: unverified TLS that offers the node's certificate.

    A server that trusts another CA refuses that certificate (measured on 4.1.0).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if offers_keystore:
        load_identity(context, identity)
    return context


def _words(datasource: Datasource, fault: Exception) -> str:
    if isinstance(fault, OSError):
        return f"Communications link failure: {datasource.host}:{datasource.port}: {fault}"
    message = str(fault.args[1] if _code(fault) else fault)
    return f"Communications link failure: {message}" if _is_link_failure(fault) else message


def _is_link_failure(fault: Exception) -> bool:
    # 2003, 2006 and 2013: no connection, or one that broke off.
    return isinstance(fault, OSError) or 2000 <= _code(fault) < 2100  # noqa: PLR2004


def _is_absent(fault: Exception) -> bool:
    # Anything else is an answer, and MySQL shuts out who breaks off a hundred connections.
    original = getattr(fault, "original_exception", fault)
    return isinstance(original, (ConnectionRefusedError, socket.gaierror))


def _code(fault: Exception) -> int:
    """Return the driver's error number; 0 when there is none."""
    numbered = len(fault.args) > 1 and isinstance(fault.args[0], int)
    return int(fault.args[0]) if numbered else 0


async def reach_servers(databases: Iterable[Database], *, within: float) -> bool:
    """Ask until every server is there, whatever it says; False when *within* seconds pass."""
    try:
        async with asyncio.timeout(within):
            for database in databases:
                await _reach(database)
    except TimeoutError:
        return False
    return True


async def _reach(database: Database) -> None:
    while True:
        try:
            await database.query("SELECT 1")
        except AbsentError:
            await asyncio.sleep(_ASKED_AGAIN)
        except DatabaseError:
            return
        else:
            return


async def check_datasources(
    databases: dict[str, Database], datasources: dict[str, Datasource]
) -> None:
    """Connect to every MySQL datasource, and log what fails in the product's words."""
    for name, datasource in datasources.items():
        if datasource.fault:
            log.error(
                _DATASOURCES,
                f"Error in intializing system data sources: {datasource.key}: {datasource.fault}",
            )
            continue
        if datasource.kind != "mysql":
            continue
        try:
            await databases[name].query("SELECT 1")
            await _check_schema(name, databases[name])
        except DatabaseError as fault:
            _log_failure(name, datasource, str(fault))


async def _check_schema(name: str, database: Database) -> None:
    if name == "apim_db":
        await database.query("SELECT CONFIGURATION FROM AM_SYSTEM_CONFIGS LIMIT 1")
    if name == "shared_db":
        await database.query("SELECT UM_DOMAIN_ID FROM UM_DOMAIN LIMIT 1")


def _log_failure(name: str, datasource: Datasource, words: str) -> None:
    where = f"{datasource.key} ({datasource.host}:{datasource.port}/{datasource.schema})"
    log.error(_POOL, f"Unable to create initial connections of pool. {where}: {words}")
    if name == "apim_db":
        log.error(
            _API_MANAGER,
            "Error while initializing the API manager component. "
            f"Failed to retrieve TENANT Configuration for org: carbon.super: {words}",
        )
    if name == "shared_db":
        log.error(
            _REALM,
            f"Cannot start User Manager Core bundle. Error in creating the database: {words}",
        )
