"""A home says its release beside its configuration; files alone don't."""

from pathlib import Path

import pytest

from lab.errors import LabError
from lab.importing.customer import read_files
from lab.importing.folder import find_node_files
from lab.importing.releases import release_of
from lab.products.releases import PRODUCTS

PROFILES = {"gw": "gateway-worker", "cp": "control-plane"}


def home(folder: Path, name: str, version: str = "") -> None:
    (folder / name / "repository/conf").mkdir(parents=True)
    text = f'[server]\nhostname = "{name}.acme"\nserver_role = "{PROFILES[name]}"\n'
    (folder / name / "repository/conf/deployment.toml").write_text(text)
    if version:
        (folder / name / "bin").mkdir()
        (folder / name / "bin/version.txt").write_text(f"WSO2 API Manager v{version}\n")


def version_of(folder: Path, wanted: str | None = None) -> str:
    nodes = read_files(folder, find_node_files(folder), {})
    return release_of(nodes, PRODUCTS["apim"], wanted).version


def problems(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(LabError) as refused:
        version_of(folder)
    return [(problem.what, problem.where) for problem in refused.value.problems]


def test_a_home_says_its_release(tmp_path: Path) -> None:
    home(tmp_path, "gw", "4.5.0")
    home(tmp_path, "cp")
    assert version_of(tmp_path) == "4.5.0"
    assert version_of(tmp_path, "4.2.0") == "4.2.0"


def test_without_a_word_it_is_the_usual_release(tmp_path: Path) -> None:
    home(tmp_path, "gw")
    assert version_of(tmp_path) == "4.1.0"


def test_a_home_of_a_release_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    home(tmp_path, "gw", "4.99.0")
    assert problems(tmp_path) == [
        ("gw is version 4.99.0, which no lab knows", "gw/bin/version.txt")
    ]


def test_homes_of_several_releases_make_no_cluster(tmp_path: Path) -> None:
    home(tmp_path, "cp", "4.1.0")
    home(tmp_path, "gw", "4.5.0")
    what = "nodes of several versions, which make no cluster: cp 4.1.0, gw 4.5.0"
    assert problems(tmp_path) == [(what, "cp/bin/version.txt")]


def test_a_link_out_of_the_folder_says_nothing(tmp_path: Path) -> None:
    home(tmp_path / "given", "gw")
    (tmp_path / "elsewhere.txt").write_text("v4.5.0\n")
    (tmp_path / "given/gw/bin").mkdir()
    (tmp_path / "given/gw/bin/version.txt").symlink_to(tmp_path / "elsewhere.txt")
    assert version_of(tmp_path / "given") == "4.1.0"
