"""Says that there is no such lab, and which ones there are."""

from lab.errors import LabError, Problem
from lab.launch.engine import Engine
from lab.launch.listing import list_clusters


def unknown(engine: Engine, name: str) -> LabError:
    """Give the error for the name of a lab that isn't there."""
    there = [summary.name for summary in list_clusters(engine)]
    mend = f"the labs here are {', '.join(there)}" if there else "there is none; `lab up` makes one"
    return LabError(Problem(f"no lab `{name}`", "this engine", mend))
