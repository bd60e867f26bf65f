"""A folder that holds no customer's files, or odd ones, ends in errors that say all at once."""

import os
import socket
from pathlib import Path
from zipfile import ZipFile

import pytest

from lab.errors import LabError
from lab.importing.folder import find_node_files

NODE = '[server]\nserver_role = "gateway-worker"\n'


def written(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(NODE)
    return folder


def problems(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(LabError) as refused:
        find_node_files(folder)
    return [(problem.what, problem.where) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "file",
    [
        "gw/deployment.toml",
        "gw/repository/conf/deployment.toml",
        "gw/conf/deployment.toml",
        "gw.toml",
        "site/gw/deployment.toml",
    ],
)
def test_a_node_is_named_after_its_folder_or_file(tmp_path: Path, file: str) -> None:
    assert dict(find_node_files(written(tmp_path, file))) == {"gw": Path(file)}


def test_names_become_what_a_container_can_be_called(tmp_path: Path) -> None:
    written(tmp_path, "API_Gateway 1/deployment.toml", "lab/deployment.toml")
    assert set(find_node_files(tmp_path)) == {"api-gateway-1", "lab-node"}


def test_nodes_of_one_name_are_told_apart_by_the_folder_above(tmp_path: Path) -> None:
    written(tmp_path, "east/gw/deployment.toml", "west/gw/deployment.toml")
    written(tmp_path, "cp/deployment.toml", "tm/deployment.toml", "west/tm/deployment.toml")
    assert set(find_node_files(tmp_path)) == {"east-gw", "west-gw", "cp", "tm", "west-tm"}


def test_two_files_of_one_node_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "gw/deployment.toml", "gw/conf/deployment.toml")
    assert problems(tmp_path) == [
        (
            "two files of a node gw: gw/conf/deployment.toml and gw/deployment.toml",
            "gw/deployment.toml",
        )
    ]


def test_other_files_of_a_customer_are_left_alone(tmp_path: Path) -> None:
    written(tmp_path, "gw.toml", "notes.txt", "gw.jks", ".git/config.toml")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (tmp_path / "lab.toml").write_text('[lab]\nversion = "4.1.0"\n[nodes.gw]\nrole = "gateway"\n')
    assert set(find_node_files(tmp_path)) == {"gw"}


def test_of_a_home_that_was_started_the_deployment_toml_alone_is_the_node(tmp_path: Path) -> None:
    made = ("carbon.xml", "datasources/master-datasources.xml")
    written(tmp_path, "gw/repository/conf/deployment.toml", "gw/diagnostics-tool/conf/config.toml")
    written(tmp_path, *(f"gw/repository/conf/{file}" for file in made))
    written(tmp_path, *(f"gw/backup/repository/conf/{file}" for file in made))
    assert dict(find_node_files(tmp_path)) == {"gw": Path("gw/repository/conf/deployment.toml")}
    assert set(find_node_files(tmp_path / "gw")) == {"node"}


def test_a_folder_without_a_node_is_refused(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(os.urandom(5000))
    assert problems(tmp_path) == [("no configuration of a node in this folder", str(tmp_path))]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert [what for what, _ in problems(tmp_path / "none")] == [
        f"{tmp_path}/none can't be read: No such file or directory"
    ]
    assert [what for what, _ in problems(tmp_path / "file")] == [
        f"{tmp_path}/file can't be read: it is no folder"
    ]


def test_an_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "acme.zip", "w") as archive:
        archive.writestr("gw.toml", NODE)
    with pytest.raises(LabError, match="unpack it"):
        find_node_files(tmp_path / "acme.zip")


def test_all_odd_files_are_told_at_once_and_none_is_opened(tmp_path: Path) -> None:
    folder = written(tmp_path / "given", "gw.toml")
    outside = tmp_path / "outside.toml"
    outside.write_text(NODE)
    (folder / "link.toml").symlink_to(outside)
    (folder / "above").symlink_to(tmp_path)
    (folder / "gone.toml").symlink_to(folder / "nowhere.toml")
    os.mkfifo(folder / "pipe.toml")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "sock.toml"))
        told = problems(folder)
    assert told == [
        ("a symbolic link that leads outside", "above"),
        ("gone.toml can't be read: No such file or directory", "gone.toml"),
        ("a symbolic link that leads outside", "link.toml"),
        ("pipe.toml is no regular file", "pipe.toml"),
        ("sock.toml is no regular file", "sock.toml"),
    ]


def test_a_link_to_a_file_that_is_no_configuration_is_left_alone(tmp_path: Path) -> None:
    folder = written(tmp_path / "given", "gw.toml")
    (tmp_path / "driver.jar").write_text("x")
    (folder / "driver.jar").symlink_to(tmp_path / "driver.jar")
    (folder / "gone.jar").symlink_to(tmp_path / "gone.jar")
    assert set(find_node_files(folder)) == {"gw"}


def test_a_link_in_the_folder_is_followed_and_a_circle_is_not(tmp_path: Path) -> None:
    written(tmp_path, "shared/real.txt")
    (tmp_path / "gw.toml").symlink_to(tmp_path / "shared" / "real.txt")
    (tmp_path / "shared" / "again").symlink_to(tmp_path)
    assert set(find_node_files(tmp_path)) == {"gw"}


def test_files_of_both_names_are_nodes_where_they_lie_beside_each_other(tmp_path: Path) -> None:
    written(tmp_path, "cp/deployment.toml", "gw.toml", "cp/diagnostics-tool/conf/config.toml")
    assert set(find_node_files(tmp_path)) == {"cp", "gw"}


def test_of_a_home_alone_no_other_file_is_a_node(tmp_path: Path) -> None:
    written(tmp_path, "am/repository/conf/deployment.toml", "am/conf.toml")
    assert set(find_node_files(tmp_path / "am")) == {"node"}
