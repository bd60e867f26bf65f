import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lab.data import data_folder
from lab.errors import DatabaseError
from lab.launch.cluster import Cluster
from lab.launch.create_cluster import create_cluster
from lab.launch.dbscripts import Dbscript, find_dbscripts
from lab.launch.definitions import Images, server_definition
from lab.launch.engine import Engine
from lab.launch.files import server_files
from lab.launch.labels import Ownership, Purpose
from lab.launch.ownership import this_process
from lab.launch.schemas import judge
from lab.launch.servers import ask, found_on, wait_until_ready
from lab.launch.sources import Sources
from lab.launch.templates import ensure_template, template_tag
from lab.plan.model import Plan, PlannedSchema
from lab.plan.observed import SchemaVerdict
from lab.products.broker_store import BROKER_STORE
from tests.launch.conftest import created

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("unloaded")]

NewCluster = Callable[..., Cluster]
NewPlan = Callable[..., Plan]
Rendered = Callable[[Plan], Path]

APIM = """\
-- apim_db
CREATE TABLE LT_API (ID INT AUTO_INCREMENT, NAME VARCHAR(255) DEFAULT 'a;b', PRIMARY KEY (ID));
INSERT INTO LT_API (NAME) VALUES ('loaded once');
CREATE INDEX LT_IDX ON LT_API (NAME);
"""
CHARSET_AND_ROWS = (
    "SELECT default_character_set_name FROM information_schema.schemata"
    " WHERE schema_name = 'apim_db'; SELECT COUNT(*) FROM apim_db.LT_API;"
)
SHARED = "CREATE TABLE LT_REG (ID INT);\nCREATE TABLE LT_UM (ID INT);\n"


# A template of an earlier run must not fit; those of this run are shared, being slow to make.
RUN = secrets.token_hex(8)


def write_scripts(folder: Path, *, apim: str = APIM, shared: str = SHARED, mark: str = RUN) -> Path:
    (folder / "apimgt").mkdir(parents=True, exist_ok=True)
    (folder / "apimgt" / "mysql.sql").write_text(apim)
    (folder / "mysql.sql").write_text(f"{shared}-- {mark}\n")
    return folder


@pytest.fixture(scope="module")
def mysql(engine: Engine) -> str:
    return Sources(engine, print).ensure("mysql")


@pytest.fixture(scope="module")
def unloaded(engine: Engine) -> Iterator[None]:
    """Remove the templates that the tests make."""
    before = {tag for image in engine.images("apim-lab/mysql-data") for tag in image.tags}
    yield
    for image in engine.images("apim-lab/mysql-data"):
        for tag in set(image.tags) - before:
            engine.remove_image(tag)


