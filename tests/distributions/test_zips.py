import os
import zipfile
from pathlib import Path

import pytest

from lab.distributions.content import content_of
from lab.distributions.find import distribution_of
from lab.distributions.zips import Zip
from lab.errors import LabError
from lab.plan.make import make_plan
from lab.topology.read import read_topology
from tests.product.make import make_distribution, zipped

TOPOLOGY = Path(__file__).parents[2] / "topologies/km-tm-separated.toml"
SCRIPT = "wso2am-4.1.0/dbscripts/apimgt/mysql.sql"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path / "venv"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return zipped(make_distribution(tmp_path), tmp_path / "wso2am.zip")


def opened() -> set[Path]:
    """Give the files that this process has open."""
    with os.scandir("/proc/self/fd") as listed:
        return {Path(os.path.realpath(each.path)) for each in listed}


@pytest.mark.parametrize("name", ["dbscripts/../../../../evil.txt", "../evil.txt", "/evil.txt"])
def test_a_name_that_leads_out_of_the_zip_is_refused(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"wso2am-4.1.0/{name}", "evil")
    with pytest.raises(LabError, match="leads out of it"):
        Zip(path).dbscripts()
    assert not list(path.parent.parent.rglob("evil.txt"))


def test_dbscripts_that_were_half_taken_out_are_taken_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Zip(path).dbscripts()
    for script in (file for file in Zip(path).dbscripts().rglob("*") if file.is_file()):
        name = script.relative_to(Zip(path).dbscripts().parent)
        assert script.read_bytes() == Zip(path).read(str(name))


def test_a_changed_byte_of_a_member_is_told(path: Path) -> None:
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(SCRIPT)
    at = member.header_offset + 30 + len(member.filename) + member.compress_size // 2
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    for reading in (lambda one: one.read("dbscripts/apimgt/mysql.sql"), Zip.dbscripts, content_of):
        with pytest.raises(LabError, match=r"can't be read.*\n.*mysql\.sql"):
            reading(Zip(path))


def test_an_encrypted_member_is_told(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(SCRIPT)
    whole[member.header_offset + 6] |= 1
    entry = whole.rindex(member.filename.encode()) - 46  # in the directory, behind the files
    whole[entry + 8] |= 1
    path.write_bytes(whole)
    with pytest.raises(LabError, match="is encrypted"):
        Zip(path).read("dbscripts/apimgt/mysql.sql")


def test_a_zip_that_another_took_the_place_of_is_read_anew(path: Path, tmp_path: Path) -> None:
    plan = make_plan(read_topology(TOPOLOGY), nodes=f"zip:{path}")
    before = distribution_of(plan.node("cp"))
    assert before is not None
    assert before.read("bin/version.txt") == b"WSO2 API Manager v4.1.0\n"
    zipped(make_distribution(tmp_path / "other", "4.2.0"), path)
    after = distribution_of(plan.node("cp"))
    assert after is not None
    assert after.read("bin/version.txt") == b"WSO2 API Manager v4.2.0\n"


def test_a_zip_is_closed_with_whoever_read_it(path: Path) -> None:
    plan = make_plan(read_topology(TOPOLOGY), nodes=f"zip:{path}")
    distribution = distribution_of(plan.node("cp"))
    assert distribution is not None
    distribution.read("bin/version.txt")
    assert path in opened()
    del distribution
    assert path not in opened()
