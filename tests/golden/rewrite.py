"""Writes the golden trees again after a meant change; read the diff before it is committed.

Run as `python tests/golden/rewrite.py` in the checkout.
"""

import os
import shutil
import tempfile
from pathlib import Path

from lab.plan.make import make_plan
from lab.render.write import render
from lab.topology.read import read_topology

GOLDEN = Path(__file__).parent
CHECKOUT = GOLDEN.parents[1]
TOPOLOGIES = (
    "topologies/km-tm-separated.toml",
    "tests/topologies/good/offsets.toml",
    "tests/topologies/good/pairs-with-offsets.toml",
    "topologies/ha-all.toml",
    "topologies/ha-control-plane.toml",
    "topologies/ha-gateway.toml",
    "topologies/ha-key-manager.toml",
    "topologies/ha-traffic-manager.toml",
    "topologies/is-key-manager.toml",
)
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
    (target / "plan.txt").write_text(f"{plan}\n", encoding="utf-8")


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    for name in TOPOLOGIES:
        rewrite(name)
