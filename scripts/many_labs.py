"""Brings many small labs up on one engine, proves them while all stand, and removes them.

Each is a gateway, a control plane that is key manager and traffic manager too, and a database.
`--labs 10 --at-once 10` starts ten in the same second.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

LAB = (sys.executable, "-m", "lab")
CHECKOUT = Path(__file__).parent.parent
LEAST_MEMORY = 1536  # MiB that stay free: more labs than fit would take the machine down
_TOPOLOGY = """\
[lab]
version = "4.1.0"

[nodes.cp]
role = "control-plane"
hostname = "cp.wso2.com"

[nodes.gw]
role = "gateway"
hostname = "gw.wso2.com"

[database]
hostname = "db.wso2.com"
username = "root"
password = "root"
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command of one lab ended: seconds, exit code, its last words."""

    lab: str
    seconds: float
    exit_code: int
    said: str = ""


def main() -> None:
    """Do it, print what was seen, and exit with 1 unless every lab was healthy and all is gone."""
    asked = _arguments()
    names = [f"{asked.prefix}-{number:02}" for number in range(1, asked.labs + 1)]
    with tempfile.TemporaryDirectory(prefix="lab-many-") as made:
        folder = Path(made)
        (folder / "topology.toml").write_text(_TOPOLOGY, encoding="utf-8")
        report = _measure(folder, names, asked)
    print(told(report))
    if asked.json:
        asked.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    sys.exit(0 if report["up"] == report["healthy together"] == len(names) else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="many_labs", description=__doc__)
    parser.add_argument("--labs", type=int, default=40)
    parser.add_argument("--at-once", type=int, default=4, help="so many come up side by side")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for bringing all up")
    parser.add_argument("--prefix", default="many", help="of the labs' names")
    parser.add_argument("--json", type=Path, help="write every single figure there")
    return parser.parse_args()


def lab(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the lab's program."""
    return subprocess.run(
        [*LAB, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def side_by_side(
    task: Callable[[str], Ran], names: Sequence[str], width: int, *, may_go_on: Callable[[], bool]
) -> list[Ran]:
    """Do it for all names, *width* at a time; from where it may not go on, for no further one."""

    def one(name: str) -> Ran | None:
        return task(name) if may_go_on() else None

    with ThreadPoolExecutor(width) as pool:
        return [ran for ran in pool.map(one, names) if ran is not None]


def _measure(folder: Path, names: Sequence[str], asked: argparse.Namespace) -> dict[str, object]:
    def run(verb: str, *words: str) -> Callable[[str], Ran]:
        def one(name: str) -> Ran:
            began = time.monotonic()
            done = lab(folder, verb, *(word.replace("NAME", name) for word in words))
            said = "" if done.returncode == 0 else f"{done.stdout[:1500]}{done.stderr[-500:]}"
            return Ran(name, time.monotonic() - began, done.returncode, said)

        return one

    began, free = time.monotonic(), available()

    def has_room() -> bool:
        return time.monotonic() - began < asked.timeout and available() > LEAST_MEMORY

    try:
        up = run("up", "topology.toml", "--name", "NAME", "--timeout", str(asked.timeout))
        ups = side_by_side(up, names, asked.at_once, may_go_on=has_room)
        brought = time.monotonic() - began
        stand = [ran.lab for ran in ups if ran.exit_code == 0]
        used = free - available()
        looks = side_by_side(run("status", "NAME"), stand, asked.at_once, may_go_on=lambda: True)
        subnets = _subnets(stand)
    finally:
        began = time.monotonic()
        removal = lab(folder, "down", *names)
        removed = time.monotonic() - began
    if removal.returncode:
        print(removal.stderr, file=sys.stderr)
    return {
        "labs": len(names),
        "at once": asked.at_once,
        "up": len(stand),
        "healthy together": sum(look.exit_code == 0 for look in looks),
        "different subnets": len(set(subnets)),
        "seconds until all were healthy": round(brought, 1),
        "slowest up, seconds": round(max((ran.seconds for ran in ups), default=0), 1),
        "seconds of removal": round(removed, 1),
        "MiB of a lab": round(used / len(stand)) if stand else 0,
        "left": len(left(names)),
        "failures": [asdict(ran) for ran in (*ups, *looks) if ran.exit_code],
        "ups": [asdict(ran) for ran in ups],
    }


def available() -> int:
    """Give the memory that this machine has left, in MiB."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    raise OSError("/proc/meminfo has no MemAvailable")


def _subnets(names: Sequence[str]) -> list[str]:
    form = "{{range .IPAM.Config}}{{.Subnet}}{{end}}"
    if not names:
        return []
    networks = [f"lab-{name}" for name in names]
    return _docker("network", "inspect", "--format", form, *networks)


def left(names: Sequence[str]) -> list[str]:
    """Give what the engine still holds of these labs."""
    listed = (("ps", "--all"), ("network", "ls"), ("volume", "ls"))
    form = '{{.Label "apim-lab.lab"}}'
    found = [
        _docker(*words, "--filter", "label=apim-lab.lab", "--format", form) for words in listed
    ]
    return [name for lines in found for name in lines if name in names]


def _docker(*words: str) -> list[str]:
    ran = subprocess.run(["docker", *words], check=True, capture_output=True, text=True)
    return ran.stdout.split()


def told(report: dict[str, object]) -> str:
    """Give the figures as lines, failures with their last words."""
    lines = [f"{name}: {value}" for name, value in report.items() if not isinstance(value, list)]
    failures = report["failures"]
    lines += [
        f"FAILED {failure['lab']} ({failure['exit_code']}): {failure['said']}"
        for failure in (failures if isinstance(failures, list) else ())
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
