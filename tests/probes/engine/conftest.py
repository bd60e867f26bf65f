"""Real servers in containers made of Debian's packages, and the prober's image."""

import contextlib
import hashlib
import io
import json
import secrets
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.launch.builds import build
from lab.launch.contexts import Context
from lab.launch.distribution import bootstrap
from lab.launch.engine import Engine
from lab.launch.recipes import Recipe
from lab.launch.sources import Sources

_PREFIX = "probes-test"


def docker(*words: str, data: bytes | None = None) -> str:
    """Run a docker command and give what it printed."""
    done = subprocess.run(["docker", *words], input=data, capture_output=True, check=False)
    assert done.returncode == 0, f"docker {words[0]}: {done.stderr.decode()}"
    return done.stdout.decode().strip()


@dataclass(frozen=True)
class Container:
    """A running container of these tests."""

    name: str
    id: str
    pid: int
    address: str  # in its first network; "" without one

    def vantage(self) -> dict[str, object]:
        """Give what a session's vantage message says of it."""
        return {"pid": self.pid, "container": self.id}

    def log(self) -> str:
        """Give what it wrote."""
        done = subprocess.run(["docker", "logs", self.name], capture_output=True, check=False)
        return (done.stdout + done.stderr).decode(errors="replace")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine.connect() as connected:
        yield connected


@pytest.fixture(scope="session")
def package_image(engine) -> Callable[..., str]:
    """Give the image of some packages, made once for the same list."""

    def make(name: str, *packages: str, suite: str = "bookworm") -> str:
        recipe = Recipe(name=name, pull="", suite=suite, packages=packages)
        digest = hashlib.sha256(repr(recipe).encode()).hexdigest()[:16]
        tag = f"{_PREFIX}-{name}:{digest}"
        if engine.image(tag) is None:
            with tempfile.TemporaryDirectory() as folder:
                archive = Path(folder, "root.tar")
                bootstrap(recipe, archive, print, started=lambda _: None)
                engine.import_image(archive, tag, changes=('CMD ["sh"]',))
        return tag

    return make


@pytest.fixture(scope="session")
def base_image(engine) -> str:
    return Sources(engine, print).ensure("base")


@pytest.fixture(scope="session")
def mysql_image(engine) -> str:
    return Sources(engine, print).ensure("mysql")


@pytest.fixture(scope="session")
def prober_image(engine, base_image) -> str:
    context = Context("prober", base_image)
    if engine.image(context.tag) is None:
        build(context, context.tag, engine.facts.architecture, print)
    return context.tag


@contextlib.contextmanager
def _running(
    image: str, words: tuple[str, ...], options: tuple[str, ...], files: Mapping[str, str]
) -> Iterator[Container]:
    name = f"{_PREFIX}-{secrets.token_hex(4)}"
    docker("create", "--name", name, *options, image, *words)
    try:
        if files:
            docker("cp", "-", f"{name}:/", data=_archive(files))
        docker("start", name)
        (seen,) = json.loads(docker("inspect", name))
        networks = seen["NetworkSettings"]["Networks"].values()
        address = next((network["IPAddress"] for network in networks), "")
        yield Container(name, seen["Id"], seen["State"]["Pid"], address)
    finally:
        docker("rm", "--force", "--volumes", name)


def _archive(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode, entry.mtime = len(text.encode()), 0o644, int(time.time())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return content.getvalue()


@pytest.fixture(scope="session")
def running():
    """Give `with running(image, *words, options=(), files={}) as container`."""

    def run(image: str, *words: str, options: tuple[str, ...] = (), files=None):
        return _running(image, words, options, files or {})

    return run


@pytest.fixture(scope="session")
def network() -> Callable[..., contextlib.AbstractContextManager[str]]:
    """Give `with network() as name`: a network of this test, without a way out."""

    @contextlib.contextmanager
    def make() -> Iterator[str]:
        name = f"{_PREFIX}-{secrets.token_hex(4)}"
        docker("network", "create", "--internal", name)
        try:
            yield name
        finally:
            docker("network", "rm", name)

    return make
