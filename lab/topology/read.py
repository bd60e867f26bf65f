"""The flow starts here: a topology file becomes a validated topology, or all its problems."""

import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lab.errors import Problem, TopologyError
from lab.topology.addresses import address_problems
from lab.topology.cluster import brings_files, cluster_problems
from lab.topology.credentials import credential_problems
from lab.topology.databases import servers_in
from lab.topology.machines import with_machines
from lab.topology.model import Topology, TopologyFile
from lab.topology.names import lab_name_problem, name_problems
from lab.topology.secrets import with_secrets
from lab.topology.shape import shape_problems

_DEEPEST = 64  # a topology has its values at a tenth of it
_LARGEST = 1024 * 1024  # bytes; a topology is a page


def read_topology(path: Path | str) -> Topology:
    """Read the topology in this file; raises `TopologyError` with every problem it has."""
    where = str(path)
    return parse_topology(_text(Path(path), where), where=where, name=Path(path).stem)


def parse_topology(
    text: str, *, where: str = "topology", name: str = "lab", secrets: Path | None = None
) -> Topology:
    """Make a topology of this text.

    *where* stands for the file in messages, *name* is the lab's unless the text names it, *secrets*
    is the file of its secrets when that isn't the one beside it. Raises `TopologyError` with every
    problem found.
    """
    written, known, secret_problems = with_secrets(_parse(text, where), where, secrets)
    raw, machine_problems = with_machines(written, where)
    problems = [
        *secret_problems,
        *machine_problems,
        *address_problems(written, where),
        *name_problems(written, where),
        *([] if brings_files(raw) else credential_problems(raw, where)),
        *cluster_problems(raw, where),
    ]
    try:
        file = TopologyFile.model_validate(raw)
    except ValidationError as error:
        raise TopologyError(*shape_problems(error, where), *problems) from error
    chosen = file.lab.name if file.lab.name is not None else name
    at = f"{where}: lab.name" if file.lab.name is not None else where
    if problem := lab_name_problem(chosen, at):
        problems.append(problem)
    if problems:
        raise TopologyError(*problems)
    return Topology(
        lab=file.lab,
        nodes=file.nodes,
        balancers=file.balancers,
        servers=servers_in(file.database, file.databases),
        super_admin=file.super_admin,
        name=chosen,
        where=where,
        text=text,
        encryption=file.encryption,
        environments=file.environments,
        config=file.config,
        roles=file.roles,
        ignored=tuple(file.check.ignore),
        secrets=known,
    )


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TopologyError(
            Problem(f"not valid TOML: {error}", where, "correct the file at that line")
        ) from error
    except RecursionError as error:
        raise TopologyError(_too_deep(where)) from error
    if _is_deep(raw):
        raise TopologyError(_too_deep(where))
    return raw


def _is_deep(raw: Mapping[str, Any]) -> bool:
    """Tell whether values lie deeper in each other than anything that is done with them goes."""
    values: list[Any] = [raw]
    for _ in range(_DEEPEST):
        values = [
            inner
            for value in values
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(values)


def _too_deep(where: str) -> Problem:
    return Problem("nested too deep", where, "name a topology's .toml file")


def _text(path: Path, where: str) -> str:
    try:
        content = _bytes(path, where)
    except OSError as error:
        raise TopologyError(
            Problem(
                f"{where} can't be read: {error.strerror}",
                where,
                "check the path and its permissions",
            )
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TopologyError(_no_text(where)) from error
    if "\0" in text:
        raise TopologyError(_no_text(where))
    return text


def _bytes(path: Path, where: str) -> bytes:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise TopologyError(
            Problem("no such topology file", where, "check the path; a topology is a .toml file")
        ) from error
    if stat.S_ISDIR(status.st_mode):
        raise TopologyError(
            Problem(f"{where} is a folder, not a topology file", where, "name the .toml file in it")
        )
    if not stat.S_ISREG(status.st_mode):
        raise TopologyError(Problem(f"{where} is no regular file", where, "name a .toml file"))
    if status.st_size > _LARGEST:
        raise TopologyError(
            Problem(
                f"{where} is larger than any topology (1 MiB)",
                where,
                "name a topology's .toml file",
            )
        )
    return path.read_bytes()


def _no_text(where: str) -> Problem:
    mend = "save the file as UTF-8; a topology is a .toml file"
    return Problem(f"{where} is no text in UTF-8", where, mend)
