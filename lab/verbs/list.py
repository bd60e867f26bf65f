"""`lab list`: the labs on this engine, with their verdicts."""

import json

from lab.errors import LabError
from lab.launch.engine import Engine
from lab.launch.finding import find_cluster
from lab.launch.listing import ClusterSummary, list_clusters
from lab.report.columns import in_columns
from lab.verbs.engines import every_engine
from lab.verbs.look import look
from lab.verbs.shell import ListFormat, Shell


def list_labs(shell: Shell, *, wanted: ListFormat) -> int:
    """Print every lab on this engine."""
    with every_engine(shell) as engines:
        rows = [_row(each, summary, shell) for each in engines for summary in list_clusters(each)]
    if wanted is ListFormat.JSON:
        shell.say(json.dumps({"schema": 1, "labs": rows}, indent=2))
    elif rows:
        head = ("LAB", "VERDICT", "RUNNING", "PURPOSE", "FOLDER")
        cells = [tuple(str(row[key.lower()]) for key in head) for row in rows]
        shell.say("\n".join(in_columns(head, cells)))
    else:
        shell.tell("no labs; `lab up` makes one")
    return 0


def _row(engine: Engine, summary: ClusterSummary, shell: Shell) -> dict[str, str | int]:
    return {
        "lab": summary.name,
        "verdict": _verdict(engine, summary, shell),
        "running": f"{summary.running} of {summary.nodes}",
        "purpose": summary.purpose,
        "folder": str(summary.folder),
    }


def _verdict(engine: Engine, summary: ClusterSummary, shell: Shell) -> str:
    """Give a lab's verdict in a word; why there is none is told beside the list."""
    if not summary.is_complete:
        return "half made"
    try:
        cluster = find_cluster(engine, summary.name)
        return str(look(cluster).diagnosis.verdict) if cluster else "gone"
    except LabError as error:
        shell.tell(f"lab {summary.name}: {error.problems[0].what}")
        return "unknown"
