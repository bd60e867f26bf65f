"""`lab render`: the files of a lab alone; needs no Docker."""

from pathlib import Path

from lab.plan.make import make_plan
from lab.render.write import render as write
from lab.topology.read import read_topology
from lab.verbs.choosing import choose_topology
from lab.verbs.shell import Shell


def render(
    topology: str | None,
    output: Path,
    shell: Shell,
    *,
    name: str | None,
    nodes: str | None,
    dbscripts: Path | None,
) -> int:
    """Write the files into *output*; keys and ports of an earlier render there are kept."""
    made = make_plan(
        read_topology(choose_topology(topology, shell.folder)),
        name=name,
        nodes=nodes,
        dbscripts=dbscripts.absolute() if dbscripts else None,
    )
    folder = shell.folder / output
    write(made, folder)
    shell.tell(f"{made.lab}: written to {output}")
    return 0
