"""The databases of a 2.x node at its start: reached, complete, and with their first rows."""

from collections.abc import Mapping

from standin import log
from standin.classic.configuration import Stores
from standin.database import Database, DatabaseError, Statement

_POOL = "org.apache.tomcat.jdbc.pool.ConnectionPool"
_REGISTRY = "org.wso2.carbon.registry.core.internal.RegistryCoreServiceComponent"
_API_MANAGER = "org.wso2.carbon.apimgt.impl.internal.APIManagerComponent"
_REALM = "org.wso2.carbon.user.core.internal.Activator"
_ADD_DOMAIN = (
    "INSERT INTO UM_DOMAIN (UM_DOMAIN_NAME, UM_TENANT_ID) SELECT %s, %s FROM DUAL"
    " WHERE NOT EXISTS (SELECT 1 FROM UM_DOMAIN WHERE UM_DOMAIN_NAME = %s AND UM_TENANT_ID = %s)"
)
_DOMAINS = ("PRIMARY", "INTERNAL", "SYSTEM", "APPLICATION", "WORKFLOW")
_TENANT = -1234


async def prepare(stores: Stores, databases: Mapping[str, Database]) -> None:
    """Ask every datasource what the product asks first, and log what fails in its words."""
    for name, database in databases.items():
        await _ask("SELECT 1", stores, name, database, _POOL)
    for name, sql, component in (
        (stores.api_manager, "SELECT API_ID FROM AM_API LIMIT 1", _API_MANAGER),
        (stores.users, "SELECT UM_DOMAIN_ID FROM UM_DOMAIN LIMIT 1", _REALM),
        (stores.registry, "SELECT REG_PATH_ID FROM REG_PATH LIMIT 1", _REGISTRY),
    ):
        if name not in databases:
            log.error(component, f"Error in looking up data source: Name [{name}] is not bound")
            continue
        await _ask(sql, stores, name, databases[name], component)
    if stores.users in databases:
        await _write_first_rows(databases[stores.users])


async def _ask(sql: str, stores: Stores, name: str, database: Database, component: str) -> bool:
    try:
        await database.query(sql)
    except DatabaseError as fault:
        source = stores.datasources[name]
        where = f"{source.key} ({source.host}:{source.port}/{source.schema})"
        words = "Unable to Connect to Data Source." if component != _POOL else ""
        log.error(
            component, f"Unable to create initial connections of pool. {words} {where}: {fault}"
        )
        return False
    return True


async def _write_first_rows(users: Database) -> None:
    """Add the user domains of the super tenant where they are missing.

    Two stand-ins that start side by side may both add one: the product's table allows it.
    """
    if not users.is_mysql:
        return
    statements: list[Statement] = [
        (_ADD_DOMAIN, (name, _TENANT, name, _TENANT)) for name in _DOMAINS
    ]
    try:
        await users.run(statements)
    except DatabaseError as fault:
        log.error("org.wso2.carbon.user.core.common.DefaultRealm", f"first rows: {fault}")
