"""What a failed dbscript means: the mysql client's words, and the mends for MySQL's traps."""

import re

from lab.errors import Problem
from lab.launch.dbscripts import Dbscript

_AT_LINE = re.compile(r"ERROR (?P<code>\d+)(?: \(\w+\))? at line (?P<line>\d+)[^:]*: (?P<said>.*)")

# Measured with MySQL 9.7 on the scripts of 2.1 to 4.5.
_MENDS = {
    1061: "the database was not empty: this script can't be loaded twice",
    1062: "the database was not empty: this script can't be loaded twice",
    1064: "correct the statement; `GRANT … IDENTIFIED BY` is none since MySQL 8.0",
    1067: "use the product's `mysql5.7.sql`: a default of 0 is refused since MySQL 5.7.8",
    1071: "give the database the character set latin1: with utf8mb4 the key is too long",
    1524: "drop `mysql_native_password`: MySQL 9 has caching_sha2_password only",
    3750: "switch `sql_require_primary_key` off: WSO2's scripts have tables without primary key",
    6125: "`SET restrict_fk_on_non_standard_key = 0` at the script's top (on since MySQL 8.4)",
}


def load_failure(script: Dbscript, schema: str, stderr: str) -> Problem:
    """Say which statement of a script failed, where it stands and how to mend it."""
    found = _AT_LINE.search(stderr)
    if found is None:
        said = stderr.strip() or "the mysql client ended without a word"
        return Problem(
            f"loading the database `{schema}` failed: {said}",
            str(script.path),
            "the database server's log tells more",
        )
    line = int(found["line"])
    return Problem(
        f"loading the database `{schema}` failed: {found['said']} (MySQL {found['code']})",
        f"{script.path}:{line}: {script.statement_at(line)}",
        _MENDS.get(int(found["code"]), "correct that statement; nothing of this database was kept"),
    )
