"""The house rules that imports can break: the order of the rooms, one door each, light verbs."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
TOPOLOGY = CHECKOUT / "topologies" / "km-tm-separated.toml"
HEAVY = {"docker", "python_on_whales", "httpx", "probes"}

CALL_AND_LIST_MODULES = """
import json, sys
sys.argv[0] = "lab"
from lab.cli import main
code = 0
try:
    main()
except SystemExit as stop:
    code = stop.code or 0
print("\\n" + json.dumps({"code": code, "modules": sorted(sys.modules)}))
"""


def imported_by(*arguments: str, cwd: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", CALL_AND_LIST_MODULES, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["code"] == 0, done.stdout + done.stderr
    return {name.partition(".")[0] for name in seen["modules"]}


def importers(package: str) -> set[str]:
    return {
        str(path.relative_to(CHECKOUT))
        for folder in ("lab", "probes")
        for path in (CHECKOUT / folder).rglob("*.py")
        if package in imported_names(path)
    }


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(statement, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            names.add(statement.module.partition(".")[0])
    return names


def test_the_rooms_import_in_one_direction() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(program), "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("package", "door"),
    [
        ("docker", "lab/launch/engine/door.py"),
        ("python_on_whales", "lab/launch/builds.py"),
    ],
)
def test_each_way_to_docker_is_one_file(package: str, door: str) -> None:
    assert importers(package) == {door}


def test_waiting_is_one_room() -> None:
    assert {str(Path(name).parent) for name in importers("tenacity")} == {"lab/gate"}


def test_help_is_light(tmp_path: Path) -> None:
    imported = imported_by("--help", cwd=tmp_path)
    assert "click" in imported
    assert imported & (HEAVY | {"pydantic", "cryptography"}) == set()


@pytest.mark.parametrize("verb", ["check", "plan"])
def test_verbs_that_need_no_engine_are_light(verb: str, tmp_path: Path) -> None:
    imported = imported_by(verb, str(TOPOLOGY), cwd=tmp_path)
    assert "pydantic" in imported
    assert imported & HEAVY == set()
