import stat
from pathlib import Path

import pytest

from lab.errors import UsageError
from lab.launch.swarm.machines import Machine, read_machines, read_registry, write_machines


def test_machines_are_kept_by_name_in_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    path = tmp_path / "configured" / "machines.toml"
    machines = (Machine("b", context="far"), Machine("a", host="ssh://me@far"))
    write_machines(path, machines)
    assert read_machines(path) == (machines[1], machines[0])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["machines.toml"]


def test_without_a_file_there_is_no_machine(tmp_path: Path) -> None:
    assert read_machines(tmp_path / "machines.toml") == ()


@pytest.mark.parametrize(
    "text",
    [
        "machines = 1",
        "[machines",
        "[machines.a]\nport = 1",
        "[machines.a]",
        '[machines.a]\nhost = "ssh://a"\ncontext = "b"',
        '[machines.a]\nhost = "far"',
    ],
)
def test_a_file_in_disorder_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "machines.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as told:
        read_machines(path)
    assert all(problem.where in (str(path), "machine a") for problem in told.value.problems)


def test_an_engine_is_reached_by_its_own_way_whatever_the_users_variables_say() -> None:
    around = {"DOCKER_HOST": "tcp://other", "DOCKER_CONTEXT": "other", "PATH": "/bin"}
    by_host = Machine("a", host="ssh://far").environ(around)
    assert by_host == {"PATH": "/bin", "DOCKER_HOST": "ssh://far"}
    by_context = Machine("a", context="far").environ(around)
    assert by_context == {"PATH": "/bin", "DOCKER_CONTEXT": "far"}


def test_a_registry_is_kept_beside_the_machines(tmp_path: Path) -> None:
    path = tmp_path / "machines.toml"
    assert read_registry(path) == ""
    write_machines(path, (Machine("a", context="b"),), "localhost:5000/labs")
    assert read_registry(path) == "localhost:5000/labs"
    assert read_machines(path) == (Machine("a", context="b"),)


@pytest.mark.parametrize("word", ["1", '"http://a"', '"a b"', '"A"'])
def test_what_is_no_registry_is_told(tmp_path: Path, word: str) -> None:
    path = tmp_path / "machines.toml"
    path.write_text(f"registry = {word}\n")
    with pytest.raises(UsageError):
        read_registry(path)
