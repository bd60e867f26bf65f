"""`make bench`: the lab beside its peers on the same images and files, in one run, as ratios.

Nothing here is a test: figures differ from machine to machine, ratios of one run less so.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import machines
from cold import cold_row
from commands import NAME, compose_words, copy_for_peer, lab, start_rows, timed, up_and_down
from figures import Row
from growth import HEAD, SIZES, measure_growth
from inside import lag_row, memory_row, programs_row, reset_rows, sweep_row
from many import many_row

from lab.launch.engine import Engine
from lab.launch.finding import find_cluster

_TOPOLOGY = "km-tm-separated"


def main() -> None:
    """Measure, print the table, and write every single figure where asked."""
    asked = _arguments()
    if asked.engines:
        _measure_machines(asked)
        return
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        rows = [] if asked.only_growth else _measure(Path(folder), asked)
        sizes = asked.sizes or (SIZES if asked.only_growth else ())
        growth = measure_growth(Path(folder), () if asked.labs else sizes)
    for row in rows:
        _print(row)
    if growth:
        print("\n".join((HEAD, *(one.line() for one in growth))))
    if asked.json:
        report = {
            "growth": [asdict(one) for one in growth],
            "cores": os.cpu_count(),
            "engine": _engine_version(),
            "rows": [row.to_json() for row in rows],
        }
        asked.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _measure_machines(asked: argparse.Namespace) -> None:
    """Measure labs on a swarm, and tell each row as it is there: the whole takes minutes."""
    rows = []
    print(machines.HEAD)
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        sizes = asked.sizes or machines.SIZES
        for row in machines.measure_machines(Path(folder), asked.engines, sizes):
            rows.append(row)
            print(row.line(), flush=True)
    if asked.json:
        values = {"cores": os.cpu_count(), "machines": [asdict(row) for row in rows]}
        asked.json.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each whole command")
    parser.add_argument("--sweeps", type=int, default=20)
    parser.add_argument("--starts", type=int, default=20, help="of a node, for the lag")
    parser.add_argument("--labs", type=int, help="only so many labs at once, beside the peers'")
    parser.add_argument(
        "--engines", type=int, help="only labs on a swarm of 1 to so many, engines in containers"
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=(), help="labs that grow, too")
    parser.add_argument(
        "--only-growth", action="store_true", help=f"nothing but those, {SIZES} if none are told"
    )
    parser.add_argument("--json", type=Path, help="write every single figure there")
    return parser.parse_args()


def _measure(folder: Path, asked: argparse.Namespace) -> list[Row]:
    if asked.labs:
        return [many_row(folder, _TOPOLOGY, asked.labs)]
    peer = copy_for_peer(folder, _TOPOLOGY)
    try:
        engine = int(_engine_version().split(".")[0])
        rows = up_and_down(folder, peer, _TOPOLOGY, asked.runs, engine)
        rows.append(cold_row(folder, peer, _TOPOLOGY, asked.runs))
        if lab(folder, "up", _TOPOLOGY, "--name", NAME).exit_code:
            sys.exit("bench: the lab did not come up healthy")
        with Engine.connect() as connected:
            cluster = find_cluster(connected, NAME)
            if cluster is None:
                sys.exit("bench: the lab is gone")
            rows += start_rows(folder, cluster.folder / "nodes/gw/deployment.toml", asked.runs)
            rows.append(sweep_row(cluster, asked.sweeps))
            rows.append(memory_row(cluster))
            rows.append(programs_row(cluster))
            rows.append(lag_row(cluster, asked.starts))
            rows += reset_rows(cluster, asked.runs)
    finally:
        lab(folder, "down", NAME)
        timed(compose_words("down", "-t", "0", "-v"), peer)
    return rows


def _engine_version() -> str:
    asked = ["docker", "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def _print(row: Row) -> None:
    sign = "met" if row.is_met else "NOT met"
    if row.lab.void:
        print(f"{row.what}: void, {row.lab.void}")
        return
    print(f"{row.what}: {row.lab.median:.3f} {row.unit} (median of {len(row.lab.values)})")
    for peer in row.peers:
        if peer.void:
            print(f"    {peer.name}: void, {peer.void}")
        else:
            print(f"    {peer.name}: {peer.median:.3f} {row.unit}; ratio {row.ratio(peer):.2f}")
    print(f"    goal {row.goal}: {sign}")
    for note in row.notes:
        print(f"    {note}")


if __name__ == "__main__":
    main()
