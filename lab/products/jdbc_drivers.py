"""The classes of JDBC drivers, with the words of the URLs that each takes (`jdbc:WORD:`)."""

from collections.abc import Mapping

# What isn't here may be anybody's.
DRIVER_KINDS: Mapping[str, tuple[str, ...]] = {
    "com.mysql.jdbc.Driver": ("mysql",),
    "com.mysql.cj.jdbc.Driver": ("mysql",),
    "org.mariadb.jdbc.Driver": ("mariadb", "mysql"),
    "org.h2.Driver": ("h2",),
    "org.postgresql.Driver": ("postgresql",),
    "oracle.jdbc.OracleDriver": ("oracle",),
    "oracle.jdbc.driver.OracleDriver": ("oracle",),
    "com.microsoft.sqlserver.jdbc.SQLServerDriver": ("sqlserver",),
    "com.ibm.db2.jcc.DB2Driver": ("db2",),
}
KNOWN_KINDS = frozenset(kind for kinds in DRIVER_KINDS.values() for kind in kinds)
