"""Finds the dbscripts of a server: the user's folder, or the ones that the stand-in brings."""

from lab.data import data_folder
from lab.launch.dbscripts import Dbscript, find_dbscripts
from lab.plan.model import Plan, PlannedServer


def scripts_of(plan: Plan, server: PlannedServer) -> dict[str, Dbscript]:
    """Read the script of each schema of a server, by the schema's name."""
    folder = plan.dbscripts or data_folder("images") / "stand-in" / "dbscripts"
    return find_dbscripts(folder, server.schemas)
