"""Many labs at once: all started in the same second, each a program of its own, and its peers."""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from commands import LAB, PEER, Timed, timed, with_testcontainers
from figures import Row, Series


def many_row(folder: Path, topology: str, count: int) -> Row:
    """Start *count* labs side by side, then as many of each peer on the same files."""
    names = [f"bench-{number}" for number in range(count)]
    peers = folder / "peers"
    try:
        ups = _at_once(lambda name: _lab(folder, "up", topology, "--name", name), names)
        for name in names:
            if (folder / ".lab" / name).is_dir():
                shutil.copytree(folder / ".lab" / name, peers / name)
    finally:
        downs = _at_once(lambda name: _lab(folder, "down", name), names)
    try:
        composed = _at_once(lambda name: _compose(peers / name, "up", "-d", "--wait"), names)
    finally:
        _at_once(lambda name: _compose(peers / name, "down", "-t", "0", "-v"), names)
    together = threading.Barrier(count)
    contained = _at_once(lambda name: with_testcontainers(peers / name, together)[0], names)
    own = _series(f"{count} lab up", ups)
    others = (
        _series(f"{count} docker compose up", composed),
        _series(f"{count} testcontainers-python", contained),
    )
    fastest = min((peer.median for peer in others if not peer.void), default=float("inf"))
    return Row(
        f"{count} labs started in the same second, until the last is healthy",
        "s",
        own,
        others,
        goal="not slower than the faster peer",
        is_met=not own.void and own.median <= fastest,
        notes=(f"removal of all {max(down.seconds for down in downs):.1f} s",),
    )


def _series(name: str, runs: list[Timed]) -> Series:
    failed = [run for run in runs if run.exit_code]
    if failed:
        return Series(
            name, void=f"{len(failed)} of {len(runs)} failed, exit code {failed[0].exit_code}"
        )
    return Series(name, (max(run.seconds for run in runs),))


def _at_once(task: Callable[[str], Timed], names: list[str]) -> list[Timed]:
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(task, names))


def _lab(folder: Path, *words: str) -> Timed:
    return timed([str(LAB), *words], folder)


def _compose(project: Path, *words: str) -> Timed:
    argv = ["docker", "compose", "-p", f"{PEER}-{project.name}", "-f", "compose.yaml", *words]
    return timed(argv, project)
