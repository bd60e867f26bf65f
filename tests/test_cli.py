import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from lab.cli import app

VERBS = [
    *("up", "down", "list", "status", "plan", "render", "graph", "check", "import"),
    *("logs", "exec", "stop", "start", "fault", "reset", "smoke", "env", "dump", "gc", "machines"),
]
HEAVY = {
    *(
        "importlib.metadata",
        "docker",
        "python_on_whales",
        "httpx",
        "probes",
        "pydantic",
        "rich",
        "cryptography",
    ),
    *("tenacity", "asyncio", "yaml", "tomlkit"),
}
ROOT = Path(__file__).parent.parent


def modules_after(code: str) -> set[str]:
    """Give the top-level modules that a fresh Python has after *code*."""
    tail = "\nimport sys; print(' '.join(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True, check=True, cwd=ROOT
    )
    names = ran.stdout.splitlines()[-1].split()
    return {name.split(".")[0] for name in names} | set(names)


def test_every_verb_of_the_contract_is_there_and_no_other() -> None:
    ran = CliRunner().invoke(app, ["--help"])
    told = ran.stdout.split("Commands:")[1]
    assert [
        line.split()[0] for line in told.strip().splitlines() if not line.startswith("     ")
    ] == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help(verb: str) -> None:
    ran = CliRunner().invoke(app, [verb, "--help"])
    assert ran.exit_code == 0
    assert ran.stdout.startswith("Usage: ")


@pytest.mark.parametrize("words", [["--help"], ["up", "--help"], ["check", "--help"]])
def test_the_help_imports_nothing_heavy(words: list[str]) -> None:
    code = f"""
from click.testing import CliRunner
from lab.cli import app
assert CliRunner().invoke(app, {words!r}).exit_code == 0
"""
    assert modules_after(code) & HEAVY == set()


def test_the_version_is_the_packages() -> None:
    ran = CliRunner().invoke(app, ["--version"])
    assert (ran.exit_code, ran.stdout) == (0, f"lab {version('apim-lab')}\n")


def test_a_check_of_a_topology_imports_neither_docker_nor_probes(tmp_path: Path) -> None:
    code = """
from click.testing import CliRunner
from lab.cli import app
assert CliRunner().invoke(app, ["check", "km-tm-separated"]).exit_code == 0
"""
    assert modules_after(code) & {"docker", "python_on_whales", "httpx", "probes"} == set()


@pytest.mark.parametrize("words", [[], ["nothing"], ["up", "--nothing"], ["up", "--timeout", "0"]])
def test_words_that_cannot_be_understood_exit_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(app, words).exit_code == 2


def test_an_error_is_three_lines_on_stderr_and_a_traceback_only_with_debug() -> None:
    ran = CliRunner().invoke(app, ["plan", "nothing"])
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert [line[:7] for line in ran.stderr.splitlines()] == ["error: ", "   at: ", " hint: "]
    traced = CliRunner().invoke(app, ["--debug", "plan", "nothing"])
    assert type(traced.exception).__name__ == "UsageError"
    assert type(
        CliRunner().invoke(app, ["plan", "nothing"], env={"LAB_DEBUG": "1"}).exception
    ) is type(traced.exception)


def test_an_interrupt_ends_with_130_and_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lab.verbs.plan.plan", interrupted)
    ran = CliRunner().invoke(app, ["plan"])
    assert (ran.exit_code, ran.output) == (130, "")


def test_the_module_is_the_program() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "lab", "plan", "nothing"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: no topology `nothing`")
