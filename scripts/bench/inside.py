"""What only a running lab can tell: a sweep's time, the lag behind readiness, memory."""

import asyncio
import contextlib
import json
import random
import re
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from figures import Row, Series

from lab.fixture.lab import Lab
from lab.gate.patience import Patience
from lab.gate.session import Vantage
from lab.gate.sweep import sweep
from lab.gate.targets import make_targets
from lab.gate.watch import Ending, until_healthy
from lab.launch.cluster import Cluster
from lab.launch.engine import Engine
from lab.verbs.look import wiring_of
from lab.verbs.sessions import open_session, vantage_of
from lab.wiring.published import HOST

_SWEEP_GOAL, _LAG_GOAL, _MEMORY_GOAL = 0.3, 0.1, 30.0  # seconds, seconds, MiB
_RESET_GOAL = 1.0  # seconds
_SLOWEST_START = 2.0  # seconds of random delay before a listener opens
_STAMP = re.compile(r"stand-in listener \d+ open at ([0-9.]+)")


def sweep_row(cluster: Cluster, runs: int) -> Row:
    """Ask every link once, in an open session, and time the whole."""
    links, seconds, failed = asyncio.run(sweeps(cluster, runs))
    if failed:
        return Row("sweep", "s", Series("lab", void=f"{failed} failed"), is_met=False)
    series = Series("lab", seconds)
    return Row(
        f"sweep of all {links} links",
        "s",
        series,
        goal=f"≤ {_SWEEP_GOAL:g} s",
        is_met=series.median <= _SWEEP_GOAL,
    )


async def sweeps(cluster: Cluster, runs: int) -> tuple[int, tuple[float, ...], str]:
    """Ask every link *runs* times: give their number, each sweep's seconds, a link that failed."""
    links = wiring_of(cluster).links
    targets = make_targets(links, cluster.databases.states(), attempt=Patience().attempt)
    plan = cluster.plan
    nodes = [node.name for node in plan.nodes] + [balancer.name for balancer in plan.balancers]
    seconds = []
    async with open_session(cluster) as session:
        for node in nodes:
            session.define(vantage_of(cluster, node))
        for _ in range(runs + 1):  # the first one also enters the nodes
            began = time.monotonic()
            results = await sweep(session, plan, links, targets, vantages=(HOST, *nodes))
            seconds.append(time.monotonic() - began)
            failed = [result.id for result in results.values() if not result.ok]
            if failed:
                return len(links), (), failed[0]
    return len(links), tuple(seconds[1:]), ""


def lag_row(cluster: Cluster, starts: int) -> Row:
    """Start a node *starts* times, each after a delay that only it knows, and time the verdict.

    The lag is from the stamp of its last listener to the moment when all links are told healthy.
    """
    lags = tuple(asyncio.run(_lag(cluster)) for _ in range(starts))
    series = Series("lab", lags)
    return Row(
        f"lag behind readiness, {starts} starts",
        "s",
        series,
        goal=f"p95 ≤ {_LAG_GOAL:g} s",
        is_met=series.quantile(0.95) <= _LAG_GOAL,
        notes=(f"median {statistics.median(lags):.3f}, p95 {series.quantile(0.95):.3f}",),
    )


async def _lag(cluster: Cluster) -> float:
    node = "gw"
    cluster.stop_node(node)
    plan = replace(cluster.plan, nodes=(cluster.plan.node(node),))
    links = [link for link in wiring_of(cluster).links if link.to == node]
    began = time.time()

    def release(name: str) -> Vantage:
        _start_after(cluster, name, random.uniform(0, _SLOWEST_START))  # noqa: S311  # a delay
        return vantage_of(cluster, name)

    async with open_session(cluster) as session:
        dialler = vantage_of(cluster, "cp")
        session.define(dialler)
        watched = await until_healthy(
            session,
            plan,
            links,
            {},
            make_targets(links, (), attempt=Patience().attempt),
            release=release,
            changes=cluster.events(),
            patience=Patience(),
            seen=lambda _: None,
        )
        told = time.time()
    if watched.ending is not Ending.HEALTHY:
        raise SystemExit(f"bench: the node did not become healthy: {watched.ending}")
    return told - _last_listener(cluster, node, began)


def _start_after(cluster: Cluster, node: str, delay: float) -> None:
    """Start a node whose listeners wait: the delay goes in as a file, unseen by the lab."""
    container = cluster.plan.node(node).container
    note = Path(f"/tmp/lab-bench-{container}.delay")  # noqa: S108  # removed below
    note.write_text(f"{delay:.3f}", encoding="ascii")
    try:
        subprocess.run(
            ["docker", "cp", str(note), f"{container}:/home/wso2carbon/wso2am/stand-in.delay"],
            check=True,
            capture_output=True,
        )
    finally:
        note.unlink()
    cluster.start_node(node)


def _last_listener(cluster: Cluster, node: str, since: float) -> float:
    stamps = [float(stamp) for line in cluster.logs(node) for stamp in _STAMP.findall(line)]
    return max(stamp for stamp in stamps if stamp >= since)


def reset_rows(cluster: Cluster, runs: int) -> list[Row]:
    """Time what a test waits for between two: fresh databases, and a fresh lab."""
    held = Lab(Engine.connect(), cluster)
    first = Series("lab", tuple(_seconds(held.reset_databases) for _ in range(runs)))
    whole = Series("lab", tuple(_seconds(held.reset) for _ in range(runs)))
    held.close()
    goal = f"≤ {_RESET_GOAL:g} s"
    return [
        Row("reset of the databases", "s", first, goal=goal, is_met=first.median <= _RESET_GOAL),
        Row("reset of the whole, proven", "s", whole, goal="none"),
    ]


def _seconds(task: Callable[[], object]) -> float:
    began = time.monotonic()
    task()
    return time.monotonic() - began


def programs_row(cluster: Cluster) -> Row:
    """Tell the memory of this program, which drives the lab as `lab status` does, and the prober's.

    The program's is its largest so far, libraries and the bench itself included.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (prober,) = container_memory([cluster.plan.prober]).values()
    return Row(
        "memory of controller and prober",
        "MiB",
        Series("lab", (own, prober)),
        goal="none",
        notes=(f"controller {own:.0f} MiB, prober {prober:.0f} MiB",),
    )


def memory_row(cluster: Cluster) -> Row:
    """Ask the engine for each stand-in's memory, as `docker stats` counts it."""
    used = container_memory([node.container for node in cluster.plan.nodes])
    return Row(
        "memory of a stand-in after a sweep",
        "MiB",
        Series("lab", tuple(used.values())),
        goal=f"each ≤ {_MEMORY_GOAL:g} MiB",
        is_met=max(used.values()) <= _MEMORY_GOAL,
        notes=(", ".join(f"{name} {value:.1f} MiB" for name, value in used.items()),),
    )


def container_memory(containers: Sequence[str]) -> Mapping[str, float]:
    """Give what each container uses, in MiB, as `docker stats` counts it."""
    told = subprocess.run(
        ["docker", "stats", "--no-stream", "--format", "{{json .}}", *containers],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    used = [json.loads(line) for line in told.splitlines()]
    return {one["Name"]: _mebibytes(one["MemUsage"].split("/")[0]) for one in used}


def _mebibytes(text: str) -> float:
    number = re.match(r"[0-9.]+", text.strip())
    if number is None:
        raise ValueError(text)
    with contextlib.suppress(KeyError):
        return float(number.group()) * {"KiB": 1 / 1024, "MiB": 1, "GiB": 1024}[text.strip()[-3:]]
    raise ValueError(text)
