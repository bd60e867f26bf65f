import io
import os
import tarfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab.errors import LabError, Problem
from lab.plan.make import make_plan
from lab.topology.read import read_topology
from lab.verbs import dump as verb
from lab.verbs.shell import Shell

TOPOLOGY = Path(__file__).parents[2] / "topologies/km-tm-separated.toml"
Dump = Callable[[], dict[str, str]]


@pytest.fixture
def nodes(tmp_path: Path) -> Path:
    folder = tmp_path / "lab/nodes/cp"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def dump(nodes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dump:
    """Dump a lab without a report, whose every log tells what a test has put into `log`."""

    def silent(_: object) -> None:
        raise LabError(Problem("nothing", "nowhere", "nohow"))

    def logs(_: str) -> list[str]:
        return [(tmp_path / "log").read_text()] if (tmp_path / "log").exists() else []

    cluster = SimpleNamespace(
        plan=make_plan(read_topology(TOPOLOGY), name="it"),
        folder=nodes.parents[1],
        logs=logs,
    )
    monkeypatch.setattr(verb, "found", lambda *_, **__: nullcontext(cluster))
    monkeypatch.setattr(verb, "look", silent)

    def dumped() -> dict[str, str]:
        shell = Shell(tmp_path, {}, io.StringIO(), io.StringIO())
        assert verb.dump("it", Path("dump.tar.gz"), shell) == 0
        with tarfile.open(tmp_path / "dump.tar.gz") as archive:
            files = {name: archive.extractfile(name) for name in archive.getnames()}
            return {name: file.read().decode() for name, file in files.items() if file}

    return dumped


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16"])
def test_an_xml_file_of_another_encoding_is_in_it(dump: Dump, nodes: Path, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a b="x">Tür<Password>geheim</Password></a>'
    (nodes / "carbon.xml").write_bytes(text.encode(encoding))
    told = dump()["lab-it/nodes/cp/carbon.xml"]
    assert "<Password>***</Password>" in told
    assert "geheim" not in told


def test_a_file_with_zeros_is_left_out(dump: Dump, nodes: Path) -> None:
    (nodes / "carbon.xml").write_bytes("<Password>geheim</Password>".encode("utf-16-le"))
    assert dump()["lab-it/nodes/cp/carbon.xml"] == "(this file is no text)"


def test_a_secret_of_a_node_s_generated_file_goes_from_logs(
    dump: Dump, nodes: Path, tmp_path: Path
) -> None:
    (nodes / "deployment.toml").write_text('[keystore.tls]\npassword = """geheim"""\n')
    (tmp_path / "log").write_text("opened with geheim")
    files = dump()
    assert files["lab-it/logs/cp.txt"] == "opened with ***"
    assert not any("geheim" in text for text in files.values())


@pytest.mark.parametrize("left", [None, 0o644])
def test_nobody_else_may_read_it(dump: Dump, tmp_path: Path, left: int | None) -> None:
    path = tmp_path / "dump.tar.gz"
    if left is not None:
        path.touch(left)
    previous = os.umask(0)
    try:
        dump()
    finally:
        os.umask(previous)
    assert path.stat().st_mode & 0o777 == 0o600
