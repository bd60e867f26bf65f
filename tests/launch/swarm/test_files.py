from pathlib import PurePosixPath

import pytest

from lab.errors import EngineError
from lab.launch.archive import PlacedFile, tar_of
from lab.launch.swarm.files import files_in, references

CONF = PurePosixPath("/home/wso2carbon/wso2am/repository/conf/deployment.toml")
CA = PurePosixPath("/lab/server/ca.pem")


def archive(content: bytes = b"password") -> bytes:
    folder = PlacedFile(PurePosixPath("/lab"), None, 0, 0)
    return tar_of((folder, PlacedFile(CONF, content, 802, 802), PlacedFile(CA, b"ca", 999, 999)))


def test_what_may_hold_a_password_is_a_secret_and_a_certificate_is_not() -> None:
    files = files_in(archive(), "lab-x-gw")
    assert [(file.path, file.is_secret) for file in files] == [(CONF, True), (CA, False)]


def test_each_file_keeps_place_owner_and_mode() -> None:
    files = files_in(archive(), "lab-x-gw")
    ids = {file.name: f"id-{file.path.name}" for file in files}
    (secret,) = references(files, ids, secret=True)
    assert secret["SecretID"] == "id-deployment.toml"
    assert secret["File"] == {"Name": str(CONF), "UID": "802", "GID": "802", "Mode": 0o600}
    (config,) = references(files, ids, secret=False)
    assert (config["ConfigID"], config["File"]["Name"]) == ("id-ca.pem", str(CA))


def test_a_name_changes_with_content_and_container_and_with_nothing_else() -> None:
    def name(content: bytes, container: str) -> str:
        return files_in(archive(content), container)[0].name

    assert name(b"a", "gw") == name(b"a", "gw")
    assert len({name(b"a", "gw"), name(b"b", "gw"), name(b"a", "km")}) == 3
    assert len(name(b"a", "gw")) <= 64


def test_a_file_that_no_swarm_keeps_is_told_with_its_size() -> None:
    assert files_in(archive(b"x" * 500 * 1024), "lab-x-gw")
    with pytest.raises(EngineError) as told:
        files_in(archive(b"x" * 600 * 1024), "lab-x-gw")
    (problem,) = told.value.problems
    assert problem.what == "the file has 600 KiB, and a swarm keeps 500 at most"
    assert problem.where == f"lab-x-gw: {CONF}"
