"""Writes the first user-store rows, by which others see that a node's first start is done."""

import base64
import hashlib
import os
import uuid

from standin import log
from standin.configuration import Account
from standin.database import Database, DatabaseError, Statement

_DOMAINS = ("PRIMARY", "INTERNAL", "SYSTEM", "APPLICATION", "WORKFLOW")
_TENANT = -1234


async def write_first_rows(shared: Database, super_admin: Account) -> None:
    """Add the user domains and the super admin of the super tenant where they are missing.

    Rows that are there are left: two stand-ins may start side by side, two real nodes must not.
    """
    if not shared.is_mysql:
        return
    statements: list[Statement] = [
        (
            "INSERT IGNORE INTO UM_DOMAIN (UM_DOMAIN_NAME, UM_TENANT_ID) VALUES (%s, %s)",
            (name, _TENANT),
        )
        for name in _DOMAINS
    ]
    statements.append(_super_admin_row(super_admin))
    try:
        await shared.run(statements)
    except DatabaseError as fault:
        log.error("org.wso2.carbon.user.core.common.DefaultRealm", f"first rows: {fault}")


def _super_admin_row(super_admin: Account) -> Statement:
    salt = base64.b64encode(os.urandom(16)).decode()
    digest = hashlib.sha256((super_admin.password + salt).encode()).digest()
    sql = (
        "INSERT IGNORE INTO UM_USER (UM_USER_ID, UM_USER_NAME, UM_USER_PASSWORD, UM_SALT_VALUE,"
        " UM_CHANGED_TIME, UM_TENANT_ID) SELECT %s, %s, %s, %s, NOW(), %s FROM DUAL"
        " WHERE NOT EXISTS (SELECT 1 FROM UM_USER WHERE UM_USER_NAME = %s AND UM_TENANT_ID = %s)"
    )
    name, password = super_admin.username, base64.b64encode(digest).decode()
    # Unique in the table and made from the name: two nodes can't both add it.
    identifier = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
    return (sql, (identifier, name, password, salt, _TENANT, name, _TENANT))
