"""`lab check`: what the files alone tell, of topologies and of folders with configuration."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.errors import LabError, NotHealthyError, Problem, UsageError
from lab.plan.make import make_plan, read_plan
from lab.report.json import findings_json
from lab.report.table import findings_table
from lab.topology.read import read_topology
from lab.verbs.choosing import choose_topology
from lab.verbs.shell import FailOn, ListFormat, Shell
from lab.wiring.finding import Finding, Severity
from lab.wiring.read import read_links

_FAILING = {
    FailOn.ERROR: {Severity.ERROR},
    FailOn.WARNING: {Severity.ERROR, Severity.WARNING},
}


def check(
    paths: Sequence[str], shell: Shell, *, wanted: ListFormat, fail_on: FailOn, remarks: bool
) -> int:
    """Print the findings of every path; all problems of all paths at once.

    Raises `LabError` with the problems of the paths that can't be read.
    """
    findings: list[Finding] = []
    problems: list[LabError] = []
    for path in paths or [str(choose_topology(None, shell.folder))]:
        try:
            findings += _check(path, shell, remarks=remarks)
        except LabError as error:
            problems.append(error)
    if problems:
        raise type(problems[0])(*(problem for error in problems for problem in error.problems))
    told = findings_json if wanted is ListFormat.JSON else findings_table
    shell.say(told(tuple(findings)))
    failing = _FAILING[fail_on]
    return NotHealthyError.exit_code if any(f.severity in failing for f in findings) else 0


def _check(path: str, shell: Shell, *, remarks: bool) -> Sequence[Finding]:
    folder = shell.folder / path
    if not folder.is_dir():
        return _check_topology(choose_topology(path, shell.folder), remarks=remarks)
    if (folder / "options.json").is_file():
        return read_links(folder / "nodes", read_plan(folder), remarks=remarks).findings
    if not any(folder.glob("*/deployment.toml")):
        raise UsageError(
            Problem(
                "no configuration in this folder",
                str(folder),
                "give a folder that holds one folder a node, each with its deployment.toml",
            )
        )
    return read_links(folder, None, remarks=remarks).findings


def _check_topology(path: Path, *, remarks: bool) -> Sequence[Finding]:
    from lab.render.write import render  # noqa: PLC0415  # makes keys, which folders don't need

    plan = make_plan(read_topology(path))
    with TemporaryDirectory(prefix="lab-check-") as made:
        folder = Path(made) / plan.lab
        render(plan, folder)
        return read_links(folder / "nodes", plan, remarks=remarks).findings
