"""`lab graph`: the cluster as a picture; coloured where a lab of that name runs."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lab.errors import LabError
from lab.report.graph.mermaid import picture_mermaid
from lab.report.graph.picture import (
    Picture,
    picture_of_files,
    picture_of_plan,
    picture_of_report,
)
from lab.report.graph.svg import picture_svg
from lab.verbs.choosing import LABS_FOLDER, choose_topology
from lab.verbs.node_files import files_of
from lab.verbs.output import write_output
from lab.verbs.shell import GraphFormat, Shell
from lab.wiring.node_files import read_nodes
from lab.wiring.read import read_links

if TYPE_CHECKING:
    from lab.plan.model import Plan
    from lab.report.report import Report

_DRAWERS = {GraphFormat.SVG: picture_svg, GraphFormat.MERMAID: picture_mermaid}
_OPTIONS = "options.json"
_NOR = ", and no folder or lab of that name"


def graph(
    word: str | None, output: Path | None, shell: Shell, *, wanted: GraphFormat, verdicts: bool
) -> int:
    """Write the picture to *output*, or print it.

    *word* is a topology, a folder of configuration or a lab; *verdicts* tells whether a lab that
    runs is looked at. Raises `LabError` when there is nothing of that name, or no file can be.
    """
    text = _DRAWERS[wanted](_picture(word, shell, verdicts=verdicts))
    if output is None:
        shell.out.write(text)
    else:
        write_output(shell.folder / output, text.encode())
        shell.tell(f"written to {output}")
    return 0


def _picture(word: str | None, shell: Shell, *, verdicts: bool) -> Picture:
    if word is not None and (shell.folder / word).is_dir():
        return _of_folder(shell.folder / word, shell)
    folder = _lab_here(word, shell)
    try:
        plan = _planned(word, shell) if folder is None else None
    except LabError:
        # The word may be that of a lab which was brought up elsewhere.
        report = _report_of(word, shell) if word and verdicts else None
        if report is None:
            raise
        return picture_of_report(report)
    name = plan.lab if plan else folder.name if folder else ""
    report = _report_of(name, shell) if verdicts else None
    if report is not None:
        return picture_of_report(report)
    return _of_plan(plan) if plan else _of_folder(folder or shell.folder, shell)


def _lab_here(word: str | None, shell: Shell) -> Path | None:
    """Give the folder of the lab that *word* names, or of the only one that lies here."""
    found = sorted(path.parent for path in shell.folder.glob(f"{LABS_FOLDER}/*/{_OPTIONS}"))
    wanted = [folder for folder in found if word is None or folder.name == word]
    return wanted[0] if len(wanted) == 1 else None


def _planned(word: str | None, shell: Shell) -> "Plan":
    from lab.plan.make import make_plan  # noqa: PLC0415  # imports pydantic
    from lab.topology.read import read_topology  # noqa: PLC0415  # as well

    return make_plan(read_topology(choose_topology(word, shell.folder, nor=_NOR)))


def _of_plan(plan: "Plan") -> Picture:
    from lab.render.configuration import write_configuration  # noqa: PLC0415  # imports tomlkit

    with TemporaryDirectory(prefix="lab-graph-") as made:
        write_configuration(plan, Path(made))
        return picture_of_plan(plan, read_links(Path(made) / "nodes", plan).links)


def _of_folder(folder: Path, shell: Shell) -> Picture:
    from lab.plan.make import read_plan  # noqa: PLC0415  # imports pydantic

    if (folder / _OPTIONS).is_file():
        plan = read_plan(folder)
        return picture_of_plan(plan, read_links(folder / "nodes", plan).links)
    files = files_of(folder, shell.tell)
    roles = {name: settings.role for name, settings in read_nodes(folder, None, files).items()}
    links = read_links(folder, None, files=files).links
    return picture_of_files(folder.resolve().name, roles, links)


def _report_of(name: str | None, shell: Shell) -> "Report | None":
    """Look at the lab of this name; None where there is none, or no engine."""
    from lab.launch.finding import find_cluster  # noqa: PLC0415  # a topology needs no engine
    from lab.verbs.engines import engine_of  # noqa: PLC0415
    from lab.verbs.look import look  # noqa: PLC0415

    try:
        engine = engine_of(name or "", shell, to_look=True)
    except LabError:
        return None
    with engine:
        cluster = find_cluster(engine, name or "")
        return look(cluster) if cluster else None
