"""Writes the golden trees again after a meant change; read the diff before it is committed.

Run as `python tests/golden/rewrite.py` in the checkout; `topologies.txt` says which there are.
"""

import os
import shutil
import tempfile
from pathlib import Path

from lab.plan.make import make_plan
from lab.plan.text import plan_text
from lab.render.write import render
from lab.topology.read import read_topology

GOLDEN = Path(__file__).parent
CHECKOUT = GOLDEN.parents[1]
TOPOLOGIES = (GOLDEN / "topologies.txt").read_text(encoding="utf-8").split()
SECRET = (".jks", ".pem", ".key")


def rewrite(topology: str) -> None:
    """Write the golden tree of one topology."""
    plan = make_plan(read_topology(topology))
    target = GOLDEN / Path(topology).stem
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        render(plan, Path(folder))
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.suffix not in SECRET:
                copy = target / "folder" / path.relative_to(folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
    (target / "plan.txt").write_text(f"{plan_text(plan)}\n", encoding="utf-8")


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    for name in TOPOLOGIES:
        rewrite(name)
