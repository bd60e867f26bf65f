from pathlib import Path

from tests.verbs.conftest import Line


def test_the_files_of_the_topology_here_are_written(lab: Line, topology: Path) -> None:
    ran = lab("render", "-o", "out")
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert ran.stderr == "mine: written to out\n"
    nodes = sorted(path.parent.name for path in Path("out").glob("nodes/*/deployment.toml"))
    assert nodes == ["cp", "gw", "km", "tm"]


def test_a_second_render_changes_nothing(lab: Line, topology: Path) -> None:
    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}

    lab("render", "-o", "out")
    before = contents()
    assert lab("render", "-o", "out").exit_code == 0
    assert contents() == before


def test_a_folder_must_be_named(lab: Line, topology: Path) -> None:
    ran = lab("render")
    assert ran.exit_code == 2
    assert "--output" in ran.stderr


def test_a_folder_that_holds_something_else_is_left_alone(lab: Line, topology: Path) -> None:
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine")
    ran = lab("render", "-o", "out")
    assert ran.exit_code in (1, 2)
    assert ran.stderr.startswith("error:")
    assert [path.name for path in Path("out").iterdir()] == ["mine.txt"]
