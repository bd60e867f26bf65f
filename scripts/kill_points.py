"""Ends `lab up` and `lab down` at every request that changes something, and counts what is left.

`python scripts/kill_points.py --verb up --signal KILL` prints a row a point: the request, the exit
code, what was left at once, and what after `lab gc`. It exits with 1 when anything was.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

DYING = Path(__file__).with_name("dying.py")
TOPOLOGY = "km-tm-separated"
KINDS = {"containers": ("ps", "--all"), "networks": ("network", "ls"), "volumes": ("volume", "ls")}
PATIENCE = 180  # seconds


@dataclass(frozen=True)
class Program:
    """The lab's program in one folder, as a test calls it."""

    folder: Path

    def __call__(self, *words: str, dying: tuple[str, ...] = ()) -> tuple[int, str]:
        """Run it; give its exit code and what it told."""
        start = [str(DYING), *dying, "--"] if dying else ["-m", "lab"]
        ran = subprocess.run(
            [sys.executable, *start, *words],
            cwd=self.folder,
            env={**os.environ, "LAB_PURPOSE": "test"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return ran.returncode, ran.stderr

    def left(self, lab: str) -> str:
        """Tell what there is of a lab, empty for nothing."""
        found = []
        for kind, words in KINDS.items():
            label = ("--quiet", "--filter", f"label=apim-lab.lab={lab}")
            listed = subprocess.check_output(["docker", *words, *label], text=True).split()
            found += [f"{len(listed)} {kind}"] if listed else []
        if (self.folder / ".lab" / lab).exists():
            found.append("folder")
        return ", ".join(found)


def main() -> None:
    """Run the sweep that was asked for."""
    asked = _arguments()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="lab-points-") as folder:
        program = Program(Path(folder))
        last = asked.to or _points(program, asked.verb, f"{asked.name}-count")
        for number in range(getattr(asked, "from"), last + 1):
            bad += _row(program, asked, number)
    sys.exit(1 if bad else 0)


def _row(program: Program, asked: argparse.Namespace, number: int) -> int:
    lab = f"{asked.name}-{number}"
    if asked.verb == "down":
        program("up", TOPOLOGY, "--name", lab)
    words = ("up", TOPOLOGY, "--name", lab) if asked.verb == "up" else ("down", lab)
    code, told = program(*words, dying=(str(number), asked.when, f"SIG{asked.signal}"))
    points = [line for line in told.splitlines() if line.startswith("point ")]
    request = points[0].partition(": ")[2].replace(lab, "LAB") if points else "not reached"
    at_once = program.left(lab)
    _, said = program("gc", lab)
    after = program.left(lab)
    row = (
        *(asked.verb, asked.signal, asked.when, str(number), request, str(code)),
        *(at_once or "nothing", after or "nothing"),
    )
    print("| " + " | ".join(row) + " |", flush=True)
    if after:
        print(f"    gc said: {said.strip()}", flush=True)
        program("down", lab)
    return 1 if after else 0


def _points(program: Program, verb: str, lab: str) -> int:
    """Count the requests of a run that nothing ends."""
    _, told = program("up", TOPOLOGY, "--name", lab, dying=("0", "before", "SIGKILL"))
    if verb == "down":
        _, told = program("down", lab, dying=("0", "before", "SIGKILL"))
    else:
        program("down", lab)
    lines = [line for line in told.splitlines() if line.startswith("points: ")]
    return int(lines[-1].partition(": ")[2])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kill_points", description=__doc__)
    parser.add_argument("--verb", choices=("up", "down"), default="up")
    parser.add_argument("--signal", choices=("KILL", "INT", "TERM", "HUP"), default="KILL")
    parser.add_argument("--when", choices=("before", "during"), default="before")
    parser.add_argument("--from", type=int, default=1, metavar="N")
    parser.add_argument("--to", type=int, default=0, metavar="N", help="else the last there is")
    parser.add_argument("--name", default=f"points-{os.getpid()}")
    return parser.parse_args()


if __name__ == "__main__":
    main()
