from pathlib import Path

import pytest

from lab.errors import DatabaseError
from lab.launch.dbscripts import find_dbscript, find_dbscripts, read_dbscript, statements_of
from lab.plan.model import PlannedSchema

APIM = PlannedSchema("apim_db", "latin1", "latin1_swedish_ci", "apimgt/mysql.sql")
SHARED = PlannedSchema("shared_db", "latin1", "latin1_swedish_ci", "mysql.sql")

SCRIPT = """\
-- CREATE TABLE IN_A_COMMENT (ID INT);
# CREATE TABLE IN_ANOTHER (ID INT);
/* CREATE TABLE IN_A_BLOCK
   (ID INT); */
CREATE TABLE IF NOT EXISTS AM_USER (
    ID VARCHAR(255) DEFAULT 'a;b--c', -- a remark; with a semicolon
    PRIMARY KEY (ID)
)ENGINE INNODB;
create table `AM_API` (ID INT);
CREATE TABLE IF NOT EXISTS AM_USER (ID INT);
CREATE TABLE apim_db.`AM_OTHER` (ID INT); CREATE TABLE AM_GONE (ID INT);
DROP TABLE IF EXISTS AM_GONE;
INSERT INTO AM_API VALUES ('it''s; CREATE TABLE IN_A_TEXT (ID INT)', "and \\"; this");
CREATE INDEX IDX_FIRST ON AM_API (ID);
CREATE UNIQUE INDEX IDX_LAST USING BTREE ON AM_USER (ID);
"""


def written(folder: Path, text: str | bytes, name: str = "mysql.sql") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_tables_are_counted_once_and_never_from_comments_or_texts(tmp_path: Path) -> None:
    script = read_dbscript(written(tmp_path, SCRIPT))
    assert script.tables == {"AM_USER", "AM_API", "AM_OTHER"}


def test_the_last_index_is_the_one_that_the_script_makes_last(tmp_path: Path) -> None:
    assert read_dbscript(written(tmp_path, SCRIPT)).last_index == ("AM_USER", "IDX_LAST")


def test_a_script_without_index_has_none(tmp_path: Path) -> None:
    assert read_dbscript(written(tmp_path, "CREATE TABLE A (ID INT);")).last_index is None


@pytest.mark.parametrize(
    ("line", "start"),
    [
        (5, "CREATE TABLE IF NOT EXISTS AM_USER"),
        (7, "CREATE TABLE IF NOT EXISTS AM_USER"),
        (9, "create table `AM_API`"),
        (15, "CREATE UNIQUE INDEX IDX_LAST"),
    ],
)
def test_the_statement_on_a_line_is_found(tmp_path: Path, line: int, start: str) -> None:
    assert read_dbscript(written(tmp_path, SCRIPT)).statement_at(line).startswith(start)


def test_a_statement_is_told_without_its_texts(tmp_path: Path) -> None:
    text = "CREATE TABLE A (ID INT);\nCREATE USER 'u' IDENTIFIED BY 'secret';"
    said = read_dbscript(written(tmp_path, text)).statement_at(2)
    assert "secret" not in said
    assert said.startswith("CREATE USER")


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + SCRIPT.replace("\n", "\r\n").encode()
    script = read_dbscript(written(tmp_path, content))
    assert script.tables == {"AM_USER", "AM_API", "AM_OTHER"}
    assert script.statement_at(9).startswith("create table")


def test_a_statement_that_never_ends_is_still_one() -> None:
    (statement,) = statements_of("-- head\n\nCREATE TABLE A (ID INT)")
    assert (statement.line, statement.text) == (3, "CREATE TABLE A (ID INT)")


def test_a_script_that_makes_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="creates no table"):
        read_dbscript(written(tmp_path, "SELECT 1;"))


@pytest.mark.parametrize("inside", ["", "dbscripts"])
def test_both_layouts_of_a_product_are_found(tmp_path: Path, inside: str) -> None:
    table = "CREATE TABLE A (ID INT);"
    written(tmp_path / inside, table)
    written(tmp_path / inside / "apimgt", table)
    assert find_dbscript(tmp_path, SHARED) == tmp_path / inside / "mysql.sql"
    assert find_dbscript(tmp_path, APIM) == tmp_path / inside / "apimgt" / "mysql.sql"


def test_every_missing_script_is_told_at_once_with_its_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError) as caught:
        find_dbscripts(tmp_path, (APIM, SHARED))
    assert [problem.what for problem in caught.value.problems] == [
        "no dbscript for the database `apim_db`",
        "no dbscript for the database `shared_db`",
    ]
    assert str(tmp_path / "apimgt" / "mysql.sql") in caught.value.problems[0].where
