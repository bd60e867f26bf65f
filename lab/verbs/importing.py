"""`lab import`: a topology from a customer's configuration files; needs no Docker."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lab.errors import Problem, UsageError
from lab.importing.write import Imported, import_folder, imported_json
from lab.products.facts import Role
from lab.products.releases import PRODUCTS
from lab.report.columns import in_columns
from lab.verbs.shell import ListFormat, Shell

_PRODUCT = "apim"


def import_(
    folder: Path,
    output: Path,
    shell: Shell,
    *,
    release: str,
    roles: Sequence[str],
    wanted: ListFormat,
) -> int:
    """Write the topology, and tell what each thing in it was taken for, and why."""
    imported = import_folder(
        shell.folder / folder,
        shell.folder / output,
        PRODUCTS[_PRODUCT],
        _known(release),
        _roles(roles),
    )
    if wanted is ListFormat.JSON:
        shell.say(imported_json(imported))
    else:
        shell.say("\n".join(_lines(imported)))
    shell.tell(f"{output}: written; `lab up {output}` brings it up, without a way out")
    return 0


def _known(version: str) -> str | None:
    releases = PRODUCTS[_PRODUCT]
    if version and version not in releases:
        mend = f"known are {', '.join(releases)}"
        raise UsageError(Problem(f"unknown version {version!r}", "--product-version", mend))
    return version or None


def _roles(words: Sequence[str]) -> Mapping[str, Role]:
    problems = []
    roles: dict[str, Role] = {}
    for word in words:
        node, _, role = word.partition("=")
        if role in list(Role):
            roles[node] = Role(role)
        else:
            mend = f"write NODE=ROLE, with one of {', '.join(Role)}"
            problems.append(Problem(f"{word!r} names no role", "--role", mend))
    if problems:
        raise UsageError(*problems)
    return roles


def _lines(imported: Imported) -> Iterator[str]:
    head = ("NODE", "ROLE", "TOLD BY", "FILE")
    rows = [(one.name, one.role.value, one.because, str(one.path)) for one in imported.customers]
    yield from in_columns(head, rows)
    if imported.reasons:
        yield ""
        yield from (f"note: {reason}" for reason in imported.reasons)
    if imported.unknown:
        yield ""
        yield from (f"unknown to this topology: {one}" for one in imported.unknown)
