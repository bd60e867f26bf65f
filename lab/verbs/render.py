"""`lab render`: the files of a lab alone; needs no Docker."""

from pathlib import Path

from lab.render.write import render as write
from lab.verbs.planning import Choice, planned
from lab.verbs.shell import Shell


def render(choice: Choice, output: Path, shell: Shell) -> int:
    """Write the files into *output*; keys and ports of an earlier render there are kept."""
    made = planned(choice, shell)
    write(made, shell.folder / output)
    shell.tell(f"{made.lab}: written to {output}")
    return 0
