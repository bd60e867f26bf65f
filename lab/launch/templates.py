"""A loaded data directory kept as an image: made once for the same scripts, settings and server."""

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from lab.errors import DatabaseError, Problem
from lab.launch.archive import PlacedFile, tar_of
from lab.launch.builder import building, keep_image
from lab.launch.dbscripts import Dbscript
from lab.launch.definitions import builder_definition
from lab.launch.engine import Engine
from lab.launch.labels import Ownership
from lab.launch.schemas import judge
from lab.launch.servers import ask, found_on, load_schema, wait_until_ready
from lab.plan.containers import (
    SERVER_DATA,
    SERVER_FILES,
    SERVER_GID,
    SERVER_TEMPLATE,
    SERVER_UID,
    mysqld_arguments,
    mysqld_initialise_arguments,
)
from lab.plan.model import PlannedServer
from lab.plan.observed import SchemaState, SchemaVerdict

REPOSITORY = "apim-lab/mysql-data"
LABEL = "apim-lab.template"
_HASH = 16  # hexadecimal digits of a tag
_NAMES_SHOWN = 5
# The builder has no certificate, no account and no connection.
_LEFT_OUT = ("--init-file=", "--ssl-")

Progress = Callable[[str], None]


def template_tag(server: PlannedServer, image_id: str, scripts: Mapping[str, Dbscript]) -> str:
    """Name the template of these scripts, settings and server image: same name, same content."""
    inputs = {
        "image": image_id,
        "made by": _builder_command(),
        "schemas": [
            [
                schema.name,
                schema.charset,
                schema.collation,
                schema.session,
                hashlib.sha256(scripts[schema.name].content).hexdigest(),
            ]
            for schema in server.schemas
        ],
    }
    digest = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    return f"{REPOSITORY}:{digest[:_HASH]}"


def ensure_template(
    engine: Engine,
    server: PlannedServer,
    image: str,
    scripts: Mapping[str, Dbscript],
    *,
    owner: Ownership,
    progress: Progress,
) -> str:
    """Give the image with this server's loaded data directory; it is made when it isn't here.

    Raises `DatabaseError` when a script fails; then nothing is kept.
    """
    seen = engine.image(image)
    tag = template_tag(server, image if seen is None else seen.id, scripts)
    if engine.image(tag) is not None:
        return tag
    wanted = builder_definition(server, image, _builder_command(), owner)
    with building(engine, wanted) as builder:
        _fill(engine, builder, server, scripts, progress)
        _keep(engine, builder, tag, progress)
    return tag


def _builder_command() -> tuple[str, ...]:
    """Give what makes the data directory, and in the end the copy that a reset begins with."""
    initialise = f"mysqld {' '.join(mysqld_initialise_arguments())}"
    kept = (word for word in mysqld_arguments() if not word.startswith(_LEFT_OUT))
    serve = f"mysqld {' '.join(kept)} --skip-networking"
    return ("sh", "-c", f"{initialise} && {serve} && cp -a {SERVER_DATA} {SERVER_TEMPLATE}")


def _fill(
    engine: Engine,
    builder: str,
    server: PlannedServer,
    scripts: Mapping[str, Dbscript],
    progress: Progress,
) -> None:
    folders = (SERVER_DATA.parent, SERVER_DATA, SERVER_FILES)
    engine.put(
        builder, tar_of(PlacedFile(path, None, SERVER_UID, SERVER_GID, 0o755) for path in folders)
    )
    progress(f"database {server.name}: initialising the server")
    engine.start(builder)
    wait_until_ready(engine, builder)
    for schema in server.schemas:
        progress(f"database {server.name}: loading {schema.name} from {scripts[schema.name].path}")
    with ThreadPoolExecutor(len(server.schemas) or 1) as pool:
        loads = [
            pool.submit(load_schema, engine, builder, schema, scripts[schema.name])
            for schema in server.schemas
        ]
    problems = [
        problem
        for load in loads
        if isinstance(failure := load.exception(), DatabaseError)
        for problem in failure.problems
    ]
    if problems:
        raise DatabaseError(*problems)
    for load in loads:
        load.result()
    states = judge(server, scripts, found_on(engine, server, dict(scripts), builder))
    require_complete(states, f"container {server.container}")


def _keep(engine: Engine, builder: str, tag: str, progress: Progress) -> None:
    progress(f"keeping the loaded databases as {tag}")
    ask(engine, builder, "SHUTDOWN;")
    code = engine.wait(builder)
    if code != 0:
        raise DatabaseError(
            Problem(
                f"the database server did not shut down cleanly: exit code {code}",
                "\n".join(engine.last_lines(builder, 5)),
                "run the same command again; nothing was kept",
            )
        )
    keep_image(engine, builder, tag, labels={LABEL: tag})


def require_complete(states: tuple[SchemaState, ...], where: str) -> None:
    """Raise `DatabaseError` unless every schema holds what its script makes."""
    problems = [
        Problem(_difference(state), where, "`lab down`, then `lab up` with the right dbscripts")
        for state in states
        if state.verdict is not SchemaVerdict.COMPLETE
    ]
    if problems:
        raise DatabaseError(*problems)


def _difference(state: SchemaState) -> str:
    words = [f"the database `{state.name}` has {state.tables} of {state.expected_tables} tables"]
    for what, names in (("missing", state.missing), ("foreign", state.foreign)):
        if names:
            more = " …" if len(names) > _NAMES_SHOWN else ""
            words.append(f"{what}: {', '.join(names[:_NAMES_SHOWN])}{more}")
    return "; ".join(words)
