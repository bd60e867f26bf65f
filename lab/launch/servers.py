"""Database servers: waiting until the final server is ready, asking it, filling it."""

import re
import threading

from lab.errors import DatabaseError, EngineError, Problem
from lab.launch.dbscripts import Dbscript
from lab.launch.engine import Engine
from lab.launch.load_failures import load_failure
from lab.launch.refusals import GoneError
from lab.launch.schemas import MYSQL, Found, answer, question
from lab.launch.seen import Ran
from lab.launch.states import LAST_LINES, last_start
from lab.plan.containers import SERVER_SOCKET
from lab.plan.model import PlannedSchema, PlannedServer

# The X plugin says "ready for connections" of its own, and the initialising server never does.
_READY = re.compile(r"\[Server\] .*ready for connections\. Version:")
_PATIENCE = 120.0  # seconds from start to ready, on a very busy machine


class ServerGoneError(DatabaseError):
    """The database server doesn't answer."""


def wait_until_ready(engine: Engine, container: str, *, times: int = 1) -> None:
    """Read the server's log until the final server takes connections.

    *times* counts how often it has said so since its container started. Raises `DatabaseError` with
    the log's end when it stops before, or is silent for too long.
    """
    with engine.follow(container, since=last_start(engine, container)) as log:
        # Closing the stream is what ends a read that nothing arrives for.
        alarm = threading.Timer(_PATIENCE, log.close)
        alarm.start()
        try:
            ready = (line for line in log if _READY.search(line))
            if any(count == times for count, _ in enumerate(ready, 1)):
                return
        finally:
            alarm.cancel()
    seen = engine.inspect(container)
    what = (
        f"is not ready after {_PATIENCE:.0f} s"
        if seen.status == "running"
        else f"ended with exit code {seen.exit_code}"
    )
    said = "\n".join(engine.last_lines(container, LAST_LINES))
    raise DatabaseError(
        Problem(
            f"the database server {what}:\n{said}",
            f"container {container}",
            "mend what its last lines name, then `lab down` and `lab up`",
        )
    )


def begin_again(engine: Engine, container: str, signal: str) -> None:
    """Let a ready server's first process end mysqld and start it again, as *signal* tells it.

    Raises `DatabaseError` when it doesn't become ready again.
    """
    with engine.follow(container, since=last_start(engine, container), wait=False) as log:
        before = sum(1 for line in log if _READY.search(line))
    if not before:
        wait_until_ready(engine, container)
        before = 1
    engine.kill(container, signal)
    wait_until_ready(engine, container, times=before + 1)


def ask(engine: Engine, container: str, sql: str | bytes, database: str = "") -> Ran:
    """Run SQL as the lab's own root over the socket in the container."""
    options = (f"--socket={SERVER_SOCKET}", "--skip-column-names")
    named = (database,) if database else ()
    argv = (*MYSQL, *options, "--default-character-set=utf8mb4", *named)
    return engine.run(container, argv, stdin=sql.encode() if isinstance(sql, str) else sql)


# Seen on 4.1.0: PRIMARY, INTERNAL, SYSTEM, APPLICATION and WORKFLOW of the super tenant.
_FIRST_ROWS = """
SELECT (SELECT COUNT(*) FROM {schema}.UM_DOMAIN WHERE UM_TENANT_ID = -1234) >= 5
   AND (SELECT COUNT(*) FROM {schema}.UM_USER WHERE UM_TENANT_ID = -1234) >= 1;
"""


def has_first_rows(engine: Engine, container: str, schema: str) -> bool:
    """Tell whether the first rows of a user store are there; a silent server has none."""
    try:
        ran = ask(engine, container, _FIRST_ROWS.format(schema=_identifier(schema)))
    except EngineError:  # it has stopped or is gone, as its state tells
        return False
    return ran.exit_code == 0 and ran.stdout.strip() == b"1"


def _identifier(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def found_on(
    engine: Engine, server: PlannedServer, scripts: dict[str, Dbscript], container: str = ""
) -> dict[str, Found]:
    """Ask a server for its tables; raises `ServerGoneError` when it doesn't answer."""
    name = container or server.container
    try:
        ran = ask(engine, name, question(server.schemas, scripts))
    except GoneError as error:
        raise ServerGoneError(*error.problems) from error
    if ran.exit_code != 0:
        said = ran.stderr.decode(errors="replace").strip()
        raise ServerGoneError(
            Problem(
                f"the database server doesn't answer: {said}",
                f"container {name}",
                f"`lab logs {server.name}` tells more",
            )
        )
    return answer(ran.stdout.decode())


def load_schema(engine: Engine, container: str, schema: PlannedSchema, script: Dbscript) -> None:
    """Create a database as the product wants it and run its script.

    Raises `DatabaseError` with the script's file, line and statement.
    """
    kind = f"CHARACTER SET {schema.charset} COLLATE {schema.collation}"
    made = ask(engine, container, f"CREATE DATABASE {_identifier(schema.name)} {kind};")
    if made.exit_code != 0:
        said = made.stderr.decode(errors="replace").strip()
        raise DatabaseError(
            Problem(
                f"can't create the database `{schema.name}`: {said}",
                f"container {container}",
                "check its name, character set and collation",
            )
        )
    # On the script's first line, so that the server's line numbers are the file's.
    ran = ask(engine, container, schema.session.encode() + script.content, schema.name)
    if ran.exit_code != 0:
        stderr = ran.stderr.decode(errors="replace")
        raise DatabaseError(load_failure(script, schema.name, stderr))
