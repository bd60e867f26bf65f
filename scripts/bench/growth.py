"""How cost grows with the cluster: labs of 4 to 32 stand-in nodes, made, swept and weighed."""

import asyncio
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commands import lab
from inside import container_memory, sweeps

from lab.launch.engine import Engine
from lab.launch.finding import find_cluster

SIZES = (4, 8, 16, 32)
_NAME = "bench-growth"
_SWEEPS = 5
_PAIRED = ("control-plane", "traffic-manager", "key-manager")
_SHORT = {"gateway": "gw", "control-plane": "cp", "traffic-manager": "tm", "key-manager": "km"}


@dataclass(frozen=True, slots=True)
class Growth:
    """What one size costs: seconds, links, seconds, MiB of its stand-ins and of all containers."""

    nodes: int
    up: float
    links: int
    sweep: float
    stand_ins: float
    everything: float

    def line(self) -> str:
        """Give the row of a Markdown table."""
        per_link = self.sweep / self.links * 1000
        return (
            f"| {self.nodes} | {self.up:.1f} s | {self.links} | {self.sweep:.2f} s |"
            f" {per_link:.1f} ms | {self.stand_ins:.0f} MiB | {self.everything:.0f} MiB |"
        )


def topology_of(nodes: int) -> str:
    """Give a topology of this many nodes: one of each role, else pairs and gateways for the rest.

    *nodes* is 4, or 8 and more.
    """
    counts = dict.fromkeys(_PAIRED, 1 if nodes == len(_SHORT) else 2)
    counts["gateway"] = nodes - sum(counts.values())
    lines = ["[lab]", 'version = "4.1.0"', ""]
    for role, count in counts.items():
        short = _SHORT[role]
        names = [short] if count == 1 else [f"{short}-{i}" for i in range(1, count + 1)]
        if count > 1:
            lines += _table("balancers", f"{short}-lb", role, f"{short}.wso2.com")
        for name in names:
            lines += _table("nodes", name, role, f"{name}.wso2.com")
    lines += ["[database]", 'hostname = "db.wso2.com"', 'username = "root"', 'password = "root"']
    return "\n".join(lines) + "\n"


def _table(kind: str, name: str, role: str, hostname: str) -> Sequence[str]:
    return (f"[{kind}.{name}]", f'role = "{role}"', f'hostname = "{hostname}"', "")


def measure_growth(folder: Path, sizes: Sequence[int]) -> list[Growth]:
    """Make, sweep, weigh and remove a lab of each size, one after another."""
    return [_measure(folder, nodes) for nodes in sizes]


def _measure(folder: Path, nodes: int) -> Growth:
    topology = folder / f"nodes-{nodes}.toml"
    topology.write_text(topology_of(nodes), encoding="utf-8")
    try:
        made = lab(folder, "up", topology.name, "--name", _NAME, "--timeout", "300")
        if made.exit_code:
            sys.exit(f"bench: the lab of {nodes} nodes did not come up healthy")
        with Engine.connect() as engine:
            cluster = find_cluster(engine, _NAME)
            if cluster is None:
                sys.exit("bench: the lab is gone")
            links, seconds, failed = asyncio.run(sweeps(cluster, _SWEEPS))
            if failed:
                sys.exit(f"bench: {failed} failed in a sweep of {nodes} nodes")
            stand_ins = container_memory([node.container for node in cluster.plan.nodes])
            others = [balancer.container for balancer in cluster.plan.balancers]
            others += [server.container for server in cluster.plan.servers]
            rest = container_memory([*others, cluster.plan.prober])
    finally:
        lab(folder, "down", _NAME)
    return Growth(
        nodes,
        made.seconds,
        links,
        statistics.median(seconds),
        sum(stand_ins.values()),
        sum(stand_ins.values()) + sum(rest.values()),
    )


HEAD = """\
| nodes | time to healthy | links | sweep | per link | stand-ins | all containers |
|---|---|---|---|---|---|---|"""
