"""A used lab begins anew, on the ports and files that it has."""

import subprocess
from collections.abc import Iterator

import pytest

from lab.fixture.lab import Lab as FixtureLab
from lab.launch.engine import Engine
from lab.launch.finding import find_cluster
from tests.e2e.conftest import Lab

pytestmark = pytest.mark.engine

LEFT = "/tmp/left-behind"  # noqa: S108  # in a container


@pytest.fixture
def held(lab: Lab) -> Iterator[FixtureLab]:
    """Hold the lab as a test of somebody else's does."""
    with Engine.connect() as engine:
        yield FixtureLab(engine, find_cluster(engine, lab.name))


def ids_of(lab: Lab) -> dict[str, str]:
    form = '{{.Label "apim-lab.member"}} {{.ID}}'
    listed = subprocess.check_output(
        ["docker", "ps", "--filter", f"label=apim-lab.lab={lab.name}", "--format", form], text=True
    )
    return dict(line.split() for line in listed.splitlines())


def test_a_reset_takes_what_a_use_has_left_in_databases_and_nodes(
    lab: Lab, held: FixtureLab
) -> None:
    before, ports = ids_of(lab), (lab.folder / "ports.json").read_text()
    lab.sql("CREATE TABLE apim_db.LEFT_BEHIND (ID INT); DELETE FROM shared_db.UM_DOMAIN;")
    assert lab.program("exec", "gw", "--name", lab.name, "--", "touch", LEFT).returncode == 0
    held.keep_databases()  # to the whole it is a use like any other
    held.stop("tm")
    ran = lab.program("reset", lab.name, "--timings")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith(f"lab {lab.name} is healthy")
    assert "containers replaced" in ran.stderr
    told = lab.status()
    assert (told["verdict"], told["findings"]) == ("healthy", [])
    assert {one["verdict"] for one in told["databases"]} == {"complete"}
    assert lab.program("exec", "gw", "--name", lab.name, "--", "ls", LEFT).returncode != 0
    after = ids_of(lab)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] == before[name]} == {"prober"}
    assert (lab.folder / "ports.json").read_text() == ports


USES = (
    "INSERT INTO apim_db.IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, APP_NAME) VALUES ('k', 'left')",
    "ALTER TABLE shared_db.UM_DOMAIN AUTO_INCREMENT = 4711",
    "ALTER TABLE shared_db.UM_USER ADD COLUMN LEFT_BEHIND INT, DROP COLUMN UM_SALT_VALUE",
    "SET foreign_key_checks = 0; DROP TABLE apim_db.IDN_OAUTH2_ACCESS_TOKEN",
    "CREATE TABLE apim_db.LEFT_BEHIND (ID INT); INSERT INTO apim_db.LEFT_BEHIND VALUES (1)",
    "CREATE VIEW shared_db.LEFT_VIEW AS SELECT 1; CREATE DATABASE left_behind",
    "CREATE TRIGGER shared_db.T BEFORE INSERT ON shared_db.UM_DOMAIN FOR EACH ROW SET @a = 1",
    "CREATE USER stranger; DROP USER root@'%'; SET GLOBAL max_connections = 7",
)


TABLES = """
SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables
    WHERE table_schema IN ('apim_db', 'shared_db') AND table_type = 'BASE TABLE' ORDER BY 1;
"""
# Without the first line the server may tell what it remembers.
QUESTIONS = """
SET information_schema_stats_expiry = 0;
SELECT table_schema, table_name, table_type, auto_increment, table_rows
    FROM information_schema.tables WHERE table_schema IN ('apim_db', 'shared_db') ORDER BY 1, 2;
SELECT table_schema, table_name, column_name, column_type, extra
    FROM information_schema.columns WHERE table_schema IN ('apim_db', 'shared_db')
    ORDER BY 1, 2, 3;
SELECT trigger_name FROM information_schema.triggers ORDER BY 1;
SELECT schema_name FROM information_schema.schemata ORDER BY 1;
SELECT user, host, plugin FROM mysql.user ORDER BY 1, 2;
SHOW GLOBAL VARIABLES LIKE 'max_connections';
"""


def asked(held: FixtureLab, sql: str) -> list[str]:
    words = ("mysql", "--no-defaults", "--user=root", "--socket=/tmp/mysqld.sock", "--batch")
    code, told = held.run("db", *words, "--skip-column-names", "-e", sql)
    assert code == 0, told
    return told.splitlines()


def everything(held: FixtureLab) -> list[str]:
    """Ask for all that a use can change on the server; the topology's account gets in, too."""
    with held.database("apim_db") as connection:
        connection.ping(reconnect=False)
    tables = asked(held, TABLES)
    # First: the server knows the counters of tables that it has opened.
    sums = asked(held, f"CHECKSUM TABLE {', '.join(tables)} EXTENDED")
    return sums + asked(held, QUESTIONS)


def test_databases_begin_anew_while_nodes_run_on(lab: Lab, held: FixtureLab) -> None:
    before = ids_of(lab)
    held.reset_databases()
    fresh = everything(held)
    assert len(fresh) > 100
    lab.sql("; ".join(USES))
    held.fault("pause", "db")
    ran = lab.program("reset", lab.name, "--databases", "--timings")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "databases reset" in ran.stderr
    assert everything(held) == fresh
    assert ids_of(lab) == before


def test_databases_return_to_what_was_kept(lab: Lab, held: FixtureLab) -> None:
    lab.sql("CREATE TABLE apim_db.SEEDED (ID INT); INSERT INTO apim_db.SEEDED VALUES (1)")
    try:
        held.keep_databases()
        kept = everything(held)
        lab.sql("INSERT INTO apim_db.SEEDED VALUES (2); DROP TABLE shared_db.UM_DOMAIN")
        held.reset_databases()
        assert everything(held) == kept
        held.stop("db")
        held.reset_databases()
        assert everything(held) == kept
    finally:  # other tests use the lab, and a reset of theirs would bring the table back
        lab.sql("DROP TABLE apim_db.SEEDED")
        held.keep_databases()
