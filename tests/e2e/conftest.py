"""Labs on a real engine, made and removed by the program as a person calls it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.diagnosis.verdict import Verdict
from lab.launch.engine import Engine
from lab.launch.finding import find_cluster
from lab.verbs.look import look
from tests.e2e.forking import forks

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 180  # seconds: the first `up` on a machine builds images


class Program:
    """The lab's program, called in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {name: value for name, value in os.environ.items() if name[:4] != "LAB_"}
        self.environ |= {"PYTHONPATH": str(ROOT), "LAB_PURPOSE": "test"}

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start it and come back."""
        return subprocess.Popen(
            [sys.executable, "-m", "lab", *words],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return forks().run(words, self.folder, self.environ, PATIENCE)

    def apart(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end from the interpreter's start on, as a person would."""
        running = self.begin(*words)
        out, err = running.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(words, running.returncode, out, err)


class Lab:
    """A lab that was brought up."""

    def __init__(self, program: Program, name: str) -> None:
        self.program = program
        self.name = name
        self.folder = program.folder / ".lab" / name

    def status(self) -> dict:
        """Look at it, as a script would."""
        ran = self.program("status", self.name, "--format", "json")
        assert ran.returncode in (0, 3), ran.stderr
        told = json.loads(ran.stdout)
        assert (ran.returncode == 0) == (told["verdict"] == "healthy")
        return told

    def settled(self) -> dict:
        """Look until a second of looks says the same, as a node that was just started changes."""
        told, since = self.status(), time.monotonic()
        deadline = since + 20
        while time.monotonic() < min(since + 1, deadline):
            before, told = told["causes"], self.status()
            since = since if told["causes"] == before else time.monotonic()
        return told

    def healthy_again(self) -> None:
        """Look until it is healthy, in this process."""
        with Engine.connect() as engine:
            cluster = find_cluster(engine, self.name)
            assert cluster is not None
            deadline = time.monotonic() + 30
            while (report := look(cluster)).verdict is not Verdict.HEALTHY:
                assert time.monotonic() < deadline, report.diagnosis.causes

    @contextlib.contextmanager
    def edited(self, node: str, old: str, new: str) -> Iterator[str]:
        """Replace a text of a node's file by hand for a while; give its line."""
        path = self.folder / "nodes" / node / "deployment.toml"
        text = path.read_text()
        before, found, after = text.partition(old)
        assert found, f"{old} is not in {path}"
        path.write_text(before + new + after)
        try:
            yield f"{node}/deployment.toml:{before.count(chr(10)) + 1}"
        finally:
            path.write_text(text)

    def sql(self, statement: str) -> None:
        """Change the database behind the lab's back."""
        container = f"lab-{self.name}-db"
        options = subprocess.run(
            ["docker", "exec", container, "cat", "/proc/1/cmdline"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
        socket = [option for option in options if option.startswith("--socket=")]
        subprocess.run(
            ["docker", "exec", container, "mysql", "--user=root", *socket, "-e", statement],
            check=True,
            capture_output=True,
        )


def objects_of(lab: str) -> list[str]:
    """List all that the engine holds of a lab."""
    found = []
    for words in (["ps", "--all"], ["network", "ls"], ["volume", "ls"]):
        ran = subprocess.run(
            ["docker", *words, "--quiet", "--filter", f"label=apim-lab.lab={lab}"],
            capture_output=True,
            text=True,
            check=True,
        )
        found += ran.stdout.split()
    return found


def running_since(container: str) -> None:
    """Wait until a container runs."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ran = subprocess.run(
            ["docker", "inspect", "--format", "{{.State.Running}}", container],
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.stdout.strip() == "true":
            return
        threading.Event().wait(0.05)
    pytest.fail(f"{container} never ran")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("e2e"))


@pytest.fixture
def name(program: Program, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give a name for a lab of this test alone, of which nothing stays."""
    own = f"e2e-{os.getpid()}-{abs(hash(request.node.name)) % 10_000}"
    yield own
    program("down", own)
    assert objects_of(own) == []


@pytest.fixture(scope="session")
def lab(program: Program) -> Iterator[Lab]:
    """Bring the default topology up once, for tests that look at it or mend what they break."""
    own = f"e2e-{os.getpid()}"
    # A person's: its maker ends at once, and tests of leftovers remove a test's lab without one.
    ran = program("up", "km-tm-separated", "--name", own, "--format", "json", "--purpose", "person")
    try:
        assert ran.returncode == 0, ran.stdout + ran.stderr
        made = Lab(program, own)
        yield made
    finally:
        program("down", own)
    assert objects_of(own) == []
    assert not made.folder.exists()


def interrupt(running: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str]:
    """Send a signal and wait for the end."""
    running.send_signal(number)
    _, err = running.communicate(timeout=PATIENCE)
    return running.returncode, err
