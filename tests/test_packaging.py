"""The wheel: exactly the tracked files, small, and able to render without the checkout."""

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

CHECKOUT = Path(__file__).parents[1]
DATA_FOLDERS = ("compose", "images", "topologies")
MEBIBYTE = 1024 * 1024


def run(*argv: str | Path, cwd: Path) -> str:
    # A developer's own path would put the checkout before what was installed.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in argv],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def tracked(*folders: str) -> set[str]:
    listed = run("git", "ls-files", "-z", "--", *folders, cwd=CHECKOUT)
    return {name for name in listed.split("\0") if name and (CHECKOUT / name).is_file()}


def pins(lock: str) -> dict[str, str]:
    """Return the version and hashes of each package that a lock names."""
    lines = lock.replace("\\\n", " ").splitlines()
    return dict(line.split("==", 1) for line in lines if "==" in line)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of the tracked files, built beside a product's zip that must stay out."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "checkout"
    for name in tracked():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((CHECKOUT / name).read_bytes())
    (copy / "images" / "wso2am-4.1.0.zip").write_bytes(b"PK" * MEBIBYTE)
    (copy / "images" / "__pycache__").mkdir()
    (copy / "images" / "__pycache__" / "server.pyc").write_bytes(b"stale")
    out = folder / "out"
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy)
    run(*build, cwd=folder)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="session")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh environment with the wheel in it and the locked dependencies behind it."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment)
    python = environment / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install")
    run(*pip, "-q", "--disable-pip-version-check", "--no-deps", wheel, cwd=environment)
    spec = importlib.util.find_spec("click")
    assert spec is not None
    assert spec.origin is not None
    # A folder named in a .pth file adds its packages, but not the editable install it may hold.
    (site,) = environment.glob("lib/python3.*/site-packages")
    (site / "dependencies.pth").write_text(f"{Path(spec.origin).parents[1]}\n")
    return environment


@pytest.mark.parametrize("folder", DATA_FOLDERS)
def test_the_wheel_holds_exactly_the_tracked_files_of_each_data_folder(
    names: set[str], folder: str
) -> None:
    expected = {f"lab/_data/{name}" for name in tracked(folder)}
    assert expected
    assert {name for name in names if name.startswith(f"lab/_data/{folder}/")} == expected


def test_the_wheel_holds_both_packages_with_their_type_markers(names: set[str]) -> None:
    code = {name for name in names if not name.startswith(("lab/_data/", "apim_lab-"))}
    assert code == tracked("lab", "probes")
    assert {"lab/py.typed", "probes/py.typed"} <= code


def test_the_wheel_carries_the_licence(names: set[str]) -> None:
    licences = {PurePosixPath(name).name for name in names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE"}


def test_the_wheel_is_smaller_than_a_mebibyte(wheel: Path) -> None:
    assert wheel.stat().st_size < MEBIBYTE


def test_an_installed_lab_does_not_come_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    show = "import lab, probes; print(lab.__file__); print(probes.__file__)"
    printed = run(installed / "bin" / "python", "-c", show, cwd=tmp_path)
    for line in printed.splitlines():
        assert Path(line).is_relative_to(installed)


def test_an_installed_lab_renders_its_ready_made_topology(installed: Path, tmp_path: Path) -> None:
    (topology,) = installed.glob("lib/*/site-packages/lab/_data/topologies/km-tm-separated.toml")
    run(installed / "bin" / "lab", "render", topology, "-o", tmp_path / "out", cwd=tmp_path)
    nodes = {path.parent.name for path in tmp_path.glob("out/nodes/*/deployment.toml")}
    assert nodes == {"gw", "cp", "tm", "km"}
    assert (tmp_path / "out" / "compose.yaml").is_file()


def test_the_lock_is_compiled_from_what_pyproject_asks_for() -> None:
    inputs = run(sys.executable, CHECKOUT / "scripts" / "lock_inputs.py", cwd=CHECKOUT)
    assert (CHECKOUT / "requirements" / "dev.in").read_text() == inputs


def test_an_image_gets_the_versions_that_the_lab_is_developed_with() -> None:
    locks = sorted(CHECKOUT.glob("images/*/requirements.txt"))
    pinned = {path: pins(path.read_text()) for path in locks}
    developed_with = pins((CHECKOUT / "requirements" / "dev.txt").read_text())
    assert all(pinned.values())
    assert [
        f"{path.parent.name}: {name}"
        for path, packages in pinned.items()
        for name, pin in packages.items()
        if developed_with.get(name) != pin
    ] == []


def test_every_locked_package_has_a_hash() -> None:
    locked = pins((CHECKOUT / "requirements" / "dev.txt").read_text())
    assert len(locked) > len((CHECKOUT / "requirements" / "dev.in").read_text().splitlines())
    assert [pin for pin, hashes in locked.items() if "--hash=sha256:" not in hashes] == []