@pytest.fixture(scope="module")
def loaded(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start one lab's server for the tests that only need one, in the order of what they leave."""
    folder = tmp_path_factory.mktemp("loaded")
    with created(engine, folder, dbscripts=write_scripts(folder / "scripts")) as cluster:
        cluster.start_server("db")
        cluster.databases.prepare(print)
        yield cluster


def owner_of(plan: Plan) -> Ownership:
    return Ownership(plan.lab, Purpose.TEST, this_process(), Path("/nowhere"))


def made(engine: Engine, plan: Plan, image: str, folder: Path, lines: list[str]) -> str:
    (server,) = plan.servers
    scripts = find_dbscripts(folder, server.schemas)
    return ensure_template(
        engine, server, image, scripts, owner=owner_of(plan), progress=lines.append
    )


def scripts_in(plan: Plan, folder: Path) -> dict[str, Dbscript]:
    return find_dbscripts(folder, plan.servers[0].schemas)


def test_a_failing_script_names_file_line_and_statement_and_nothing_is_kept(
    engine: Engine, new_plan: NewPlan, mysql: str, tmp_path: Path
) -> None:
    bad = "CREATE TABLE LT_BAD (\n  MADE TIMESTAMP DEFAULT 0,\n  N CHAR(9) DEFAULT 'x');"
    plan = new_plan()
    folder = write_scripts(tmp_path, apim=f"{APIM}\n{bad}")
    for _ in range(2):  # it doesn't count as made on the next run
        with pytest.raises(DatabaseError) as caught:
            made(engine, plan, mysql, folder, [])
        (problem,) = caught.value.problems
        assert "Invalid default value for 'MADE' (MySQL 1067)" in problem.what
        assert problem.where == (
            f"{folder}/apimgt/mysql.sql:6:"
            " CREATE TABLE LT_BAD ( MADE TIMESTAMP DEFAULT 0, N CHAR(9) DEFAULT '…')"
        )
        assert "mysql5.7.sql" in problem.mend
        image = engine.image(mysql)
        assert (
            engine.image(template_tag(plan.servers[0], image.id, scripts_in(plan, folder))) is None
        )
        assert not engine.containers(f"apim-lab.lab={plan.lab}")
    mended = write_scripts(tmp_path)
    assert engine.image(made(engine, plan, mysql, mended, [])) is not None


def test_the_second_lab_with_the_same_scripts_loads_nothing(
    new_cluster: NewCluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_scripts(tmp_path / "scripts", mark=secrets.token_hex(8))
    for loads in (True, False):
        cluster = new_cluster(dbscripts=folder)
        assert ("loading apim_db" in capsys.readouterr().out) is loads
        cluster.start_server("db")
        cluster.databases.prepare(print)
        assert [
            (state.name, state.tables, state.expected_tables, state.verdict)
            for state in cluster.databases.states()
        ] == [
            ("apim_db", 1, 1, SchemaVerdict.COMPLETE),
            ("shared_db", 2, 2, SchemaVerdict.COMPLETE),
        ]
        cluster.remove()


def test_the_topologys_account_gets_in_over_tls_of_the_labs_own_authority_alone(
    loaded: Cluster,
) -> None:
    def log_in(password: str) -> tuple[int, str]:
        words = (
            *("mysql", "--no-defaults", "--host=db.wso2.com", "--user=root"),
            *(f"--password={password}", "--ssl-mode=VERIFY_IDENTITY"),
            *("--ssl-ca=/lab/server/ca.pem", "--batch", "--skip-column-names"),
            f"--execute={CHARSET_AND_ROWS}",
        )
        return loaded.run("db", words)

    code, output = log_in("root")
    assert code == 0
    assert output.split()[:2] == ["latin1", "1"]
    assert log_in("wrong")[0] == 1


def test_no_account_certificate_or_lab_is_in_the_template(
    engine: Engine, new_plan: NewPlan, mysql: str, tmp_path: Path
) -> None:
    plan = new_plan()
    tag = made(engine, plan, mysql, write_scripts(tmp_path), [])
    words = ("run", "--rm", "--network=none", "--entrypoint=sh", tag, "-c")
    listed = subprocess.run(
        ["docker", *words, "ls /lab/server; ls /lab/data | grep -E 'cert|ca\\.pem'; true"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert listed == ""
    kept = engine.image(tag).labels
    assert {key for key, value in kept.items() if value} == {"apim-lab.template"}


def test_the_broker_s_store_is_loaded_though_mysql_refuses_its_keys(
    engine: Engine, new_plan: NewPlan, mysql: str, tmp_path: Path
) -> None:
    facts = BROKER_STORE["mb_store_db"]
    schema = PlannedSchema("mb", facts.charset, facts.collation, facts.script, facts.session)
    script = data_folder("images") / "stand-in" / "dbscripts" / facts.script
    refused = tmp_path / facts.script
    refused.parent.mkdir()
    refused.write_text(script.read_text() + "CREATE TABLE LT_BAD (MADE TIMESTAMP DEFAULT 0);\n")

    def keep(schema: PlannedSchema, folder: Path) -> str:
        plan = new_plan()
        server = replace(plan.servers[0], schemas=(schema,))
        return made(engine, replace(plan, servers=(server,)), mysql, folder, [])

    with pytest.raises(DatabaseError, match=r"\(MySQL 6125\)"):
        keep(replace(schema, session=""), refused.parents[1])
    lines = script.read_text().count("\n")
    with pytest.raises(DatabaseError) as caught:
        keep(schema, refused.parents[1])
    assert f"{refused}:{lines + 1}: CREATE TABLE LT_BAD" in caught.value.problems[0].where
    assert engine.image(keep(schema, script.parents[1])) is not None


def test_both_failing_scripts_are_told_at_once(
    engine: Engine, new_plan: NewPlan, mysql: str, tmp_path: Path
) -> None:
    folder = write_scripts(
        tmp_path, apim="CREATE TABLE A (ID INT);\nBROKEN;", shared="CREATE TABLE B (ID NONE);\n"
    )
    with pytest.raises(DatabaseError) as caught:
        made(engine, new_plan(), mysql, folder, [])
    assert [problem.where.split(":")[1] for problem in caught.value.problems] == ["2", "1"]


def test_a_stopped_server_comes_back_with_its_rows(engine: Engine, loaded: Cluster) -> None:
    container = loaded.plan.servers[0].container
    ask(engine, container, "INSERT INTO apim_db.LT_API (NAME) VALUES ('kept');")
    loaded.stop_node("db")
    loaded.start_node("db")
    loaded.databases.prepare(print)  # the old log's `ready for connections` must not count
    assert ask(engine, container, "SELECT COUNT(*) FROM apim_db.LT_API;").stdout.strip() == b"2"


def test_a_table_dropped_later_is_missed_and_a_silent_server_unreachable(
    engine: Engine, loaded: Cluster
) -> None:
    container = loaded.plan.servers[0].container
    ask(engine, container, "DROP TABLE shared_db.LT_UM; CREATE TABLE apim_db.ELSE_S (ID INT);")
    apim, shared = loaded.databases.states()
    assert (apim.verdict, apim.foreign) == (SchemaVerdict.FOREIGN, ("ELSE_S",))
    assert (shared.verdict, shared.missing) == (SchemaVerdict.INCOMPLETE, ("LT_UM",))
    with pytest.raises(DatabaseError, match="`shared_db` has 1 of 2 tables; missing: LT_UM"):
        loaded.databases.prepare(print)
    loaded.stop_node("db")
    assert {state.verdict for state in loaded.databases.states()} == {SchemaVerdict.UNREACHABLE}


def test_a_server_that_cannot_start_is_told_with_its_last_lines(
    engine: Engine, new_plan: NewPlan, rendered: Rendered, tmp_path: Path
) -> None:
    plan = new_plan(dbscripts=write_scripts(tmp_path / "scripts"))
    folder = rendered(plan)
    (folder / "servers" / "db" / "accounts.sql").unlink()
    cluster = create_cluster(engine, plan, folder, purpose="test", progress=print)
    cluster.start_server("db")
    with pytest.raises(DatabaseError, match="ended with exit code 1") as caught:
        cluster.databases.prepare(print)
    assert "accounts.sql" in caught.value.problems[0].what


OFFICIAL_LIKE = """\
FROM {base}
ENV MYSQL_ROOT_PASSWORD=unused
VOLUME /var/lib/mysql
ENTRYPOINT ["sh", "-c", "echo the image's own start script; exit 3"]
CMD ["mysqld"]
"""


@pytest.fixture
def official_like(engine: Engine, mysql: str) -> Iterator[str]:
    name = "launch-test-official:1"
    subprocess.run(
        ["docker", "build", "--quiet", "--tag", name, "-"],
        input=OFFICIAL_LIKE.format(base=mysql).encode(),
        check=True,
        capture_output=True,
    )
    yield name
    engine.remove_image(name)


def test_an_official_images_volume_and_start_script_are_passed_by(
    engine: Engine,
    new_plan: NewPlan,
    rendered: Rendered,
    official_like: str,
    tmp_path: Path,
) -> None:
    plan = new_plan()
    (server,) = plan.servers
    folder = write_scripts(tmp_path / "scripts")
    tag = made(engine, plan, official_like, folder, [])
    wanted = server_definition(plan, server, Images("", {}, {server.name: tag}), owner_of(plan))
    container = engine.create(replace(wanted, network="", aliases=(), hostname=""))
    try:
        engine.put(container, server_files(rendered(plan), server.name))
        engine.start(container)
        wait_until_ready(engine, container)
        scripts = scripts_in(plan, folder)
        states = judge(server, scripts, found_on(engine, server, scripts))
        assert {state.verdict for state in states} == {SchemaVerdict.COMPLETE}
    finally:
        engine.remove(container)
