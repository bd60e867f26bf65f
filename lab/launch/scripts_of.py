"""Finds the dbscripts of a server: the user's folder, else the product's own, else stand-ins'."""

from pathlib import Path

from lab.data import data_folder
from lab.distributions.find import distribution_of
from lab.launch.dbscripts import Dbscript, find_dbscripts
from lab.plan.model import Plan, PlannedServer


def scripts_of(plan: Plan, server: PlannedServer) -> dict[str, Dbscript]:
    """Read the script of each schema of a server, by the schema's name."""
    folder = plan.dbscripts or _of_distribution(plan) or _of_stand_in()
    return find_dbscripts(folder, server.schemas)


def _of_distribution(plan: Plan) -> Path | None:
    """Give the scripts of a real node: a real node starts on no others.

    A product that another one's database is for may lack its scripts: whoever has all goes first.
    """
    found = [one.dbscripts() for one in map(distribution_of, plan.real_nodes) if one is not None]
    wanted = {schema.script for server in plan.servers for schema in server.schemas}
    whole = (folder for folder in found if all((folder / name).is_file() for name in wanted))
    return next(whole, found[0] if found else None)


def _of_stand_in() -> Path:
    return data_folder("images") / "stand-in" / "dbscripts"
