"""Whole commands, timed from the outside: `lab up` and `down` in turn with compose's."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from figures import Row, Series

LAB = Path(sys.executable).with_name("lab")
NAME = "bench"
PEER = "lab-bench-peer"
_UP_GOAL, _START_INTERVAL_SINCE = 4.0, 25  # seconds; the engine's major version
_SERVICES = ("db", "cp", "gw", "tm", "km")


@dataclass(frozen=True, slots=True)
class Timed:
    """How long a command took, and how it ended."""

    seconds: float
    exit_code: int


def timed(argv: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Timed:
    """Run a command to its end; what it prints is dropped."""
    began = time.monotonic()
    done = subprocess.run(
        argv,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stderr.decode(errors="replace")[-2000:])
    return Timed(time.monotonic() - began, done.returncode)


def lab(folder: Path, *words: str) -> Timed:
    """Run `lab` in *folder*."""
    return timed([str(LAB), *words], folder)


def compose_words(*words: str) -> list[str]:
    """Give a compose command on the peer's project."""
    return ["docker", "compose", "-p", PEER, "-f", "compose.yaml", *words]


def copy_for_peer(folder: Path, topology: str) -> Path:
    """Bring the lab up once, keep its files for compose, and take it down again."""
    if lab(folder, "up", topology, "--name", NAME).exit_code:
        sys.exit("bench: the lab did not come up healthy; see above")
    peer = folder / "peer"
    shutil.copytree(folder / ".lab" / NAME, peer)
    lab(folder, "down", NAME)
    return peer


def with_testcontainers(
    peer: Path, together: threading.Barrier | None = None
) -> tuple[Timed, Timed]:
    """Time testcontainers-python on the same files: until every wait is over, and the removal.

    Removal begins when all others of the barrier are up, too.
    """
    program = Path(__file__).with_name("testcontainers_peer.py")
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(program), str(peer)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        is_ready = bool(running.stdout and running.stdout.readline())
        up = time.monotonic() - began
        if together is not None:
            together.wait()
        began = time.monotonic()
        running.communicate()
        down = time.monotonic() - began
    return Timed(up, 0 if is_ready else 1), Timed(down, running.returncode)


def start_interval_override(peer: Path) -> Path:
    """Write what makes compose ask every 100 ms while a container starts."""
    check = "    healthcheck:\n      start_interval: 100ms\n      start_period: 60s\n"
    path = peer / "start-interval.yaml"
    services = "".join(f"  {name}:\n{check}" for name in _SERVICES)
    path.write_text(f"services:\n{services}", encoding="utf-8")
    return path


def up_and_down(folder: Path, peer: Path, topology: str, runs: int, engine: int) -> list[Row]:
    """Measure warm starts and removals, the lab and its peers in turn."""
    ups: dict[str, list[Timed]] = {
        name: [] for name in ("lab", "compose", "compose, start_interval", "testcontainers")
    }
    downs: dict[str, list[Timed]] = {"lab": [], "compose": [], "testcontainers": []}
    override = start_interval_override(peer)
    for _ in range(runs):
        ups["lab"].append(lab(folder, "up", topology, "--name", NAME))
        downs["lab"].append(lab(folder, "down", NAME))
        ups["compose"].append(timed(compose_words("up", "-d", "--wait"), peer))
        downs["compose"].append(timed(compose_words("down", "-t", "0", "-v"), peer))
        started, removed = with_testcontainers(peer)
        ups["testcontainers"].append(started)
        downs["testcontainers"].append(removed)
        if engine >= _START_INTERVAL_SINCE:
            words = compose_words("-f", override.name, "up", "-d", "--wait")
            ups["compose, start_interval"].append(timed(words, peer))
            timed(compose_words("down", "-t", "0", "-v"), peer)
    return [_up_row(ups, engine), _down_row(downs)]


def series_of(name: str, runs: Sequence[Timed]) -> Series:
    """Give the seconds of runs; one that failed makes all void."""
    failed = [run.exit_code for run in runs if run.exit_code]
    if failed:
        return Series(name, void=f"exit code {failed[0]}")
    return Series(name, tuple(run.seconds for run in runs))


def _up_row(ups: Mapping[str, Sequence[Timed]], engine: int) -> Row:
    own = series_of("lab up", ups["lab"])
    peers = [series_of("docker compose up --wait, 1 s checks", ups["compose"])]
    if ups["compose, start_interval"]:
        peers.append(series_of("… start_interval 100 ms", ups["compose, start_interval"]))
    else:
        why = f"engine {engine} has no start_interval"
        peers.append(Series("… start_interval 100 ms", void=why))
    peers.append(series_of("testcontainers-python", ups["testcontainers"]))
    fastest = min((peer.median for peer in peers if not peer.void), default=float("inf"))
    return Row(
        "warm start to healthy",
        "s",
        own,
        tuple(peers),
        goal=f"≤ {_UP_GOAL:g} s and not slower than the fastest peer",
        is_met=own.median <= min(_UP_GOAL, fastest),
        notes=("compose waits for a port of each node; the lab proves every link",),
    )


def _down_row(downs: Mapping[str, Sequence[Timed]]) -> Row:
    own = series_of("lab down", downs["lab"])
    peers = (
        series_of("docker compose down -t 0", downs["compose"]),
        series_of("testcontainers-python", downs["testcontainers"]),
    )
    fastest = min((peer.median for peer in peers if not peer.void), default=float("inf"))
    return Row(
        "removal",
        "s",
        own,
        peers,
        goal="not slower than the faster peer",
        is_met=own.median <= fastest,
    )


def start_rows(folder: Path, file: Path, runs: int) -> list[Row]:
    """Measure the program's own start beside Python's, in turn; *file* is checked by itself."""
    alone = folder / "alone" / file.name
    alone.parent.mkdir()
    shutil.copyfile(file, alone)
    nothing, words = [sys.executable, "-c", "pass"], (["--help"], ["check", str(alone)])
    goals = (10, 15)
    rows = []
    for said, goal in zip(words, goals, strict=True):
        own, bare = [], []
        for _ in range(runs):
            bare.append(timed(nothing, folder))
            own.append(lab(folder, *said))
        series, peer = series_of("lab", own), series_of("python -c pass", bare)
        is_met = not series.void and series.median <= goal * peer.median
        what = f"lab {said[0]}"
        rows.append(Row(what, "s", series, (peer,), f"≤ {goal} times python -c pass", is_met))
    return rows
