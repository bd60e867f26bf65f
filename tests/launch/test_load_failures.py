from pathlib import Path

import pytest

from lab.launch.dbscripts import Dbscript
from lab.launch.load_failures import load_failure

SCRIPT = Dbscript(
    Path("/scripts/mysql.sql"),
    b"CREATE TABLE A (ID INT);\n\nCREATE TABLE B (\n ID TIMESTAMP DEFAULT 0\n);\n",
    frozenset({"A", "B"}),
    None,
)


def test_a_failure_names_file_line_statement_and_the_servers_words() -> None:
    problem = load_failure(
        SCRIPT, "shared_db", "ERROR 1067 (42000) at line 3: Invalid default value for 'ID'\n"
    )
    assert problem.what == (
        "loading the database `shared_db` failed: Invalid default value for 'ID' (MySQL 1067)"
    )
    assert problem.where == ("/scripts/mysql.sql:3: CREATE TABLE B ( ID TIMESTAMP DEFAULT 0 )")
    assert "mysql5.7.sql" in problem.mend


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        ("ERROR 1071 (42000) at line 1: Specified key was too long", "latin1"),
        ("ERROR 6125 (HY000) at line 1: Missing unique key", "restrict_fk_on_non_standard_key"),
        ("ERROR 3750 (HY000) at line 1: Unable to create a table", "sql_require_primary_key"),
        ("ERROR 1062 (23000) at line 1: Duplicate entry", "can't be loaded twice"),
        ("ERROR 1146 (42S02) at line 1: Table doesn't exist", "correct that statement"),
    ],
)
def test_each_known_trap_has_its_own_mend(said: str, mend: str) -> None:
    assert mend in load_failure(SCRIPT, "apim_db", said).mend


def test_words_without_a_line_are_passed_on() -> None:
    problem = load_failure(SCRIPT, "apim_db", "ERROR 2002 (HY000): Can't connect to server\n")
    assert "Can't connect" in problem.what
    assert problem.where == "/scripts/mysql.sql"
