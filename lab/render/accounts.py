"""The accounts.sql of a database server: the topology's accounts, for mysqld's --init-file."""

from lab.plan.model import Account, PlannedServer


def accounts_sql(server: PlannedServer) -> str:
    """Give the statements, one a line; they may run at every start.

    The server's own root@localhost stays as it is: it has no password and is reached only through
    the socket in the container.
    """
    lines = [line for account in server.accounts for line in _statements(account, server)]
    return "".join(f"{line};\n" for line in lines)


def _statements(account: Account, server: PlannedServer) -> list[str]:
    user = f"{quoted(account.username)}@'%'"
    identified = f"IDENTIFIED BY {quoted(account.password)}"
    return [
        f"CREATE USER IF NOT EXISTS {user} {identified}",
        f"ALTER USER {user} {identified}",
        *(f"GRANT ALL PRIVILEGES ON {_database(s.name)}.* TO {user}" for s in server.schemas),
    ]


def quoted(text: str) -> str:
    """Give a MySQL string literal, for any sql_mode without NO_BACKSLASH_ESCAPES."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _database(name: str) -> str:
    # In a GRANT, `_` and `%` of a database's name match other names too.
    escaped = name.replace("\\", "\\\\").replace("_", r"\_").replace("%", r"\%")
    return "`" + escaped.replace("`", "``") + "`"
