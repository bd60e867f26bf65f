"""`lab check`: what the files alone tell, of topologies and of folders with configuration."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lab.errors import LabError, NotHealthyError, Problem, UsageError
from lab.products.versions_4x import parse_version
from lab.report.findings import findings_json, findings_table
from lab.report.sarif import findings_sarif
from lab.verbs.choosing import choose_topology
from lab.verbs.node_files import files_of
from lab.verbs.shell import CheckFormat, FailOn, Shell
from lab.wiring.archives import UNPACK, is_archive
from lab.wiring.codes import CODES, NOT_READABLE
from lab.wiring.finding import Finding, NotReadableError, Severity
from lab.wiring.ignored import not_ignored
from lab.wiring.link import Position
from lab.wiring.node_files import is_topology, node_of
from lab.wiring.read import read_links

if TYPE_CHECKING:
    from lab.plan.model import Plan

_NOR = ", and no file or folder there"
_FAILING = {
    FailOn.ERROR: {Severity.ERROR},
    FailOn.WARNING: {Severity.ERROR, Severity.WARNING},
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller wants to know: remarks too, but not what it ignores.

    *release* is the product's version of files that no topology tells it of.
    """

    remarks: bool = False
    ignored: tuple[str, ...] = ()
    release: str = ""


@dataclass(frozen=True, slots=True)
class _Checked:
    """The findings of one path; *home* is what their files are below, or the topology's file."""

    home: str
    findings: Sequence[Finding]
    made: bool = False  # the files were made from a topology, and are gone


def check(
    paths: Sequence[str],
    shell: Shell,
    wishes: Wishes,
    *,
    wanted: CheckFormat,
    fail_on: FailOn,
) -> int:
    """Print the findings of every path; all problems of all paths at once.

    Raises `LabError` with the problems of the paths that can't be read, `UsageError` for wishes
    that nobody understands.
    """
    _refuse_unknown(wishes)
    chosen = paths or [str(choose_topology(None, shell.folder))]
    checked: list[_Checked] = []
    problems: list[LabError] = []
    for group in _groups(chosen, shell):
        try:
            checked.append(_check(group, shell, wishes))
        except LabError as error:
            problems.append(error)
    if problems:
        told = [problem for error in problems for problem in error.problems]
        raise type(problems[0])(*_syntax_problems(checked), *told)
    shell.say(_tell(checked, wanted))
    failing = _FAILING[fail_on]
    severities = {finding.severity for one in checked for finding in one.findings}
    return NotHealthyError.exit_code if severities & failing else 0


def _refuse_unknown(wishes: Wishes) -> None:
    problems = [
        Problem(f"{word!r} names no finding", "--ignore", "write CODE or CODE:NODE, as LAB0116:gw")
        for word in wishes.ignored
        if word.partition(":")[0] not in CODES
    ]
    if wishes.release and parse_version(wishes.release) is None:
        what = f"{wishes.release!r} is no version"
        problems.append(Problem(what, "--product-version", "write it as 4.1.0"))
    if problems:
        raise UsageError(*problems)


def _syntax_problems(checked: Sequence[_Checked]) -> Iterator[Problem]:
    """Give the files that can't be parsed, for a report that holds problems alone."""
    for one in checked:
        for finding in one.findings:
            if finding.code in NOT_READABLE:
                where = str(_below(one, finding).where)
                yield Problem(finding.what, where, finding.mend)


def _groups(paths: Sequence[str], shell: Shell) -> Iterator[Sequence[str]]:
    """Give each path alone, but the single files of nodes together: they are one cluster."""
    files = [path for path in paths if _is_node_file(shell.folder / path)]
    if files:
        yield files
    yield from ([path] for path in paths if path not in files)


def _is_node_file(path: Path) -> bool:
    """Tell whether it is to be read as a node's file, whatever its name: a copy, a template."""
    return path.is_file() and path.suffix != ".xml" and not is_topology(path)


def _check(group: Sequence[str], shell: Shell, wishes: Wishes) -> _Checked:
    path = group[0]
    folder = shell.folder / path
    if _is_node_file(folder):
        files = _named(group, shell)
        return _Checked("", _read(shell.folder, None, wishes, files))
    if folder.suffix == ".xml" and folder.is_file():
        mend = "give the folder of the node's files, or that of all nodes"
        raise UsageError(Problem("one XML file is not all of a node", path, mend))
    if not folder.is_dir():
        return _check_topology(choose_topology(path, shell.folder, nor=_NOR), wishes)
    if (folder / "options.json").is_file():
        from lab.plan.make import read_plan  # noqa: PLC0415  # imports pydantic

        return _Checked(f"{path}/nodes", _read(folder / "nodes", read_plan(folder), wishes))
    return _Checked(path, _read(folder, None, wishes, files_of(folder, shell.tell)))


def _named(group: Sequence[str], shell: Shell) -> dict[str, str]:
    files: dict[str, str] = {}
    for path in group:
        if is_archive(shell.folder / path):
            raise UsageError(Problem("an archive, no node's file", path, UNPACK))
        name = node_of(shell.folder / path)
        if files.setdefault(name, path) != path:
            what = f"two files of a node {name}: {files[name]} and {path}"
            raise UsageError(Problem(what, path, "give the folder that holds both"))
    return files


def _check_topology(path: Path, wishes: Wishes) -> _Checked:
    # Files of nodes need none of these, which import pydantic and tomlkit.
    from lab.plan.make import make_plan  # noqa: PLC0415
    from lab.render.configuration import write_configuration  # noqa: PLC0415
    from lab.topology.read import read_topology  # noqa: PLC0415

    plan = make_plan(read_topology(path))
    with TemporaryDirectory(prefix="lab-check-") as made:
        write_configuration(plan, Path(made))
        return _Checked(str(path), _read(Path(made) / "nodes", plan, wishes), made=True)


def _read(
    folder: Path, plan: "Plan | None", wishes: Wishes, files: Mapping[str, str] | None = None
) -> Sequence[Finding]:
    try:
        wiring = read_links(
            folder,
            plan,
            remarks=wishes.remarks,
            files=files,
            release=wishes.release,
            stores=True,
        )
    except NotReadableError as error:
        return not_ignored(error.findings, wishes.ignored)
    return not_ignored(wiring.findings, wishes.ignored)


def _tell(checked: Sequence[_Checked], wanted: CheckFormat) -> str:
    if wanted is CheckFormat.SARIF:
        return findings_sarif([pair for one in checked for pair in _in_files(one)])
    if len(checked) == 1:
        findings = tuple(checked[0].findings)
    else:
        findings = tuple(_below(one, finding) for one in checked for finding in one.findings)
    return findings_json(findings) if wanted is CheckFormat.JSON else findings_table(findings)


def _below(one: _Checked, finding: Finding) -> Finding:
    """Give a finding with its path before its file, for where several paths were given."""
    between = ": " if one.made else "/" if one.home else ""
    where = finding.where
    return replace(finding, where=Position(f"{one.home}{between}{where.file}", where.line))


def _in_files(one: _Checked) -> Iterator[tuple[Finding, str, int]]:
    """Give each finding with a file that is there, and its line; 0 where the file was made."""
    for finding in one.findings:
        if one.made:
            yield finding, one.home, 0
        else:
            yield finding, _below(one, finding).where.file, finding.where.line
