"""The same lab on one engine, and on a swarm of one to so many: engines in containers here."""

import asyncio
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from commands import LAB, timed
from growth import topology_of
from inside import sweeps

from lab.launch.engine import Engine
from lab.launch.finding import find_cluster
from lab.launch.swarm.engine import SwarmEngine
from lab.launch.swarm.machines import Machine

SIZES = (4, 16, 32)
_NAME = "bench-machines"
_SWARM = f"lab-bench-{os.getpid()}"
_SCRIPT = Path(__file__).parents[1] / "swarm_machines.sh"
_SWEEPS = 5
_WARM = 8  # nodes of a first lab, which brings every image to every machine

HEAD = """\
| nodes | engines | time to healthy | links | sweep |
|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class OnMachines:
    """What one size costs on so many engines of a swarm; 0 stands for the one engine without.

    No links: the lab did not come up healthy, and what it took doesn't count.
    """

    nodes: int
    engines: int
    up: float  # seconds
    links: int
    sweep: float  # seconds

    def line(self) -> str:
        """Give the row of a Markdown table."""
        on = f"{self.engines} of a swarm" if self.engines else "one, no swarm"
        if not self.links:
            return f"| {self.nodes} | {on} | not healthy | | |"
        return f"| {self.nodes} | {on} | {self.up:.1f} s | {self.links} | {self.sweep:.2f} s |"


def measure_machines(folder: Path, engines: int, sizes: Sequence[int]) -> Iterator[OnMachines]:
    """Make, sweep and remove a lab of each size on one engine, then on 1 to *engines* of one."""
    for nodes in {_WARM, *sizes}:
        _topology(folder, nodes).write_text(topology_of(nodes), encoding="utf-8")
    with _machines(engines) as machines:
        _name(folder, machines)
        if _up(folder, _WARM, engines)[1]:
            sys.exit("bench: the first lab did not come up healthy")
        _down(folder)
        for nodes in sizes:
            for count in range(engines + 1):
                _name(folder, machines[:count])
                yield _measure(folder, nodes, machines[:count])


@contextmanager
def _machines(count: int) -> Iterator[Sequence[Machine]]:
    words = [str(_SCRIPT), "up", _SWARM, str(count)]
    try:
        made = subprocess.run(words, check=True, capture_output=True, text=True)
        hosts = [line.split()[1] for line in made.stdout.splitlines()]
        yield [Machine(f"m{number}", host=host) for number, host in enumerate(hosts, 1)]
    finally:
        subprocess.run([str(_SCRIPT), "down", _SWARM], check=True)


def _name(folder: Path, machines: Sequence[Machine]) -> None:
    """Let the lab know these machines and no others."""
    (folder / "configured" / "apim-lab" / "machines.toml").unlink(missing_ok=True)
    for one in machines:
        _lab(folder, "machines", "add", one.name, "--host", one.host)


def _measure(folder: Path, nodes: int, machines: Sequence[Machine]) -> OnMachines:
    try:
        seconds, code = _up(folder, nodes, len(machines))
        if code:
            return OnMachines(nodes, len(machines), seconds, 0, 0.0)
        with closing(_engine(machines)) as engine:
            cluster = find_cluster(engine, _NAME)
            if cluster is None:
                sys.exit("bench: the lab is gone")
            links, swept, failed = asyncio.run(sweeps(cluster, _SWEEPS))
            if failed:
                sys.exit(f"bench: {failed} failed in a sweep of {nodes} nodes")
    finally:
        _down(folder)
    return OnMachines(nodes, len(machines), seconds, links, statistics.median(swept))


def _engine(machines: Sequence[Machine]) -> Engine:
    return SwarmEngine.of(machines, os.environ) if machines else Engine.connect()


def _up(folder: Path, nodes: int, engines: int) -> tuple[float, int]:
    """Give the seconds until a lab of this size was healthy, and the exit code."""
    words = ("up", _topology(folder, nodes).name, "--name", _NAME, "--timeout", "300")
    return _lab(folder, *words, "--on", "swarm" if engines else "docker")


def _down(folder: Path) -> None:
    _lab(folder, "down", _NAME)


def _lab(folder: Path, *words: str) -> tuple[float, int]:
    ran = timed([str(LAB), *words], folder, {"XDG_CONFIG_HOME": str(folder / "configured")})
    return ran.seconds, ran.exit_code


def _topology(folder: Path, nodes: int) -> Path:
    return folder / f"nodes-{nodes}.toml"
