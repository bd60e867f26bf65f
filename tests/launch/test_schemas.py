from pathlib import Path

from lab.launch.dbscripts import Dbscript
from lab.launch.schemas import answer, judge, question, unreachable
from lab.plan.model import PlannedSchema, PlannedServer
from lab.plan.observed import SchemaState, SchemaVerdict

SCHEMA = PlannedSchema("apim_db", "latin1", "latin1_swedish_ci", "apimgt/mysql.sql")
SERVER = PlannedServer("db", "lab-x-db", "db.wso2.com", ("db.wso2.com",), 3306, (SCHEMA,), ())
SCRIPTS = {"apim_db": Dbscript(Path("x.sql"), b"", frozenset({"A", "B"}), ("A", "IDX"))}
ALL = "table\tapim_db\tA\t\ntable\tapim_db\tB\t\nindex\tapim_db\tA\tIDX\n"


def judged(rows: str) -> SchemaState:
    (state,) = judge(SERVER, SCRIPTS, answer(rows))
    return state


def test_all_tables_and_the_last_index_make_a_schema_complete() -> None:
    assert judged(ALL) == SchemaState("apim_db", "db", 2, 2, SchemaVerdict.COMPLETE)


def test_a_missing_table_is_named() -> None:
    state = judged("table\tapim_db\tA\t\nindex\tapim_db\tA\tIDX\n")
    assert (state.verdict, state.missing) == (SchemaVerdict.INCOMPLETE, ("B",))


def test_a_load_that_died_among_the_indexes_is_incomplete() -> None:
    state = judged("table\tapim_db\tA\t\ntable\tapim_db\tB\t\n")
    assert (state.verdict, state.missing) == (SchemaVerdict.INCOMPLETE, ("index IDX on A",))


def test_a_table_that_no_script_makes_is_foreign() -> None:
    state = judged(ALL + "table\tapim_db\tC\t\n")
    assert (state.verdict, state.foreign, state.tables) == (SchemaVerdict.FOREIGN, ("C",), 3)


def test_another_scripts_tables_are_foreign_rather_than_a_few_missing() -> None:
    state = judged("table\tapim_db\tREG_PATH\t\ntable\tapim_db\tUM_USER\t\n")
    assert state.verdict is SchemaVerdict.FOREIGN
    assert state.missing == ("A", "B")


def test_an_empty_schema_is_incomplete() -> None:
    assert judged("").verdict is SchemaVerdict.INCOMPLETE


def test_a_silent_server_leaves_every_schema_unreachable() -> None:
    (state,) = unreachable(SERVER, SCRIPTS)
    assert (state.verdict, state.expected_tables) == (SchemaVerdict.UNREACHABLE, 2)


def test_names_are_quoted_in_the_question() -> None:
    odd = PlannedSchema("it's", "latin1", "latin1_swedish_ci", "mysql.sql")
    assert "'it''s'" in question((odd,), {})
