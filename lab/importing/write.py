"""The room's door: reads a customer's folder, writes a topology with the files that it needs."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lab.errors import LabError, Problem, UsageError
from lab.importing.customer import Customer, customers_of, read_files, read_mentions
from lab.importing.folder import find_node_files
from lab.importing.guesses import guess
from lab.importing.machines import find_machines, offsets_at_start
from lab.importing.others import set_aside
from lab.importing.releases import release_of
from lab.importing.services import find_services, under_one_name
from lab.importing.stores import find_stores
from lab.importing.topology import SECRETS, Drawn, Found, draw
from lab.products.facts import Line, Release, Role
from lab.render.toml_text import toml_text
from lab.topology.names import lab_name_like, lab_name_problem

_HEAD = """\
# Made by `lab import`. Each node runs on its own file as it was given, byte for byte; this one says
# only where the names and addresses in those files lead. Correct it where a guess is wrong.

"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a folder: the topology's values, and the reason of each guess."""

    topology: Path
    files: Path
    customers: tuple[Customer, ...]
    values: Mapping[str, object]
    reasons: tuple[str, ...]
    unknown: tuple[str, ...]


def import_folder(
    folder: Path,
    output: Path,
    releases: Mapping[str, Release],
    version: str | None,
    roles: Mapping[str, Role],
) -> Imported:
    """Write *output* and, beside it, the folder with the nodes' files and secrets.

    *version* is that of the product, one of *releases*; None where the files shall tell it. Raises
    `LabError` with every problem; then nothing is written, and *folder* never is.
    """
    beside = output.with_name(f"{output.stem}.files")
    if problems := _output_problems(folder, output, beside):
        raise UsageError(*problems)
    files = find_node_files(folder)
    others = set_aside(folder, files, roles)
    files = {name: at for name, at in files.items() if name not in others}
    nodes = read_files(folder, files, roles, version)
    release = release_of(nodes, releases, version)
    customers = customers_of(nodes, files, release)
    mentions = read_mentions(customers)
    services = find_services(customers, mentions)
    customers, mentions = under_one_name(services, customers, mentions)
    machines = find_machines(customers, mentions)
    guesses = guess(customers, mentions, machines, release)
    stores = find_stores(customers, mentions, machines, release)
    found = Found(customers, machines, guesses, stores, services)
    drawn = draw(found, release, beside.name, _name_of(output))
    _write(folder, output, beside, customers, drawn)
    unknown = [
        f"{one.reading.link.host.lower()} at {one.reading.link.source}" for one in guesses.unknown
    ]
    reasons = (*others.values(), *services.reasons(), *guesses.reasons, *stores.reasons)
    reasons += tuple(drawn.reasons)
    reasons += offsets_at_start(machines, mentions, customers)
    return Imported(output, beside, customers, drawn.values, reasons, tuple(unknown))


def _output_problems(folder: Path, output: Path, beside: Path) -> list[Problem]:
    problems = []
    if not lab_name_like(output.stem):
        mend = "let the file's name have a letter or digit of a-z and 0-9"
        problems.append(Problem("no lab can be called so", f"-o {output}", mend))
    if output.suffix != ".toml":
        problems.append(Problem("a topology is a .toml file", f"-o {output}", "write -o NAME.toml"))
    for path in (output, beside):
        if path.exists() or path.is_symlink():
            mend = "take it away, or choose another name: nothing is overwritten"
            problems.append(Problem(f"{path} exists already", str(path), mend))
    if output.absolute().parent.resolve().is_relative_to(folder.resolve()):
        what = f"{output} lies in the folder that is imported"
        mend = "write it elsewhere: the folder that is imported is left as it is"
        problems.append(Problem(what, f"-o {output}", mend))
    elif not output.absolute().parent.is_dir():
        problems.append(Problem("no such folder", str(output.parent), "make it first"))
    return problems


def _name_of(output: Path) -> str:
    """Give the lab's name where the file's own can't be one."""
    return lab_name_like(output.stem) if lab_name_problem(output.stem, "") else ""


def _write(
    folder: Path, output: Path, beside: Path, customers: Sequence[Customer], drawn: Drawn
) -> None:
    """Write all or nothing: the folder is staged, and the topology comes last."""
    from lab.plan.make import make_plan  # noqa: PLC0415  # imports pydantic, for a check alone
    from lab.topology.read import parse_topology  # noqa: PLC0415

    text = _HEAD + toml_text(drawn.values, {})
    try:
        stage = Path(tempfile.mkdtemp(prefix=".importing-", dir=output.absolute().parent))
        try:
            for one in customers:
                for name, place in _kept(one):
                    _put(stage / name, (folder / place).read_bytes())
            if drawn.secrets:
                _put(stage / SECRETS, toml_text(drawn.secrets, {}).encode())
            secrets = stage / SECRETS
            make_plan(parse_topology(text, where=str(output), name=output.stem, secrets=secrets))
            stage.rename(beside)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        _put(output, text.encode())
    except OSError as error:
        mend = "let its folder be writable"
        what = f"{output} can't be written: {error.strerror}"
        raise LabError(Problem(what, str(output), mend)) from error


def _kept(one: Customer) -> Iterator[tuple[str, str]]:
    """Give each of a node's files: as it is called here, and where it lies in the folder."""
    if one.settings.tables.line is Line.TOML:
        yield one.kept_as, str(one.path)
    for place in one.settings.document.files.values():
        yield f"{one.kept_as}/{PurePosixPath(place).name}", place


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def imported_json(imported: Imported) -> str:
    """Give what became of a folder for scripts; no secret is in it."""
    values = {
        "schema": 1,
        "topology": str(imported.topology),
        "files": str(imported.files),
        "nodes": [
            {
                "name": one.name,
                "file": str(one.path),
                "role": one.role.value,
                "because": one.because,
            }
            for one in imported.customers
        ],
        "balancers": imported.values.get("balancers", {}),
        "reasons": imported.reasons,
        "unknown": imported.unknown,
    }
    return json.dumps(values, indent=2)
