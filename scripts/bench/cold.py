"""A cold start: no template keeps the databases loaded, so that their dbscripts are run again."""

from pathlib import Path

from commands import NAME, lab, series_of, timed
from figures import Row, Series

from lab.plan.containers import server_image_variable

_SERVER = "db"
_NO_PEER = "its compose.yaml starts from the template, and can't load dbscripts"


def cold_row(folder: Path, peer: Path, topology: str, runs: int) -> Row:
    """Remove the database template before each start; every other image stays.

    Each start initialises a data directory, loads every dbscript and keeps both as the template
    again. *peer* is a folder that an earlier start has made.
    """
    template = _template(peer)
    ups = []
    for _ in range(runs):
        if timed(["docker", "rmi", template], folder).exit_code:
            return _row(Series("lab up", void=f"{template} can't be removed: is a lab using it?"))
        ups.append(lab(folder, "up", topology, "--name", NAME))
        lab(folder, "down", NAME)
    return _row(series_of("lab up", ups))


def _row(own: Series) -> Row:
    return Row(
        "cold start to healthy",
        "s",
        own,
        (Series("docker compose", void=_NO_PEER),),
        goal="none",
        notes=("the databases are loaded from their dbscripts; images are there",),
    )


def _template(peer: Path) -> str:
    """Read in the environment of a lab's compose file which template its server starts from."""
    lines = (peer / ".env").read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    return values[server_image_variable(_SERVER)]
