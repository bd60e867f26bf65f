"""The machines that a user has named, how each engine is reached, and their registry: a file."""

import os
import re
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.errors import Problem, UsageError
from lab.launch.endpoint.connection import url_fault

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_REGISTRY = re.compile(r"[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)*")
_SCHEMES = ("ssh://", "tcp://", "unix://")


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine with an engine, reached by a host's URL or by a docker context."""

    name: str
    host: str = ""
    context: str = ""

    def __str__(self) -> str:
        """Tell how it is reached."""
        return self.host or f"context {self.context}"

    def environ(self, around: Mapping[str, str]) -> dict[str, str]:
        """Give the variables by which a docker client reaches this engine and no other."""
        own = ("DOCKER_HOST", "DOCKER_CONTEXT")
        kept = {name: value for name, value in around.items() if name not in own}
        reached = {"DOCKER_HOST": self.host} if self.host else {"DOCKER_CONTEXT": self.context}
        return kept | reached


def read_machines(path: Path) -> tuple[Machine, ...]:
    """Give the machines by name, none without a file; raises `UsageError` for one in disorder."""
    found = _tables(path).get("machines", {})
    if not isinstance(found, dict) or not all(isinstance(row, dict) for row in found.values()):
        raise _disorder(path, "`machines` holds something else than tables")
    machines = [_machine(path, name, row) for name, row in sorted(found.items())]
    problems = [problem for one in machines for problem in check_machine(one)]
    if problems:
        raise UsageError(*problems)
    return tuple(machines)


def read_registry(path: Path) -> str:
    """Give the registry that images go through to the machines; empty when there is none.

    Raises `UsageError` for a file in disorder.
    """
    found = _tables(path).get("registry", "")
    if not isinstance(found, str) or (found and not _REGISTRY.fullmatch(found)):
        raise _disorder(path, f"`registry` is {found!r}, and no HOST[:PORT][/FOLDER]")
    return found


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _disorder(path, str(error)) from error


def _machine(path: Path, name: str, row: Mapping[str, object]) -> Machine:
    strange = set(row) - {"host", "context"}
    if strange or not all(isinstance(value, str) for value in row.values()):
        raise _disorder(path, f"`machines.{name}` takes `host` or `context`, each a text")
    return Machine(name, str(row.get("host", "")), str(row.get("context", "")))


def _disorder(path: Path, why: str) -> UsageError:
    return UsageError(
        Problem(
            f"the machines can't be read: {why}",
            str(path),
            "mend the file, or remove it and `lab machines add` them again",
        )
    )


def write_machines(path: Path, machines: Iterable[Machine], registry: str = "") -> None:
    """Write the file whole or not at all; nobody else may read it."""
    lines = ["# Made by `lab machines`.\n"]
    if registry:
        lines.append(f'\nregistry = "{registry}"\n')
    for one in sorted(machines, key=lambda one: one.name):
        key, value = ("host", one.host) if one.host else ("context", one.context)
        lines.append(f'\n[machines."{one.name}"]\n{key} = "{value}"\n')
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("".join(lines))
    Path(temporary).replace(path)


def check_registry(registry: str) -> list[Problem]:
    """Give what is wrong with the words that name a registry."""
    if _REGISTRY.fullmatch(registry):
        return []
    mend = "give HOST[:PORT][/FOLDER], as image names begin"
    return [Problem(f"`{registry}` is no registry", "lab machines registry", mend)]


def check_machine(machine: Machine) -> list[Problem]:
    """Give what is wrong with the words that name a machine."""
    where = f"machine {machine.name}"
    problems = []
    if not _NAME.fullmatch(machine.name):
        mend = "use letters, digits, `-`, `_` and `.`"
        problems.append(Problem(f"`{machine.name}` is no machine's name", where, mend))
    if bool(machine.host) == bool(machine.context):
        problems.append(
            Problem("a machine has a host or a context", where, "give --host URL or --context NAME")
        )
    if machine.host and not machine.host.startswith(_SCHEMES):
        schemes = ", ".join(_SCHEMES)
        problems.append(Problem(f"`{machine.host}` is no engine's URL", where, f"use {schemes}…"))
    if any(sign in machine.host + machine.context for sign in '"\\\n'):
        problems.append(Problem("a quote or a line's end in it", where, "leave it out"))
    return problems


def check_way(machine: Machine) -> list[Problem]:
    """Give why nothing can be at a machine's URL; in the file it is a machine that is lost."""
    fault = url_fault(machine.host)
    if not fault:
        return []
    what = f"`{machine.host}` is no engine's URL: {fault}"
    mend = "write it as tcp://HOST:PORT or ssh://USER@HOST"
    return [Problem(what, f"machine {machine.name}", mend)]
